import assert from 'node:assert/strict';
import { test } from 'node:test';
import { END_CAUSES, explainEnd } from './end-cause.ts';

test('every cause has a condition code of its own and words without a full stop', () => {
  const explained = END_CAUSES.map((cause) => explainEnd({ exitCode: null, cause }));
  assert.equal(new Set(explained.map(({ condition }) => condition)).size, END_CAUSES.length);
  for (const { condition, sentence, action } of explained) {
    assert.match(condition, /^[A-Z_]+$/);
    assert.match(sentence, /^[a-z].*[^.]$/);
    assert.match(action ?? 'Nothing.', /^[A-Z].*\.$/);
  }
});

test('a cause says more than an exit code, and an exit code more than nothing', () => {
  assert.equal(explainEnd({ exitCode: 143, cause: 'time-limit' }).condition, 'TIME_LIMIT');
  assert.equal(explainEnd({ exitCode: 127, cause: null }).condition, 'COMMAND_NOT_FOUND');
  assert.equal(
    explainEnd({ exitCode: 139, cause: null }).sentence,
    'the program was ended by signal 11 (SIGSEGV)',
  );
  assert.equal(explainEnd({ exitCode: 160, cause: null }).sentence, 'the program was ended by signal 32');
  assert.equal(explainEnd({ exitCode: 3, cause: null }).sentence, 'the program ended with exit code 3');
  assert.equal(explainEnd({ exitCode: 255, cause: null }).condition, 'PROGRAM_FAILED');
  assert.equal(explainEnd({ exitCode: 0, cause: null }).condition, 'SUCCESS');
  assert.equal(explainEnd({ exitCode: null, cause: null }).condition, 'NO_EXIT_STATUS');
});

test('the memory and the time that ran out name the field to change', () => {
  assert.match(explainEnd({ exitCode: 137, cause: 'out-of-memory' }).action ?? '', /memoryPerNode/);
  assert.match(explainEnd({ exitCode: 143, cause: 'time-limit' }).action ?? '', /maxRunTime/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { END_STATUSES } from '@arras/client';
import { exitCodeOfStatus, worstExitCode } from './exit-code-of.ts';
import { EXIT, EXIT_MEANINGS } from './exit-codes.ts';

test('every end of a job has an exit code of its kind', () => {
  const codes = Object.fromEntries(END_STATUSES.map((status) => [status, exitCodeOfStatus(status)]));
  assert.deepEqual(codes, { FINISHED: 0, KILLED: 5, STOPPED: 5, FAILED: 3 });
});

test('several results give the code that tells most', () => {
  assert.equal(worstExitCode([0, 0]), 0);
  assert.equal(worstExitCode([0, 5]), 5);
  assert.equal(worstExitCode([5, 3, 0]), 3);
  assert.equal(worstExitCode([3, 124]), 124);
});

test('the codes are the documented ones and each has a meaning', () => {
  assert.deepEqual(Object.values(EXIT), [0, 1, 2, 3, 4, 5, 6, 7, 124, 130]);
  assert.deepEqual(Object.keys(EXIT_MEANINGS), Object.keys(EXIT));
});

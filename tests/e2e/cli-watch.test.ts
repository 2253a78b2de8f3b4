import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

const END = /\s(FINISHED|FAILED|STOPPED|KILLED)\s/;

test('a piped watch has one line per change, no escape sequence, and exactly one line about the end', async () => {
  const id = await bed.submit('greet-1.0', 'parameters.name=ada', 'inputs.text=words.txt');
  const { code, stdout } = await bed.run(['jobs', 'watch', id], { environment: { LANG: 'C.UTF-8' } });
  assert.equal(code, 0);
  assert.ok(!stdout.includes('\x1b'));
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.filter((line) => END.test(line)).length, 1);
  assert.match(lines.at(-1) ?? '', END);
  assert.ok(
    lines.every((line) => line.includes(id)),
    'every line names its job',
  );
  assert.equal(new Set(lines).size, lines.length, 'no line is doubled');
  const history = await bed.api.call<object[]>('GET', `/jobs/v2/${id}/history`);
  assert.equal(lines.length, history.length, 'one line for each entry of the history');
});

test('several jobs are watched at once and the worst result counts', async () => {
  const ids = [await bed.submit('greet-1.0', 'parameters.name=ada'), await bed.submit('fail-1.0')];
  const { code, stdout } = await bed.run(['jobs', 'watch', ...ids]);
  assert.equal(code, 3);
  for (const id of ids)
    assert.equal(stdout.split('\n').filter((line) => line.includes(id) && END.test(line)).length, 1);
});

test('submit --watch prints the id first and then what happens', async () => {
  const { code, stdout } = await bed.run([
    'jobs',
    'submit',
    '--watch',
    'appId=greet-1.0',
    'name=seen',
    'parameters.name=ada',
  ]);
  assert.equal(code, 0);
  const [id = '', next = ''] = stdout.split('\n');
  assert.match(id, /^[0-9a-f-]{36,40}$/);
  assert.match(next, new RegExp(`${id} {2}PENDING `));
});

test('a name that is hostile to terminals is shown as plain text', async () => {
  const job = await bed.api.call<{ id: string }>('POST', '/jobs/v2', {
    name: 'right\u202eleft \u200fmark',
    appId: 'greet-1.0',
    archive: false,
    parameters: { name: 'ada' },
  });
  const { stdout } = await bed.run(['jobs', 'watch', job.id]);
  assert.match(stdout, / FINISHED {2}rightleft mark after /);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateJq } from './jq.ts';

test('texts are printed as they are, everything else as JSON, one a line', async () => {
  const jobs = [{ id: 'a"b', nodes: [1, 2] }, { id: 'c' }];
  assert.equal(await evaluateJq(jobs, '.[].id'), 'a"b\nc\n');
  assert.equal(await evaluateJq(jobs, '.[0]'), '{"id":"a\\"b","nodes":[1,2]}\n');
  assert.equal(await evaluateJq(jobs, 'map(select(.id == "c")) | length'), '1\n');
  assert.equal(await evaluateJq(jobs, 'empty'), '');
  assert.equal(await evaluateJq(null, '.'), 'null\n');
});

test("an expression that does not work is refused with jq's own message: exit code 2", async () => {
  for (const [expression, message] of [
    ['.[', /syntax error/],
    ['.a', /Cannot index array with string "a"/],
    ['nosuch', /nosuch\/0 is not defined/],
  ] as const) {
    await assert.rejects(
      evaluateJq([], expression),
      (error: { complaint: { why: string[]; exitCode: number } }) => {
        assert.match(error.complaint.why.join(' '), message);
        assert.equal(error.complaint.exitCode, 2);
        assert.equal(process.exitCode, undefined);
        return true;
      },
    );
  }
});

test('an expression reaches neither the environment nor files', async () => {
  process.env['ARRAS_PROBE'] = 'seen';
  assert.equal(await evaluateJq(null, 'env | has("ARRAS_PROBE")'), 'false\n');
  delete process.env['ARRAS_PROBE'];
  await assert.rejects(evaluateJq(null, 'import "/etc/passwd" as $x; $x'));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jobLogName, jobScriptName, slug } from './slug.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['demo-pyplot-demo-advanced test-1414139896', 'demo-pyplot-demo-advanced-test-1414139896'],
  ['  Crème brûlée  ', 'creme-brulee'],
  ["Jane's job", 'janes-job'],
  ['a.b/c\\d', 'a-b-c-d'],
  ['a -- b', 'a-b'],
  ['--x--', 'x'],
  ['x_y+z', 'x_y+z'],
  ['日本 job', 'job'],
  ['$(touch pwned)', 'touch-pwned'],
  ['a\n#SBATCH --uid=0', 'a-sbatch-uid-0'],
  ['../../etc/passwd', 'etc-passwd'],
  ['???', ''],
];

for (const [name, expected] of CASES) {
  test(`the slug of ${JSON.stringify(name)} is ${JSON.stringify(expected)}`, () => {
    assert.equal(slug(name), expected);
  });
}

test('a slug is a plain file name part and its own slug', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const once = slug(name);
      assert.match(once, /^([a-z0-9_+][a-z0-9_+-]*)?$/);
      assert.equal(slug(once), once);
    }),
  );
});

test('file names of a job stay valid when nothing of its name is left', () => {
  assert.equal(jobLogName('My job', '01-007'), 'my-job-01-007');
  assert.equal(jobLogName('???', '01-007'), '01-007');
  assert.equal(jobScriptName('My job'), 'my-job.ipcexe');
  assert.equal(jobScriptName('???'), 'job.ipcexe');
});

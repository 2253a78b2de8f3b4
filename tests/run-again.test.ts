import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { mayRunAgain } from './run-again.ts';

const at = (...names: readonly string[]) => names.map((name) => join(import.meta.dirname, name));

test('a few files that failed beside others are run once more', () => {
  assert.equal(mayRunAgain(at('e2e/home.test.ts', '../packages/cli/src/main.test.ts'), 2), true);
});

test('many failures count, and so does a run that failed without saying where', () => {
  assert.equal(mayRunAgain(at('e2e/home.test.ts', 'e2e/job.test.ts', 'e2e/logs.test.ts'), 2), false);
  assert.equal(mayRunAgain([], 2), false);
});

test('where promises are checked a single failure counts', () => {
  assert.equal(mayRunAgain(at('e2e/home.test.ts', 'faults/replicas.test.ts'), 2), false);
  assert.equal(mayRunAgain(at('regressions/any.test.ts'), 2), false);
});

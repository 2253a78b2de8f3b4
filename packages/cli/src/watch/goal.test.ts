import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Goal, type GoalOptions, parseUntil } from './goal.ts';

const goal = (options: Partial<GoalOptions> = {}) =>
  new Goal(['a', 'b'], { until: null, failFast: false, ...options });

test('without a condition a goal is never reached early, and the worst result counts', () => {
  const plain = goal();
  plain.see('a', 'FAILED');
  assert.equal(plain.isReachedEarly, false);
  plain.see('b', 'STOPPED');
  assert.equal(plain.isReachedEarly, false);
  assert.equal(plain.exitCode, 3);
});

test('a job counts as there once it was in one of the statuses, also when it has gone on, and when it has ended', () => {
  const running = goal({ until: parseUntil('running') });
  running.see('a', 'RUNNING');
  running.see('a', 'ARCHIVING');
  assert.equal(running.isReachedEarly, false);
  running.see('b', 'FINISHED');
  assert.equal(running.isReachedEarly, true);
  assert.deepEqual(running.unended, ['a']);
  assert.equal(running.exitCode, 0);
});

test('with failFast the first job that does not finish well ends it', () => {
  const careful = goal({ failFast: true });
  careful.see('a', 'FINISHED');
  assert.equal(careful.isReachedEarly, false);
  const bad = goal({ failFast: true });
  bad.see('b', 'KILLED');
  assert.equal(bad.isReachedEarly, true);
  assert.equal(bad.exitCode, 5);
});

test('statuses are read in any case, ended is all of the last, and what is none is refused', () => {
  assert.deepEqual([...(parseUntil('running, Queued') ?? [])], ['RUNNING', 'QUEUED']);
  assert.deepEqual([...(parseUntil('ended') ?? [])].sort(), ['FAILED', 'FINISHED', 'KILLED', 'STOPPED']);
  assert.throws(() => parseUntil('done'), { name: 'Refusal' });
  assert.equal(parseUntil(undefined), null);
});

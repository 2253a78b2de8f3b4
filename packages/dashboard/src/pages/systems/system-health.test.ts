import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTIVE_STATUSES, healthOf, healthSince, jobsAddress, loadOf } from './system-health.ts';

test('a system that is switched off says so, whatever else it is', () => {
  const type = 'EXECUTION';
  assert.equal(healthOf({ type, status: 'UP', available: true }).word, 'up');
  assert.equal(healthOf({ type, status: 'DOWN', available: true }).class, 'fail');
  assert.equal(healthOf({ type, status: 'DOWN', available: false }).word, 'disabled');
});

test('nobody claims that a storage answers which nobody has asked', () => {
  const { meaning } = healthOf({ type: 'STORAGE', status: 'UP', available: true });
  assert.doesNotMatch(meaning, /answers and/);
});

test('a system is as it is since the last event that changed it', () => {
  const entry = (status: string, created: string) => ({ status, created });
  const history = [entry('CREATED', '1'), entry('STATUS_UPDATE', '2'), entry('UPDATED', '3')];
  assert.equal(healthSince(history), '2');
  assert.equal(healthSince([]), null);
});

test('the load of a system is of the jobs that have not ended', () => {
  const statuses = [
    { status: 'RUNNING', count: 3 },
    { status: 'QUEUED', count: 2 },
    { status: 'ARCHIVING', count: 1 },
    { status: 'FINISHED', count: 90 },
  ] as const;
  assert.deepEqual(loadOf({ statuses: [...statuses] }), { running: 3, queued: 2, active: 6 });
});

test('the list is asked for the jobs of a system in the words of its filter', () => {
  assert.equal(jobsAddress('a.b'), '/ui/jobs?q=system%3Aa.b');
  assert.equal(jobsAddress('a', ['RUNNING', 'QUEUED']), '/ui/jobs?q=system%3Aa%20status%3Arunning%2Cqueued');
  assert.ok(ACTIVE_STATUSES.includes('STAGING_INPUTS') && !ACTIVE_STATUSES.includes('KILLED'));
});

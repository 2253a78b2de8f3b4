import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTIVE_STATUSES, healthOf, jobsAddress, loadOf, sinceWhen } from './system-health.ts';

const health = (status: 'ok' | 'degraded' | 'down', since: string) => ({
  status,
  since,
  latencyP95: null,
  parts: [],
});

test('a system that is switched off says so, whatever else it is', () => {
  const down = health('down', '1');
  assert.equal(healthOf({ status: 'UP', available: true }).word, 'up');
  assert.equal(healthOf({ status: 'DOWN', available: true }).class, 'fail');
  assert.equal(healthOf({ status: 'DOWN', available: false, health: down }).word, 'disabled');
});

test('a system is what it has shown itself to be, unless its owner says that it is not to be used', () => {
  const down = health('down', '1');
  assert.equal(healthOf({ status: 'UP', available: true, health: down }).word, 'down');
  assert.equal(healthOf({ status: 'UP', available: true, health: health('degraded', '1') }).word, 'degraded');
  assert.equal(healthOf({ status: 'MAINTENANCE', available: true, health: down }).word, 'maintenance');
});

test('nobody claims that a system answers which nobody has used', () => {
  assert.doesNotMatch(healthOf({ status: 'UP', available: true }).meaning, /answers and/);
  assert.match(healthOf({ status: 'UP', available: true, health: health('ok', '1') }).meaning, /answers and/);
});

test('a system is as it is since it has shown it, else since the last event that changed it', () => {
  const entry = (status: string, created: string) => ({ status, created });
  const history = [entry('CREATED', '1'), entry('STATUS_UPDATE', '2'), entry('UPDATED', '3')];
  const up = { status: 'UP', available: true } as const;
  assert.equal(sinceWhen(up, history), '2');
  assert.equal(sinceWhen(up, []), null);
  assert.equal(sinceWhen({ ...up, health: health('down', '7') }, history), '7');
  assert.equal(sinceWhen({ ...up, available: false, health: health('down', '7') }, history), '2');
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

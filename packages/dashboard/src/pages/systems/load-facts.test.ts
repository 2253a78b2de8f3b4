import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceLoad } from '@arras/contract';
import { loadFacts } from './load-facts.ts';

const AT = '2026-03-01T12:00:00.000Z';
const NO_STREAMS = { job: 0, jobs: 0, file: 0 };
const REPLICA = {
  id: 'a-1',
  roles: ['api', 'worker'],
  started: AT,
  lastSeen: AT,
  isAlive: true,
  leases: 0,
  streams: NO_STREAMS,
};
const RESTING: ServiceLoad = {
  time: AT,
  workerLag: 0,
  tasks: [],
  retries: { tasks: 0, jobs: 0, deliveries: 0 },
  leases: 0,
  replicas: [REPLICA],
  deliveries: { pending: 0, parked: 0, oldestPending: 0 },
  streams: NO_STREAMS,
};

const badOf = (load: ServiceLoad) => loadFacts(load).flatMap(({ term, isBad }) => (isBad ? [term] : []));

test('a service at rest has nothing that is worth a look', () => {
  assert.deepEqual(badOf(RESTING), []);
});

test('work that waits, work that fails and silent processes are worth a look', () => {
  const load = {
    ...RESTING,
    workerLag: 90,
    retries: { tasks: 0, jobs: 1, deliveries: 4 },
    replicas: [REPLICA, { ...REPLICA, isAlive: false }],
  };
  assert.deepEqual(badOf(load), ['Worker lag', 'Retries', 'Processes']);
  const shown = loadFacts(load).map(({ value }) => value);
  assert.ok(shown.includes('1m 30s') && shown.includes('1 alive, 1 silent'), shown.join(' | '));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobEvent } from '@arras/contract';
import { FakeTiming, settle } from '../live/fake-tabs.ts';
import { JobReader } from './job-reader.ts';
import { JobStore } from './job-store.ts';
import type { ReadJob } from './stored-job.ts';

const AT = '2026-11-24T10:00:00.000Z';

/** A row, or with `inputs` a full record, as far as the store looks at it. */
function row(id: string, seq: number, more: object = {}): ReadJob {
  const freshness = { asOf: AT, source: 'service', reachable: true };
  return { id, seq, status: 'PENDING', name: id, startTime: null, freshness, ...more } as unknown as ReadJob;
}

function event(id: string, seq: number, status: string): JobEvent {
  const created = '2026-11-24T10:00:05.000Z';
  return { seq, status, created, description: 'so', job: { id } } as unknown as JobEvent;
}

test('an event changes the job at once, and an old one does not', () => {
  const store = new JobStore();
  store.put([row('a', 3)]);
  assert.equal(store.patch(event('a', 4, 'RUNNING')), true);
  assert.equal(store.patch(event('a', 4, 'PENDING')), false);
  const job = store.peek('a');
  assert.deepEqual([job?.status, job?.seq, job?.lastStatusMessage], ['RUNNING', 4, 'so']);
  assert.equal(store.patch(event('unknown', 1, 'PENDING')), false);
});

test('a read that an event has overtaken only adds what was not known', () => {
  const store = new JobStore();
  store.put([row('a', 3)]);
  store.patch(event('a', 5, 'RUNNING'));
  store.put([row('a', 4, { status: 'QUEUED', inputs: {} })]);
  const job = store.peek('a');
  assert.deepEqual([job?.status, job?.seq, job?.inputs], ['RUNNING', 5, {}]);
});

test('the record of the same number completes what the event could not say', () => {
  const store = new JobStore();
  store.put([row('a', 3)]);
  store.patch(event('a', 4, 'RUNNING'));
  store.put([row('a', 4, { status: 'RUNNING', startTime: AT })]);
  assert.equal(store.peek('a')?.startTime, AT);
});

test('of two reads of the same number the one that was seen later counts', () => {
  const store = new JobStore();
  const freshness = { asOf: '2026-11-24T10:01:00.000Z', source: 'service', reachable: true };
  store.put([row('a', 3, { stopRequested: true, freshness })]);
  store.put([row('a', 3, { stopRequested: false })]);
  assert.equal(store.peek('a')?.stopRequested, true);
});

test('a row does not take away what a full record has brought', () => {
  const store = new JobStore();
  store.put([row('a', 3, { inputs: { x: ['y'] } })]);
  store.put([row('a', 4)]);
  assert.deepEqual([store.peek('a')?.seq, store.peek('a')?.inputs], [4, { x: ['y'] }]);
});

test('after a reset whatever is read counts', () => {
  const store = new JobStore();
  store.put([row('a', 9, { status: 'FINISHED' })]);
  store.forgetOrder();
  store.put([row('a', 2, { status: 'RUNNING' })]);
  assert.deepEqual([store.peek('a')?.status, store.peek('a')?.seq], ['RUNNING', 2]);
});

function openReader(listed: readonly string[]) {
  const store = new JobStore();
  const timing = new FakeTiming();
  const asked: string[] = [];
  const state = { isHidden: false, isDown: false };
  const reader = new JobReader({
    store,
    timing,
    mostRows: 3,
    isHidden: () => state.isHidden,
    readRows: async (ids) => {
      asked.push(ids.join());
      if (state.isDown) throw new Error('down');
      return ids.filter((id) => listed.includes(id)).map((id) => row(id, 9));
    },
    readFull: async (id) => {
      asked.push(`full ${id}`);
      return listed.includes(id) || id === 'hidden' ? row(id, 9, { inputs: {} }) : null;
    },
  });
  return { store, timing, asked, state, reader };
}

test('records are read again together, at most four times a second, and full ones as such', async () => {
  const { store, timing, asked, reader } = openReader(['a', 'b', 'c', 'd', 'e']);
  store.put([...['a', 'b', 'c', 'd'].map((id) => row(id, 1)), row('e', 1, { inputs: {} })]);
  reader.mark(['a', 'unknown', 'b', 'a', 'c', 'e']);
  reader.mark(['d']);
  await timing.pass(240);
  assert.deepEqual(asked, []);
  await timing.pass(20);
  assert.deepEqual(asked, ['a,b,c', 'full e']);
  await timing.pass(250);
  assert.deepEqual(asked, ['a,b,c', 'full e', 'd']);
  await timing.pass(5_000);
  assert.equal(asked.length, 3);
  assert.equal(store.peek('d')?.seq, 9);
});

test('a job that is listed no more is read for itself, and goes when it is gone', async () => {
  const { store, timing, reader } = openReader([]);
  store.put([row('gone', 1), row('hidden', 1)]);
  reader.mark(['gone', 'hidden']);
  await timing.pass(300);
  assert.equal(store.peek('gone'), null);
  assert.equal(store.peek('hidden')?.seq, 9);
});

test('a tab that nobody sees reads seldom, and after an outage what was due is read', async () => {
  const { store, timing, asked, state, reader } = openReader(['a']);
  store.put([row('a', 1)]);
  state.isHidden = true;
  reader.mark(['a']);
  await timing.pass(4_900);
  assert.equal(asked.length, 0);
  state.isDown = true;
  await timing.pass(200);
  state.isDown = false;
  await timing.pass(5_000);
  await settle();
  assert.deepEqual(asked, ['a', 'a']);
  assert.equal(store.peek('a')?.seq, 9);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '@arras/contract';
import type { QueuedTask } from '../domain/tasks.ts';
import { TransferSlots } from './transfer-slots.ts';

const a = 'a' as JobId;
const b = 'b' as JobId;
const c = 'c' as JobId;
const { signal } = new AbortController();

function bed(limit: number): { readonly slots: TransferSlots; readonly rung: QueuedTask[] } {
  const rung: QueuedTask[] = [];
  return { slots: new TransferSlots({ limit, ring: (task) => rung.push(task) }), rung };
}

test('a system takes as many transfers as it may, whichever end it is', async () => {
  const { slots } = bed(2);
  await slots.acquire({ jobId: a, systems: ['near', 'far'] }, signal);
  const release = await slots.acquire({ jobId: b, systems: ['far'] }, signal);
  assert.equal(slots.findFull(['near']), null);
  assert.equal(slots.findFull(['near', 'far']), 'far');
  release();
  release();
  assert.equal(slots.findFull(['far']), null);
  await slots.acquire({ jobId: c, systems: ['far'] }, signal);
  assert.equal(slots.findFull(['far']), 'far');
});

test('a free place goes first to a job that has none', async () => {
  const { slots } = bed(2);
  const order: string[] = [];
  const want = (jobId: JobId, name: string): Promise<() => void> =>
    slots.acquire({ jobId, systems: ['far'] }, signal).then((release) => {
      order.push(name);
      return release;
    });
  const first = await want(a, 'a1');
  const second = await want(a, 'a2');
  const more = want(a, 'a3');
  const other = want(b, 'b1');
  second();
  const release = await other;
  first();
  await more;
  release();
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'a3']);
});

test('a parked job is rung for once, before one that wants more', async () => {
  const { slots, rung } = bed(2);
  const first = await slots.acquire({ jobId: a, systems: ['far'] }, signal);
  const second = await slots.acquire({ jobId: a, systems: ['far'] }, signal);
  const more = slots.acquire({ jobId: a, systems: ['far'] }, signal);
  slots.park({ jobId: b, systems: ['far'] }, { task: 'stage', subject: b });
  first();
  assert.deepEqual(rung, [{ task: 'stage', subject: b }]);
  // It never comes: the next place is for whoever waits.
  second();
  await more;
  assert.equal(rung.length, 1);
});

test('who is aborted while it waits takes no place', async () => {
  const { slots } = bed(1);
  const release = await slots.acquire({ jobId: a, systems: ['far'] }, signal);
  const controller = new AbortController();
  const waiting = slots.acquire({ jobId: b, systems: ['far'] }, controller.signal);
  controller.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  release();
  assert.equal(slots.findFull(['far']), null);
  await assert.rejects(slots.acquire({ jobId: b, systems: ['far'] }, controller.signal), /stopped/);
});

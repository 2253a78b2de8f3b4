import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { HistoryEntry, JobStatusView } from '../../packages/contract/src/index.ts';
import { type Api, connectApi, jobStatus, registerApp, submitJob } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { startReceiver } from '../support/receiver.ts';
import { ADMIN_TOKEN } from '../support/service.ts';
import { SseClient } from '../support/sse-client.ts';

// Two services on one database: what the one commits the other's answers show, whatever becomes of the hints.

let bed: FaultBed;
let appId: string;
/** Through the proxy; the other service is reached through `bed.api`. */
let other: Api;

before(async () => {
  bed = await FaultBed.open({ environment: { ARRAS_LOG_LEVEL: 'warn', ARRAS_EGRESS_ALLOW: '127.0.0.0/8' } });
  appId = await registerApp(bed.api, bed.systems, { name: 'sleeper', template: "trap '' TERM\nsleep 60\n" });
  await bed.start(1, { databaseUrl: bed.proxy.url, environment: { ARRAS_ROLES: 'api' } });
  other = connectApi(() => bed.service(1).url);
});
after(() => bed[Symbol.asyncDispose]());

/** The first service adds events; the other's next answers must have each of them. */
async function checkEveryEvent(id: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await bed.api.call('POST', `/jobs/v2/${id}/pems`, { username: 'world', permission: 'READ' });
    const [last] = await bed.api.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history?order=DESC&limit=1`);
    const seq = last?.seq ?? assert.fail('no history');
    const [status, job, history] = await Promise.all([
      other.call<JobStatusView>('GET', `/jobs/v2/${id}/status`),
      other.call<JobStatusView>('GET', `/jobs/v2/${id}`),
      other.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history?pretty=true&limit=250`),
    ]);
    assert.ok(status.seq >= seq, `status: ${status.seq} < ${seq}`);
    assert.ok(job.seq >= seq, `job: ${job.seq} < ${seq}`);
    assert.ok((history.at(-1)?.seq ?? 0) >= seq, `history: ${history.at(-1)?.seq} < ${seq}`);
  }
}

/** Milliseconds until the other service tells of a stop, which comes without an event while the program ignores it. */
async function tellsOfStop(id: string): Promise<number> {
  await jobStatus(bed.api, id, 'RUNNING');
  await other.call('GET', `/jobs/v2/${id}/status`);
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  const since = performance.now();
  await eventually('the stop is told', async () => {
    const { stopRequested } = await other.call<JobStatusView>('GET', `/jobs/v2/${id}/status`);
    return stopRequested;
  });
  return performance.now() - since;
}

test('an answer of one service is never older than what another has committed', async () => {
  const { id } = await submitJob(bed.api, appId);
  await checkEveryEvent(id, 40);
  const waiting = other.request('GET', `/jobs/v2/${id}/status?wait=30`, undefined, {});
  await bed.api.call('POST', `/jobs/v2/${id}/pems`, { username: 'world', permission: 'ALL' });
  assert.equal((await waiting).status, 200);
  assert.ok((await tellsOfStop(id)) < 2_000);
});

test('who has been called about an event finds it in the answers of every process', {
  timeout: 60_000,
}, async () => {
  await using receiver = await startReceiver();
  const { id } = await submitJob(bed.api, appId);
  const url = `${receiver.url}/ok`;
  await bed.api.call('POST', '/notifications/v2', { associatedUuid: id, event: '*', url, persistent: true });
  for (let round = 0; round < 15; round += 1) {
    const before = receiver.received.length;
    await bed.api.call('POST', `/jobs/v2/${id}/pems`, { username: 'world', permission: 'READ' });
    const call = await eventually('the receiver is called', () => receiver.received[before], {
      intervalMs: 1,
    });
    const { event } = JSON.parse(call.body) as { readonly event: { readonly seq: number } };
    const { seq } = await other.call<JobStatusView>('GET', `/jobs/v2/${id}/status`);
    assert.ok(seq >= event.seq, `${seq} < ${event.seq}`);
  }
});

test('the same holds while notifications are lost without a word', { timeout: 60_000 }, async () => {
  const { id } = await submitJob(bed.api, appId);
  bed.proxy.blackhole(true, 'listener');
  try {
    await checkEveryEvent(id, 40);
    const waiting = other.call<JobStatusView>('GET', `/jobs/v2/${id}/status?wait=30`);
    const since = performance.now();
    await bed.api.call('POST', `/jobs/v2/${id}/pems`, { username: 'world', permission: 'ALL' });
    await waiting;
    assert.ok(performance.now() - since < 15_000, 'the regular look ends the wait, not its limit');
    // What comes without an event is told by hints alone: copies count for a few seconds.
    assert.ok((await tellsOfStop(id)) < 15_000);
  } finally {
    bed.proxy.blackhole(false, 'listener');
  }
});

test('streams that were open when the listening connection fell silent miss nothing and are late by two seconds at most', {
  timeout: 60_000,
}, async () => {
  const { id } = await submitJob(bed.api, appId);
  await jobStatus(bed.api, id, 'RUNNING');
  const open = (path: string) => SseClient.open({ url: `${bed.service(1).url}${path}`, token: ADMIN_TOKEN });
  const streams = [await open(`/jobs/v2/${id}/events`), await open('/jobs/v2/events')];
  bed.proxy.blackhole(true, 'listener');
  try {
    for (let round = 0; round < 5; round += 1) {
      await bed.api.call('POST', `/jobs/v2/${id}/pems`, { username: 'world', permission: 'READ' });
      const { seq } = await bed.api.call<JobStatusView>('GET', `/jobs/v2/${id}/status`);
      for (const stream of streams)
        await eventually('the stream has the event', () => stream.seqs().includes(seq));
    }
  } finally {
    bed.proxy.blackhole(false, 'listener');
    for (const stream of streams) stream.close();
  }
  for (const stream of streams) {
    const [first = 0] = stream.seqs();
    assert.deepEqual(
      stream.seqs(),
      stream.seqs().map((_, index) => first + index),
    );
  }
});

test('while the database is out of reach a poll is refused rather than answered from memory', {
  timeout: 60_000,
}, async () => {
  const { id } = await submitJob(bed.api, appId);
  await other.call('GET', `/jobs/v2/${id}/status`);
  bed.proxy.blackhole(true);
  try {
    const answer = await other.request('GET', `/jobs/v2/${id}/status`);
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
  } finally {
    bed.proxy.blackhole(false);
  }
  await eventually('polls are answered again', async () => {
    const { status } = await other.request('GET', `/jobs/v2/${id}/status`);
    return status === 200;
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, type JobUpdate } from '../../packages/client/src/index.ts';
import { type FakeService, startFakeService, success } from '../support/fake-service.ts';

const JOB = '123456789012345678-0a1b2c3d-4e5f-007';
const options = { firstDelayMs: 1, longestDelayMs: 4 };
const retry = { tries: 1, firstDelayMs: 1, longestDelayMs: 1 };

interface Moment {
  readonly status: string;
  readonly history: readonly object[];
}

const entry = (status: string, more: object = {}) => ({
  status,
  created: '2026-01-01T00:00:00.000Z',
  createdBy: 'ada',
  ...more,
});

/** Answers with the moment that the job is at; every look at the job moves it on. */
function startJob(moments: readonly Moment[]): Promise<FakeService> {
  let looks = 0;
  return startFakeService(({ url }) => {
    const moment = moments[Math.min(looks, moments.length - 1)];
    if (!url.includes('/history')) {
      looks += 1;
      return success({ id: JOB, status: moment?.status, stopRequested: false });
    }
    const offset = Number(new URL(url, 'http://a').searchParams.get('offset'));
    return success(moment?.history.slice(offset));
  });
}

async function collect(service: FakeService): Promise<JobUpdate[]> {
  const updates: JobUpdate[] = [];
  for await (const news of createClient({ url: service.url, retry }).jobs.watch(JOB, options)) {
    if (news.kind === 'update') updates.push(news);
  }
  return updates;
}

test('a watch gives every entry of the history once, and ends with the job', async () => {
  const history = ['PENDING', 'RUNNING', 'CLEANING_UP', 'FINISHED'].map((status) => entry(status));
  await using service = await startJob([
    { status: 'PENDING', history: history.slice(0, 1) },
    { status: 'PENDING', history: history.slice(0, 1) },
    { status: 'RUNNING', history: history.slice(0, 2) },
    { status: 'FINISHED', history },
  ]);
  const updates = await collect(service);
  assert.deepEqual(
    updates.map(({ job }) => job.status),
    ['PENDING', 'RUNNING', 'FINISHED'],
  );
  assert.deepEqual(
    updates.flatMap(({ added }) => added.map(({ status }) => status)),
    ['PENDING', 'RUNNING', 'CLEANING_UP', 'FINISHED'],
  );
});

test('progress that grows in its entry is news, and is not a new entry', async () => {
  const copy = (bytes: number) =>
    entry('STAGING_INPUTS', {
      progress: {
        source: 'a',
        totalActiveTransfers: bytes < 9 ? 1 : 0,
        totalFiles: 1,
        totalBytes: 9,
        totalBytesTransferred: bytes,
        averageRate: 1,
      },
    });
  await using service = await startJob([
    { status: 'STAGING_INPUTS', history: [entry('PENDING'), copy(1)] },
    { status: 'STAGING_INPUTS', history: [entry('PENDING'), copy(5)] },
    { status: 'FAILED', history: [entry('PENDING'), copy(9), entry('FAILED')] },
  ]);
  const updates = await collect(service);
  assert.deepEqual(
    updates.map(({ history }) => history[1]?.progress?.totalBytesTransferred),
    [1, 5, 9],
  );
  assert.deepEqual(
    updates.map(({ added }) => added.length),
    [2, 0, 1],
  );
});

test('a status that only says that archiving is complete does not end a watch', async () => {
  await using service = await startJob([
    { status: 'ARCHIVING_FINISHED', history: [entry('ARCHIVING_FINISHED')] },
    { status: 'FINISHED', history: [entry('ARCHIVING_FINISHED'), entry('FINISHED')] },
  ]);
  assert.equal((await collect(service)).at(-1)?.job.status, 'FINISHED');
});

test('a lost connection is told and bridged', async () => {
  const history = [entry('PENDING'), entry('FINISHED')];
  let requests = 0;
  await using service = await startFakeService(({ url }) => {
    requests += 1;
    if (requests === 3 || requests === 4) return null;
    if (url.includes('/history'))
      return success(
        requests < 3
          ? history.slice(0, 1)
          : history.slice(Number(new URL(url, 'http://a').searchParams.get('offset'))),
      );
    return success({ id: JOB, status: requests < 3 ? 'PENDING' : 'FINISHED', stopRequested: false });
  });
  const kinds: string[] = [];
  for await (const news of createClient({ url: service.url, retry }).jobs.watch(JOB, options))
    kinds.push(news.kind);
  assert.deepEqual(kinds, ['update', 'lost', 'lost', 'update']);
});

test('a watch fails when the service stays away longer than its patience, and at once when it never was there', async () => {
  await using service = await startFakeService(({ url }, before) =>
    before > 1 ? null : success(url.includes('/history') ? [] : { id: JOB, status: 'PENDING' }),
  );
  const client = createClient({ url: service.url, retry });
  const watch = async (patienceMs: number) => {
    for await (const _ of client.jobs.watch(JOB, { ...options, patienceMs }));
  };
  await assert.rejects(watch(20), { name: 'UnreachableFailure' });
  await assert.rejects(watch(60_000), { name: 'UnreachableFailure' });
});

test('an aborted watch ends with the reason of the signal', async () => {
  await using service = await startJob([{ status: 'RUNNING', history: [entry('RUNNING')] }]);
  const leave = new AbortController();
  const watching = (async () => {
    for await (const _ of createClient({ url: service.url }).jobs.watch(JOB, {
      firstDelayMs: 60_000,
      signal: leave.signal,
    })) {
      leave.abort(new Error('enough'));
    }
  })();
  await assert.rejects(watching, /enough/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, type EventsNews, type EventsOptions } from '../../packages/client/src/index.ts';
import { EventService, fakeJobId } from '../support/event-service.ts';
import { eventually } from '../support/eventually.ts';
import { startFakeService, success } from '../support/fake-service.ts';

const [A, B] = [fakeJobId(1), fakeJobId(2)] as const;
const retry = { tries: 1, firstDelayMs: 1, longestDelayMs: 1 };
const streams = {
  reconnectFirstMs: 10,
  reconnectLongestMs: 20,
  pollFirstMs: 5,
  pollLongestMs: 20,
};

const connect = (service: { readonly url: string }) => createClient({ url: service.url, retry, streams });

async function startTwo(): Promise<EventService> {
  const service = await EventService.start();
  for (const id of [A, B]) service.happen(id, 'PENDING');
  return service;
}

const streaming = (service: EventService) =>
  eventually('the stream is there', () => service.openStreams === 1);

for (const fault of [null, 'absent'] as const) {
  const how = fault === null ? 'a stream' : 'polling';

  test(`waiting for all jobs gives their statuses in the order asked for, by ${how}`, async () => {
    await using service = await startTwo();
    service.fault = fault;
    const waiting = connect(service).jobs.wait([B, A]);
    await eventually('it looks', () => service.seen.length > 1);
    service.happen(A, 'FINISHED');
    service.happen(B, 'FAILED');
    assert.deepEqual(await waiting, [
      { id: B, status: 'FAILED' },
      { id: A, status: 'FINISHED' },
    ]);
    await eventually('nothing is left open', () => service.openStreams === 0);
  });

  test(`waiting for any job ends with the first, by ${how}`, async () => {
    await using service = await startTwo();
    service.fault = fault;
    const waiting = connect(service).jobs.wait([A, B], { mode: 'any' });
    await eventually('it looks', () => service.seen.length > 1);
    service.happen(B, 'FINISHED');
    assert.deepEqual(await waiting, [
      { id: A, status: 'PENDING' },
      { id: B, status: 'FINISHED' },
    ]);
  });
}

test('waiting until a job runs ends when it runs, and when it ends without', async () => {
  await using service = await startTwo();
  const until = (status: string) => status === 'RUNNING';
  const waiting = connect(service).jobs.wait(A, { until });
  await streaming(service);
  service.happen(A, 'RUNNING');
  assert.deepEqual(await waiting, [{ id: A, status: 'RUNNING' }]);
  service.happen(B, 'FAILED');
  assert.deepEqual(await connect(service).jobs.wait(B, { until }), [{ id: B, status: 'FAILED' }]);
});

test('with failFast the first job that fails ends the waiting', async () => {
  await using service = await startTwo();
  service.happen(A, 'FAILED');
  assert.deepEqual(await connect(service).jobs.wait([A, B], { failFast: true }), [
    { id: A, status: 'FAILED' },
    { id: B, status: 'PENDING' },
  ]);
});

test('jobs that have ended are not waited for, and no jobs need no request', async () => {
  await using service = await startTwo();
  for (const id of [A, B]) service.happen(id, 'FINISHED');
  assert.equal((await connect(service).jobs.wait([A, B])).length, 2);
  const before = service.seen.length;
  assert.deepEqual(await connect(service).jobs.wait([]), []);
  assert.equal(service.seen.length, before);
});

test('the time that is up is an error that knows how the jobs stand', async () => {
  await using service = await startTwo();
  await assert.rejects(connect(service).jobs.wait(A, { timeoutMs: 100 }), {
    name: 'WaitTimeout',
    jobs: [{ id: A, status: 'PENDING' }],
  });
  await assert.rejects(
    connect(service).jobs.wait(A, { signal: AbortSignal.abort(new Error('enough')) }),
    /enough/,
  );
});

test('waiting outlives cut streams and outages', async () => {
  await using service = await startTwo();
  const waiting = connect(service).jobs.wait([A, B]);
  await streaming(service);
  service.happen(A, 'FINISHED');
  service.isAway = true;
  service.cut();
  service.happen(B, 'FINISHED');
  service.isAway = false;
  assert.equal((await waiting).length, 2);
});

test('a job that is deleted while it is waited for is an error', async () => {
  for (const ids of [[A], [A, B]]) {
    await using service = await startTwo();
    const waiting = connect(service).jobs.wait(ids);
    waiting.catch(() => undefined); // It is looked at below.
    await streaming(service);
    service.happen(B, 'FINISHED');
    service.delete(A);
    await assert.rejects(waiting, { code: 'job.not-found' });
  }
});

test('thousands of jobs are waited for with one request at a time for all their statuses', async () => {
  await using service = await EventService.start();
  const ids = Array.from({ length: 1_201 }, (_, index) => fakeJobId(index + 1));
  for (const id of ids) service.happen(id, 'RUNNING');
  const waiting = connect(service).jobs.wait(ids);
  await eventually('it looks', () => service.seen.length > 0);
  for (const id of ids) service.happen(id, 'FINISHED');
  assert.equal((await waiting).length, 1_201);
  assert.ok(service.seen.every((path) => path === 'POST /jobs/v2/statuses'));
});

test('the statuses of more jobs than a request may name are asked for in several', async () => {
  const sizes: number[] = [];
  await using service = await startFakeService(({ body }) => {
    const { ids } = JSON.parse(body) as { ids: string[] };
    sizes.push(ids.length);
    return success({ jobs: ids.map((id) => ({ id, status: 'RUNNING' })), missing: [] });
  });
  const ids = Array.from({ length: 10_001 }, (_, index) => fakeJobId(index));
  const { jobs } = await connect(service).jobs.statuses(ids);
  assert.deepEqual(
    jobs.map(({ id }) => id),
    ids,
  );
  assert.deepEqual(sizes, [10_000, 1]);
});

/** Reads the stream of many jobs in the background. */
function readEvents(service: EventService, options: EventsOptions = {}) {
  const news: EventsNews[] = [];
  const reading = (async () => {
    for await (const item of connect(service).jobs.events(options)) news.push(item);
  })();
  reading.catch(() => undefined); // A test that fails earlier has another reason to tell.
  const names = () => news.flatMap((item) => (item.kind === 'event' ? [item.event.name] : [item.kind]));
  return { reading, news, names, has: (name: string) => eventually(name, () => names().includes(name)) };
}

test('the stream of all jobs tells where it begins, and resumes after the last event or heartbeat', async () => {
  await using service = await startTwo();
  const leave = new AbortController();
  const { reading, news, names, has } = readEvents(service, { signal: leave.signal });
  await has('begun');
  service.happen(A, 'RUNNING');
  await has('RUNNING');
  service.cut();
  service.happen(B, 'STEP');
  await has('STEP');
  service.change(B);
  await has('changed');
  leave.abort(new Error('enough'));
  await assert.rejects(reading, /enough/);
  assert.deepEqual(names(), ['connected', 'begun', 'RUNNING', 'STEP', 'changed']);
  const [first] = news.filter((item) => item.kind === 'event');
  const end = new AbortController();
  const later = readEvents(service, { since: first?.cursor, signal: end.signal });
  await later.has('STEP');
  service.happen(A, 'LATER');
  await later.has('LATER');
  assert.deepEqual(later.names(), ['connected', 'STEP', 'LATER']);
  end.abort();
});

test('a position out of reach is told by a reset, and the stream goes on from there', async () => {
  await using service = await startTwo();
  service.retainedFrom = 1;
  const { reading, news, has } = readEvents(service, { since: 'c0', ids: [A] });
  await has('reset');
  service.happen(A, 'FINISHED');
  await reading;
  assert.deepEqual(
    news.map((item) => ('cursor' in item ? [item.kind, item.cursor] : [item.kind])),
    [['connected'], ['reset', 'c2'], ['event', 'c3']],
  );
});

test('saved filters and search parameters are asked for as they are', async () => {
  await using service = await startTwo();
  service.fault = 'not-a-stream';
  const { reading } = readEvents(service, { saved: 'mine', search: { 'status.eq': 'RUNNING' } });
  await assert.rejects(reading, { name: 'StreamFailure', message: /application\/json/ });
  assert.equal(service.seen.at(-1), 'GET /jobs/v2/events?status.eq=RUNNING&saved=mine');
});

test('streams that are too many for now, or hang, are asked for again', async () => {
  await using service = await startTwo();
  service.refusals = 1;
  const patient = createClient({
    url: service.url,
    streams: { ...streams, firstByteMs: 200 },
    retry: { ...retry, tries: 3 },
  });
  const names: string[] = [];
  const reading = (async () => {
    for await (const item of patient.jobs.events({ ids: [A] })) names.push(item.kind);
  })();
  await eventually('it begins', () => names.includes('begun'));
  service.fault = 'held';
  service.cut();
  await eventually('the hanging is told', () => names.includes('lost'));
  service.fault = null;
  service.happen(A, 'FINISHED');
  await reading;
  assert.equal(names.at(-1), 'event');
});

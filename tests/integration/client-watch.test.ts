import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ClientSettings,
  type ConnectionState,
  createClient,
  type WatchOptions,
} from '../../packages/client/src/index.ts';
import type { JobEvent } from '../../packages/contract/src/index.ts';
import { EventService, fakeJobId, type StreamFault } from '../support/event-service.ts';
import { eventually } from '../support/eventually.ts';

const [A, B] = [fakeJobId(1), fakeJobId(2)] as const;

const retry = { tries: 1, firstDelayMs: 1, longestDelayMs: 1 };

/** Waiting takes milliseconds here; what a slow machine may take for a fault does not happen by itself. */
const streams = {
  firstByteMs: 10_000,
  silenceMs: 10_000,
  reconnectFirstMs: 10,
  reconnectLongestMs: 20,
  pollFirstMs: 5,
  pollLongestMs: 20,
  pollForMs: 60_000,
};

/** For those who wait for a fault to be noticed. */
const watchful = { ...streams, firstByteMs: 200, silenceMs: 600 };

function connect(service: EventService, times: ClientSettings['streams'] = streams) {
  return createClient({ url: service.url, retry, streams: times });
}

/** Reads a watch in the background. */
function read(
  service: EventService,
  ids: string | readonly string[],
  { times, ...options }: WatchOptions & { readonly times?: ClientSettings['streams'] } = {},
) {
  const events: JobEvent[] = [];
  const states: ConnectionState['kind'][] = [];
  const watching = (async () => {
    const onConnection = ({ kind }: ConnectionState) => states.push(kind);
    for await (const event of connect(service, times).jobs.watch(ids, { onConnection, ...options }))
      events.push(event);
  })();
  watching.catch(() => undefined); // A test that fails earlier has another reason to tell.
  return {
    watching,
    states,
    events,
    seqs: (id = A) => events.filter(({ job }) => job.id === id).map(({ seq }) => seq),
    has: (count: number) => eventually(`${count} events`, () => events.length >= count),
  };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('a watch gives every event from the first on, in order, and ends with the job', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  service.happen(A, 'MINE', { data: { epoch: 1 } });
  const watch = read(service, A);
  await watch.has(2);
  service.happen(A, 'RUNNING');
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(
    watch.events.map(({ seq, name, status, data }) => [seq, name, status, data]),
    [
      [1, 'PENDING', 'PENDING', undefined],
      [2, 'MINE', 'PENDING', { epoch: 1 }],
      [3, 'RUNNING', 'RUNNING', undefined],
      [4, 'FINISHED', 'FINISHED', undefined],
    ],
  );
  assert.deepEqual(service.seen, [`GET /jobs/v2/${A}/events`], 'one request');
  assert.deepEqual(watch.states, ['connected']);
});

test('a watch of a job that has ended gives what happened and ends, and after its last event nothing', async () => {
  await using service = await EventService.start();
  for (const name of ['PENDING', 'RUNNING', 'FINISHED']) service.happen(A, name);
  const whole = read(service, A);
  await whole.watching;
  assert.deepEqual(whole.seqs(), upTo(3));
  const rest = read(service, A, { since: 2 });
  await rest.watching;
  assert.deepEqual(rest.seqs(), [3]);
  const nothing = read(service, A, { since: 3 });
  await nothing.watching;
  assert.deepEqual(nothing.seqs(), []);
});

test('a stream that is cut between any two events is resumed after the last one, at once and silently', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  const watch = read(service, A);
  for (let count = 1; count < 30; count++) {
    await watch.has(count);
    if (count % 3 === 0) service.cut();
    service.happen(A, `STEP_${count}`);
  }
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(), upTo(31));
});

test('several jobs share a stream; what each has behind it is fetched first', async () => {
  await using service = await EventService.start();
  for (const name of ['PENDING', 'RUNNING', 'FINISHED']) service.happen(A, name, { data: name });
  service.happen(B, 'PENDING');
  const watch = read(service, [A, B], { since: { [A]: 1 } });
  await watch.has(3);
  service.happen(B, 'RUNNING');
  await watch.has(4);
  service.cut();
  service.happen(B, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(A), [2, 3]);
  assert.deepEqual(watch.seqs(B), [1, 2, 3]);
  assert.deepEqual(
    watch.events.filter(({ job }) => job.id === A).map(({ data }) => data),
    ['RUNNING', 'FINISHED'],
    'with what the program sent',
  );
  const many = service.seen.filter((path) => path.includes('/jobs/v2/events?'));
  assert.equal(many.length, 2, 'one stream, and once again after the cut');
});

test('more jobs than an address holds are watched by several streams', async () => {
  await using service = await EventService.start();
  const ids = upTo(302).map(fakeJobId);
  for (const id of ids) service.happen(id, 'FINISHED');
  const watch = read(service, ids);
  await watch.watching;
  assert.equal(watch.events.length, 302);
  assert.equal(service.seen.filter((path) => path.includes('/jobs/v2/events?')).length, 2);
});

for (const ids of [[A], [A, B]]) {
  test(`an event that the stream of ${ids.length} leaves out is fetched before the next is given`, async () => {
    await using service = await EventService.start();
    for (const id of ids) service.happen(id, 'PENDING');
    const watch = read(service, ids);
    await watch.has(ids.length);
    service.happen(A, 'LEFT_OUT', { hidden: true });
    service.happen(A, 'RUNNING');
    for (const id of ids) service.happen(id, 'FINISHED');
    await watch.watching;
    assert.deepEqual(watch.seqs(), upTo(4));
  });
}

test('a reset reads on from what the service has; after a restored backup numbers begin again there', async () => {
  await using service = await EventService.start();
  for (const name of ['PENDING', 'RUNNING', 'A', 'B']) service.happen(A, name);
  const watch = read(service, A);
  await watch.has(4);
  service.restore(A, 2);
  service.cut();
  await eventually('it is connected again', () => service.openStreams === 1);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(), [1, 2, 3, 4, 3]);
});

test('a reset of a stream of several jobs loses nothing that their own streams have', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  service.happen(B, 'PENDING');
  const watch = read(service, [A, B]);
  await watch.has(2);
  service.retainedFrom = 100;
  service.cut();
  service.happen(A, 'RUNNING');
  service.happen(B, 'FINISHED');
  await watch.has(4);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(A), [1, 2, 3]);
  assert.deepEqual(watch.seqs(B), [1, 2]);
});

for (const fault of ['absent', 'not-a-stream', 'silent', 'held'] as const satisfies readonly StreamFault[]) {
  for (const ids of [[A], [A, B]]) {
    test(`where streams are ${fault}, ${ids.length} watched by polling: the same events`, async () => {
      await using service = await EventService.start();
      service.fault = fault;
      for (const id of ids) service.happen(id, 'PENDING');
      const watch = read(service, ids, { times: watchful });
      await watch.has(ids.length);
      for (const name of ['RUNNING', 'A', 'FINISHED']) for (const id of ids) service.happen(id, name);
      await watch.watching;
      for (const id of ids) assert.deepEqual(watch.seqs(id), upTo(4));
      assert.equal(watch.events.at(2)?.status, ids.length === 1 ? 'RUNNING' : watch.events.at(2)?.status);
      assert.ok(
        service.seen.filter((path) => path.includes('/events')).length <= 2,
        'streams are not tried again',
      );
    });
  }
}

test('the history does not have the creation of a job: what is polled begins after it, and nothing else is missing', async () => {
  await using service = await EventService.start();
  service.fault = 'absent';
  for (const name of ['CREATED', 'PENDING', 'MINE', 'FINISHED']) service.happen(A, name);
  const watch = read(service, A);
  await watch.watching;
  assert.deepEqual(
    watch.events.map(({ seq, name, status }) => [seq, name, status]),
    [
      [2, 'PENDING', 'PENDING'],
      [3, 'MINE', 'PENDING'],
      [4, 'FINISHED', 'FINISHED'],
    ],
  );
});

test('a service that knows neither streams nor numbers is watched by reading its history', async () => {
  await using service = await EventService.start();
  service.fault = 'absent';
  service.isOld = true;
  service.happen(A, 'PENDING');
  service.happen(B, 'PENDING');
  const watch = read(service, [A, B]);
  await watch.has(2);
  for (const id of [A, B]) for (const name of ['RUNNING', 'MINE', 'FINISHED']) service.happen(id, name);
  await watch.watching;
  for (const id of [A, B]) assert.deepEqual(watch.seqs(id), upTo(4));
});

test('a service that hung altogether and comes back is streamed from again, and not polled', async () => {
  await using service = await EventService.start();
  service.fault = 'held';
  service.happen(A, 'PENDING');
  const watch = read(service, A, { times: watchful });
  await watch.has(1);
  service.isAway = true;
  await eventually('the loss is told', () => watch.states.includes('lost'));
  service.fault = null;
  service.isAway = false;
  await eventually('a stream is there', () => service.openStreams === 1);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(), [1, 2]);
});

test('a stream that is refused because there are too many is waited for while polling', async () => {
  await using service = await EventService.start();
  service.refusals = 1;
  service.happen(A, 'PENDING');
  const watch = read(service, A);
  await watch.has(1);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(), [1, 2]);
});

test('a stream without a sign of life is taken for lost, and resumed', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  const watch = read(service, A, { times: watchful });
  await watch.has(1);
  await eventually('a second stream', () => service.seen.length >= 2);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(), [1, 2]);
});

test('heartbeats keep a stream, and a heartbeat with an id is remembered as the position', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  service.happen(B, 'PENDING');
  const watch = read(service, [A, B], { times: watchful });
  await watch.has(2);
  for (let beat = 0; beat < 12; beat++) {
    service.write(beat === 11 ? 'id: c2\n\n' : ': heartbeat\n\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(service.seen.filter((path) => path.includes('/events?')).length, 1, 'still the first stream');
  for (const id of [A, B]) service.happen(id, 'FINISHED');
  await watch.watching;
});

test('an outage is told and bridged, and the connection afterwards is told too', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  const watch = read(service, A);
  await watch.has(1);
  service.isAway = true;
  service.cut();
  await eventually('the loss is told', () => watch.states.includes('lost'));
  service.happen(A, 'RUNNING');
  service.isAway = false;
  await watch.has(2);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(watch.seqs(), [1, 2, 3]);
  assert.equal(watch.states[0], 'connected');
  assert.equal(watch.states.at(-1), 'connected');
});

test('a watch fails when the service stays away longer than its patience, and at once when it never was there', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  const watch = read(service, A, { patienceMs: 50 });
  await watch.has(1);
  service.isAway = true;
  service.cut();
  await assert.rejects(watch.watching, { name: 'UnreachableFailure' });
  await assert.rejects(read(service, A, { patienceMs: 60_000 }).watching, { name: 'UnreachableFailure' });
});

test('a job that is not there ends the watch with the refusal of the service, also among others', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  const refusal = { name: 'ApiFailure', code: 'job.not-found', status: 404 };
  await assert.rejects(read(service, B).watching, refusal);
  await assert.rejects(read(service, [A, B]).watching, refusal);
});

test('an aborted watch ends with the reason of the signal, and one that is left closes its stream', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  service.happen(B, 'PENDING');
  const leave = new AbortController();
  const watch = read(service, A, { signal: leave.signal });
  await watch.has(1);
  leave.abort(new Error('enough'));
  await assert.rejects(watch.watching, /enough/);
  await eventually('its stream is closed', () => service.openStreams === 0);
  for (const ids of [A, [A, B]]) {
    for await (const event of connect(service).jobs.watch(ids)) {
      assert.equal(event.seq, 1);
      break;
    }
    await eventually('its stream is closed', () => service.openStreams === 0);
  }
});

test('a change that is no event is told by its job', async () => {
  await using service = await EventService.start();
  service.happen(A, 'PENDING');
  const changed: string[] = [];
  const watch = read(service, A, { onChanged: (id) => changed.push(id) });
  await watch.has(1);
  service.change(A);
  await eventually('it is told', () => changed.length === 1);
  service.happen(A, 'FINISHED');
  await watch.watching;
  assert.deepEqual(changed, [A]);
});

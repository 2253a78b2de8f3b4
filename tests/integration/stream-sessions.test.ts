import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { JobId, TokenId } from '../../packages/contract/src/index.ts';
import type { Frame } from '../../packages/server/src/realtime/frame.ts';
import { openFeedStream, openJobStream } from '../../packages/server/src/realtime/open-stream.ts';
import type { Realtime } from '../../packages/server/src/realtime/realtime.ts';
import {
  type EndReason,
  MAX_BLOCKED_MS,
  type Sink,
  type SinkOwner,
} from '../../packages/server/src/realtime/sink.ts';
import { eventually } from '../support/eventually.ts';
import { FAKE_JOBS, FakeEvents, type OpenWork } from '../support/fake-events.ts';

const ADA = { username: 'ada', isAdmin: false, tokenId: 'token' as TokenId, scopes: null };
const [ONE, TWO] = FAKE_JOBS as [JobId, JobId, JobId];

/** A client that takes so many frames before it has to be asked again. */
class FakeSink implements Sink {
  readonly received: { readonly id: string; readonly place: string }[] = [];
  /** Where it would resume. */
  lastId: string | null = null;
  ended: EndReason | null = null;
  hasEnd = false;
  /** Events that came although there was no room. */
  overrun = 0;
  queuedBytes = 0;
  room: number;
  session: SinkOwner | null = null;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room;
  }

  begin(session: SinkOwner): void {
    this.session = session;
  }

  write(frame: Frame): boolean {
    const fields = new Map(
      String(frame.sse)
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
    );
    this.lastId = fields.get('id') ?? this.lastId;
    if (fields.get('event') === 'end') this.hasEnd = true;
    if (fields.get('event') === 'event') {
      if (this.room <= 0) this.overrun += 1;
      const { job, seq } = JSON.parse(fields.get('data') ?? '');
      this.received.push({ id: fields.get('id') ?? '', place: `${job.id} ${seq}` });
      this.room -= 1;
    }
    return this.room > 0;
  }

  drain(room: number): void {
    this.room = room;
    this.session?.drained();
  }

  leave(): void {
    this.session?.close(null);
  }

  end(reason: EndReason): void {
    this.ended = reason;
  }
}

/** A client that comes back after each cut, as those of the protocol do. */
class FakeClient {
  readonly jobId: JobId | null;
  readonly #realtime: Realtime;
  readonly #sinks: FakeSink[] = [];

  constructor(realtime: Realtime, jobId: JobId | null) {
    this.#realtime = realtime;
    this.jobId = jobId;
  }

  async connect(room: number): Promise<void> {
    // A connection on which nothing came leaves the client where it was.
    const since = this.#sinks.findLast(({ lastId }) => lastId !== null)?.lastId ?? null;
    const opening =
      this.jobId === null
        ? await openFeedStream(this.#realtime, ADA, { kind: 'list', ofEverybody: false }, since ?? 'f1-0')
        : await openJobStream(this.#realtime, ADA, { id: this.jobId, since });
    const sink = new FakeSink(room);
    this.#sinks.push(sink);
    opening.start(sink, 'shared');
  }

  get sink(): FakeSink {
    return this.#sinks.at(-1) ?? assert.fail('the client has never connected');
  }

  get overrun(): number {
    return this.#sinks.reduce((sum, { overrun }) => sum + overrun, 0);
  }

  get places(): string[] {
    return this.#sinks.flatMap(({ received }) => received.map(({ place }) => place));
  }
}

const QUIET_METER = {
  opened: () => undefined,
  closed: () => undefined,
  sent: () => undefined,
  count: () => ({}),
};

const sometimes = fc.integer({ min: 0, max: 30 }).map((number) => number > 0);

const step = fc.oneof(
  fc.record({ kind: fc.constant('commit' as const), job: fc.nat(2), isTold: sometimes }),
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({
    kind: fc.constant('finish' as const),
    which: fc.nat(5),
    job: fc.nat(2),
    isEmpty: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('pump' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('drain' as const), client: fc.nat(3), room: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('cut' as const), client: fc.nat(3), room: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('permissions' as const) }),
  fc.record({ kind: fc.constant('pause' as const), ms: fc.nat(6) }),
);

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function play(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
  const world = new FakeEvents();
  const realtime = world.openRealtime(() => 0, QUIET_METER);
  const clients = [ONE, TWO, null, null].map((jobId) => new FakeClient(realtime, jobId));
  const works: OpenWork[] = [];
  const jobAt = (index: number) => FAKE_JOBS[index] ?? ONE;
  for (const client of clients) await client.connect(2);
  for (const one of steps) {
    if (one.kind === 'commit') world.commit(jobAt(one.job), { isTold: one.isTold });
    else if (one.kind === 'begin') works.push(world.begin());
    else if (one.kind === 'pump') world.pump(one.limit);
    else if (one.kind === 'drain') clients[one.client]?.sink.drain(one.room);
    else if (one.kind === 'permissions') world.tell({ kind: 'permissions', id: ONE });
    else if (one.kind === 'pause') await (one.ms === 0 ? turn() : delay(one.ms));
    else if (one.kind === 'cut') {
      clients[one.client]?.sink.leave();
      await clients[one.client]?.connect(one.room);
    } else {
      const [work] = works.splice(one.which % (works.length || 1), 1);
      if (work !== undefined && one.isEmpty) world.rollBack(work);
      else if (work !== undefined) world.commit(jobAt(one.job), { work });
    }
  }
  for (const work of works) world.rollBack(work);
  return { world, realtime, clients };
}

/** Each job's events in order, each once; over all jobs in the order of the feed. */
function expected(world: FakeEvents, { jobId }: FakeClient): string[] {
  const own = world.events.filter(({ job_id }) => jobId === null || job_id === jobId);
  const ordered = jobId === null ? own : own.sort((a, b) => a.seq - b.seq);
  return ordered.map(({ job_id, seq }) => `${job_id} ${seq}`);
}

test('whatever happens when, every stream has each event once and in order', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
    const { world, realtime, clients } = await play(steps);
    try {
      await eventually(
        'everybody has everything',
        () => {
          // What was not told is found by the next look; all else needs none. Nobody stays slow.
          if (steps.some((one) => one.kind === 'commit' && !one.isTold)) world.tell(null);
          world.pump(3);
          for (const { sink } of clients) sink.drain(Number.POSITIVE_INFINITY);
          for (const client of clients) assert.deepEqual(client.places, expected(world, client));
          return true;
        },
        { timeoutMs: 30_000, intervalMs: 3 },
      );
      assert.ok(clients.every(({ overrun }) => overrun === 0));
    } finally {
      await realtime[Symbol.asyncDispose]();
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

test('a stream of many jobs waits for an unfinished transaction, one of a single job does not', async () => {
  const world = new FakeEvents();
  await using realtime = world.openRealtime(() => 0, QUIET_METER);
  const [single, many] = [new FakeClient(realtime, ONE), new FakeClient(realtime, null)];
  await single.connect(100);
  await many.connect(100);
  const work = world.begin();
  world.commit(ONE, {});
  world.pump(10);
  await eventually('the single one has it', () => single.places.length === 1);
  assert.deepEqual(many.places, []);
  world.commit(TWO, { work });
  world.pump(10);
  await eventually('all have everything', () => many.places.length === 2);
  assert.deepEqual(many.places, [`${TWO} 1`, `${ONE} 1`]);
});

test('an event that comes while the one before is read needs no second hint', async () => {
  const world = new FakeEvents();
  await using realtime = world.openRealtime(() => 0, QUIET_METER);
  const client = new FakeClient(realtime, ONE);
  await client.connect(1_000);
  for (let round = 1; round <= 60; round++) {
    world.commit(ONE, {});
    // Sooner or later the second one falls into every moment of the read of the first.
    const until = performance.now() + 4 + (round % 6) / 2;
    while (performance.now() < until) await turn();
    world.commit(ONE, {});
    await eventually('it has both', () => client.places.length === 2 * round, { intervalMs: 3 });
  }
});

test('a client that takes nothing for thirty seconds is cut, one with a megabyte in its queue at once', async () => {
  let now = 0;
  const world = new FakeEvents();
  await using realtime = world.openRealtime(() => now, QUIET_METER);
  const [slow, full, well] = [1, 1, 100].map(() => new FakeClient(realtime, ONE));
  assert.ok(slow && full && well);
  await slow.connect(1);
  await full.connect(1);
  await well.connect(100);
  world.commit(ONE, {});
  await eventually('all have it', () => [slow, full, well].every(({ places }) => places.length === 1));
  full.sink.queuedBytes = 2 ** 20 + 1;
  await eventually('the full one is cut', () => full.sink.ended === 'slow');
  assert.equal(slow.sink.ended, null);
  now = MAX_BLOCKED_MS + 1;
  await eventually('the slow one is cut', () => slow.sink.ended === 'slow');
  world.commit(ONE, {});
  await eventually('the others go on', () => well.places.length === 2);
  await slow.connect(100);
  await eventually('it has missed nothing', () => slow.places.length === 2);
});

test('the end of a job is the end of its stream', async () => {
  const world = new FakeEvents();
  await using realtime = world.openRealtime(() => 0, QUIET_METER);
  const client = new FakeClient(realtime, ONE);
  await client.connect(100);
  for (const status of ['RUNNING', 'FINISHED'] as const) world.commit(ONE, { status });
  await eventually('it has ended', () => client.sink.ended === 'complete');
  assert.ok(client.sink.hasEnd);
  assert.equal(client.places.length, 2);
});

test('a stop ends every stream without saying that nothing more will come', async () => {
  const world = new FakeEvents();
  const realtime = world.openRealtime(() => 0, QUIET_METER);
  const clients = [new FakeClient(realtime, ONE), new FakeClient(realtime, null)];
  for (const client of clients) await client.connect(100);
  await realtime[Symbol.asyncDispose]();
  for (const { sink } of clients) assert.deepEqual([sink.ended, sink.hasEnd], ['stopping', false]);
  await assert.rejects(clients[0]?.connect(1) ?? assert.fail(), { code: 'service.stopping' });
});

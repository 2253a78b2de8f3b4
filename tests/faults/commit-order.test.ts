import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { JobId } from '../../packages/contract/src/index.ts';
import { type Db, inTransaction } from '../../packages/server/src/database/connection.ts';
import { connectApi } from '../support/api.ts';
import {
  type CommitOrderBed,
  FeedReader,
  NaiveReader,
  openCommitOrderBed,
  placeOf,
} from '../support/commit-order-bed.ts';
import { eventually } from '../support/eventually.ts';
import { createSeeded } from '../support/seeded.ts';
import { ADMIN_TOKEN } from '../support/service.ts';
import { SseClient } from '../support/sse-client.ts';

let bed: CommitOrderBed;
before(async () => {
  bed = await openCommitOrderBed(8);
});
after(() => bed[Symbol.asyncDispose]());

const open = (path: string, headers = {}) =>
  SseClient.open({ url: `${bed.service.url}${path}`, token: bed.token, headers });

const placesOf = (stream: SseClient) =>
  stream.messages('event').map(({ data }) => placeOf({ job_id: data.job.id, seq: data.seq }));

/** All events there are, in the order that every reader has to give them. */
async function truth(): Promise<string[]> {
  const { rows } = await bed.database.pool.query(
    'select job_id, seq from job_events order by feed_position, job_id, seq',
  );
  return rows.map(placeOf);
}

/** A transaction under way: it has its number, and does its work and commits when it is told to. */
interface HeldTransaction {
  /** Adds an event now, and keeps the job's row. */
  append(id: JobId): Promise<void>;
  commit(): Promise<void>;
}

async function hold(): Promise<HeldTransaction> {
  const begun = Promise.withResolvers<Db>();
  const finish = Promise.withResolvers<void>();
  const ended = inTransaction(bed.db, async (tx) => {
    // Takes the number.
    await sql`select feed_now()`.execute(tx);
    begun.resolve(tx);
    await finish.promise;
  });
  ended.catch(begun.reject);
  const tx = await begun.promise;
  return {
    append: (id) => bed.append(tx, id),
    commit: async () => {
      finish.resolve();
      await ended;
    },
  };
}

const now = (id: JobId) => inTransaction(bed.db, (tx) => bed.append(tx, id));

function jobAt(index: number): JobId {
  return bed.jobs[index % bed.jobs.length] ?? assert.fail();
}

/** Readers of every kind over one history. */
async function openReaders() {
  const feed = new FeedReader(bed.db);
  const naive = [new NaiveReader(bed.database, 'feed_position'), new NaiveReader(bed.database, 'id')];
  const many = await open('/jobs/v2/events', { 'last-event-id': 'f1-1' });
  const everybody = await SseClient.open({
    url: `${bed.service.url}/jobs/v2/events?privileged=true`,
    token: ADMIN_TOKEN,
    headers: { 'last-event-id': 'f1-1' },
  });
  const single = await Promise.all(bed.jobs.map((id) => open(`/jobs/v2/${id}/events`)));
  const look = async () => {
    await feed.read();
    for (const reader of naive) await reader.read();
  };
  return { feed, naive, many, everybody, single, look };
}

type Readers = Awaited<ReturnType<typeof openReaders>>;

/** The readers with the horizon have everything in order; the streams of single jobs have theirs. */
async function checkReaders({ feed, many, everybody, single, look }: Readers): Promise<void> {
  await eventually('the feed has everything', async () => {
    await look();
    assert.deepEqual(feed.seen, await truth());
    return true;
  });
  await eventually('the stream of many jobs has everything', () => {
    assert.deepEqual(placesOf(many), feed.seen);
    assert.deepEqual(placesOf(everybody), feed.seen);
    return true;
  });
  for (const [index, stream] of single.entries()) {
    const id = jobAt(index);
    const own = feed.seen.filter((place) => place.startsWith(id));
    await eventually('the stream of the job has everything', () => {
      assert.deepEqual(placesOf(stream), own);
      return true;
    });
    assert.deepEqual(
      stream.seqs(),
      own.map((_, number) => number + 1),
    );
  }
}

function closeReaders({ many, everybody, single }: Readers): void {
  for (const stream of [many, everybody, ...single]) stream.close();
}

test('a transaction that others pass loses no event of any feed, but of a reader that only looks ahead', async () => {
  const readers = await openReaders();
  await readers.look();
  for (let round = 0; round < 5; round++) {
    const early = await hold();
    await early.append(jobAt(0));
    await now(jobAt(1));
    await now(jobAt(2));
    await readers.look();
    await early.commit();
    await now(jobAt(3));
    await readers.look();
  }
  await checkReaders(readers);
  const all = await truth();
  for (const { seen } of readers.naive) {
    const lost = all.filter((place) => !seen.has(place));
    assert.equal(lost.length, 5, 'each round loses the event of the transaction that was passed');
    assert.ok(lost.every((place) => place.startsWith(jobAt(0))));
  }
  closeReaders(readers);
});

test("a transaction with an early number that takes a job's row late comes behind what it followed", async () => {
  const readers = await openReaders();
  for (let round = 0; round < 5; round++) {
    const early = await hold();
    await now(jobAt(0));
    await now(jobAt(1));
    await readers.look();
    await early.append(jobAt(0));
    await early.append(jobAt(2));
    await readers.look();
    await early.commit();
    await readers.look();
  }
  await checkReaders(readers);
  closeReaders(readers);
});

test('many writers at the same time lose and reorder nothing, whoever reads meanwhile', async () => {
  const readers = await openReaders();
  const random = createSeeded(71);
  const written = new AbortController();
  const writer = async () => {
    for (let count = 0; count < 40; count++) {
      await inTransaction(bed.db, async (tx) => {
        if (random.next() < 0.5) await sql`select feed_now()`.execute(tx);
        // Some take their time, so that others pass them.
        await delay(random.between(0, 8));
        const first = random.between(0, bed.jobs.length - 2);
        const jobs = [jobAt(first), jobAt(random.between(first + 1, bed.jobs.length - 1))];
        // In one order, so that they do not wait for each other in a circle.
        for (const id of jobs.sort().slice(0, random.between(1, 2))) await bed.append(tx, id);
        await delay(random.between(0, 4));
      });
    }
  };
  const looking = (async () => {
    while (!written.signal.aborted) await readers.look();
  })();
  // A stream that is cut again and again and goes on where it was.
  const parts: string[] = [];
  let lastId: string = 'f1-1';
  const cutting = (async () => {
    while (!written.signal.aborted) {
      const stream = await open('/jobs/v2/events', { 'last-event-id': lastId });
      await delay(random.between(20, 120));
      stream.close();
      parts.push(...placesOf(stream));
      lastId = stream.lastId ?? lastId;
    }
  })();
  await Promise.all(Array.from({ length: 8 }, writer));
  written.abort();
  await Promise.all([looking, cutting]);
  await checkReaders(readers);
  const rest = await open('/jobs/v2/events', { 'last-event-id': lastId });
  await eventually('the cut stream has everything', () => {
    assert.deepEqual([...parts, ...placesOf(rest)], readers.feed.seen);
    return true;
  });
  rest.close();
  const all = await truth();
  const lost = readers.naive.map(({ seen }) => all.filter((place) => !seen.has(place)).length);
  assert.ok(
    lost.every((count) => count > 0),
    `the readers without a horizon lost ${lost.join(' and ')}`,
  );
  closeReaders(readers);
});

test('a long foreign transaction holds up streams of many jobs only, and the metrics say so (T26)', async () => {
  const [one, other] = [jobAt(0), jobAt(1)];
  const api = connectApi(() => bed.service.url, bed.token);
  const { seq } = await api.call<{ seq: number }>('GET', `/jobs/v2/${one}/status`);
  const single = await open(`/jobs/v2/${one}/events?since=${seq}`);
  const many = await open('/jobs/v2/events');
  await eventually('it begins', () => many.lastId !== undefined);
  const foreign = await bed.database.pool.connect();
  try {
    await foreign.query('begin');
    await foreign.query('update jobs set name = name where id = $1', [other]);
    const waiting = api.request('GET', `/jobs/v2/${one}/status?wait=20&since=${seq}`);
    await now(one);
    await single.received('event', 1, 2_000);
    assert.equal((await waiting).status, 200);
    const metrics = await eventually('it is measured', async () => {
      const text = await (await fetch(`${bed.service.url}/metrics`)).text();
      return Number(/^arras_feed_held_seconds (\S+)$/m.exec(text)?.[1]) > 0.5;
    });
    assert.ok(metrics);
    assert.deepEqual(many.messages('event'), []);
    await foreign.query('commit');
  } finally {
    foreign.release(true);
  }
  await many.received('event', 1, 2_000);
  assert.deepEqual(placesOf(many), placesOf(single));
  single.close();
  many.close();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobId } from '../../packages/contract/src/index.ts';
import { inTransaction } from '../../packages/server/src/database/connection.ts';
import { ChannelClient } from '../support/channel-client.ts';
import { type CommitOrderBed, openCommitOrderBed, placeOf } from '../support/commit-order-bed.ts';
import { eventually } from '../support/eventually.ts';
import { createSeeded } from '../support/seeded.ts';
import { startService, type TestService } from '../support/service.ts';
import { SseClient } from '../support/sse-client.ts';

const CUT_FOR_MS = 12_000;

/** Follows one address on any of the services, comes back after each cut, and keeps all that it was told. */
class Follower {
  readonly places: string[] = [];
  readonly #path: string;
  readonly #token: string;
  #lastId: string | undefined;
  #stream: SseClient | null = null;

  constructor(path: string, token: string, lastId?: string) {
    this.#path = path;
    this.#token = token;
    this.#lastId = lastId;
  }

  async connect(url: string): Promise<void> {
    this.cut();
    const headers = this.#lastId === undefined ? {} : { 'last-event-id': this.#lastId };
    const opening = SseClient.open({ url: `${url}${this.#path}`, token: this.#token, headers });
    this.#stream = await opening.catch(() => null);
  }

  /** Takes what came and leaves. */
  cut(): void {
    const stream = this.#stream;
    this.#stream = null;
    stream?.close();
    if (stream?.status !== 200) return;
    const told = stream.messages('event').map(({ data }) => ({ job_id: data.job.id, seq: data.seq }));
    this.places.push(...told.map(placeOf));
    this.#lastId = stream.lastId ?? this.#lastId;
  }

  get seen(): readonly string[] {
    const told = this.#stream?.messages('event') ?? [];
    return [...this.places, ...told.map(({ data }) => placeOf({ job_id: data.job.id, seq: data.seq }))];
  }
}

async function truth(bed: CommitOrderBed): Promise<string[]> {
  const order = 'select job_id, seq from job_events order by feed_position, job_id, seq';
  return (await bed.database.pool.query(order)).rows.map(placeOf);
}

/** Answers again under another address after a kill -9. */
async function replace(bed: CommitOrderBed, old: TestService): Promise<TestService> {
  await old.kill();
  await old[Symbol.asyncDispose]();
  return startService({ databaseUrl: bed.database.url, environment: { ARRAS_ROLES: 'api' } });
}

test('streams that are cut again and again and go on at another replica, some of which die, miss nothing (T71)', async () => {
  await using bed = await openCommitOrderBed(4);
  let other = await startService({ databaseUrl: bed.database.url, environment: { ARRAS_ROLES: 'api' } });
  try {
    const random = createSeeded(7);
    const jobAt = (index: number): JobId => bed.jobs[index] ?? assert.fail();
    const paths = ['/jobs/v2/events', ...bed.jobs.map((id) => `/jobs/v2/${id}/events`)];
    const followers = paths.map(
      (path, index) => new Follower(path, bed.token, index === 0 ? 'f1-1' : undefined),
    );
    const until = performance.now() + CUT_FOR_MS;
    const writing = (async () => {
      while (performance.now() < until) {
        await inTransaction(bed.db, (tx) => bed.append(tx, jobAt(random.between(0, 3))));
        await delay(random.between(0, 20));
      }
    })();
    const killing = (async () => {
      await delay(CUT_FOR_MS / 3);
      other = await replace(bed, other);
    })();
    while (performance.now() < until) {
      const url = random.next() < 0.5 ? bed.service.url : other.url;
      await Promise.all(followers.map((follower) => follower.connect(url)));
      await delay(random.between(100, 1_000));
    }
    await Promise.all([writing, killing]);
    await Promise.all(followers.map((follower) => follower.connect(other.url)));
    const all = await truth(bed);
    for (const [index, follower] of followers.entries()) {
      const own = index === 0 ? all : all.filter((place) => place.startsWith(jobAt(index - 1)));
      await eventually(`${paths[index]} has everything`, () => {
        assert.deepEqual(follower.seen, own);
        return true;
      });
      follower.cut();
    }
  } finally {
    await other[Symbol.asyncDispose]();
  }
});

test('a stop ends all streams at once and says nothing that keeps clients from coming back', async () => {
  await using bed = await openCommitOrderBed(1);
  const { service, token } = bed;
  const [id] = bed.jobs;
  const open = (path: string) => SseClient.open({ url: `${service.url}${path}`, token });
  const streams = [await open(`/jobs/v2/${id}/events`), await open('/jobs/v2/events')];
  const deaf = await open(`/jobs/v2/${id}/events`);
  deaf.pause();
  const socket = await ChannelClient.open({ url: service.url, token, path: `/agave.prod/ada/${id}` });
  await socket.received('event', 2);
  await streams[0]?.received('event', 2);
  const since = performance.now();
  assert.equal(await service.stop(), 0, service.log().slice(-1_000));
  assert.ok(performance.now() - since < 20_000);
  for (const stream of streams) {
    await stream.closed();
    assert.deepEqual(stream.messages('end'), []);
  }
  assert.equal((await socket.whenClosed()).code, 1012);
  deaf.close();
});

test('hints that are lost, and streams that were opened long ago, cost half a second at most', async () => {
  await using bed = await openCommitOrderBed(1);
  const [id] = bed.jobs;
  assert.ok(id !== undefined);
  const stream = await SseClient.open({ url: `${bed.service.url}/jobs/v2/${id}/events`, token: bed.token });
  await stream.received('event', 2);
  for (let count = 3; count <= 6; count++) {
    // The test is no replica: nobody is told of what it commits.
    await inTransaction(bed.db, (tx) => bed.append(tx, id));
    await stream.received('event', count, 2_000);
  }
  stream.close();
});

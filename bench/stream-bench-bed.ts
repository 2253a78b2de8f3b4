import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import type { JobId } from '../packages/contract/src/index.ts';
import { hashToken, makeToken } from '../packages/server/src/auth/token.ts';
import { listenToChanges } from '../packages/server/src/database/changes.ts';
import { type Db, openDatabase, openPool } from '../packages/server/src/database/connection.ts';
import { appendJobEvents } from '../packages/server/src/database/jobs.ts';
import { insertToken } from '../packages/server/src/database/tokens.ts';
import { createIdSource } from '../packages/server/src/domain/id-source.ts';
import { LiveFeed } from '../packages/server/src/events/feed.ts';
import { createTestDatabase } from '../tests/support/database.ts';
import { eventually } from '../tests/support/eventually.ts';
import { startService, type TestService } from '../tests/support/service.ts';
import { openStore } from '../tests/support/stored-job.ts';
import type { ClientArrivals, ClientOrder, ClientState, StreamOrder } from './stream-client-process.ts';

/** A real service process that answers only, a writer beside it as another replica would be, and their database. */
export interface StreamBenchBed extends AsyncDisposable {
  service(): TestService;
  /** Starts the service anew on the same port. */
  restart(): Promise<void>;
  readonly port: number;
  readonly jobs: readonly JobId[];
  /** Of the owner of all jobs. */
  readonly ownerToken: string;
  /** Commits an event of a job; resolves with its name in arrivals and the time at which the commit was known. */
  happen(id: JobId): Promise<{ readonly event: string; readonly at: number }>;
}

export async function openStreamBench(jobs: number): Promise<StreamBenchBed> {
  const database = await createTestDatabase();
  const pool = openPool(database.connection, { max: 12, onError: () => undefined });
  const db = openDatabase(pool);
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  const ids = await storeJobs(database, jobs);
  const ownerToken = makeToken(randomBytes(32));
  const token = { id: newId('token'), token_hash: hashToken(ownerToken), username: 'ada', name: 'bench' };
  await insertToken(db, token);
  const port = await findFreePort();
  const start = () =>
    startService({
      databaseUrl: database.url,
      environment: { ARRAS_ROLES: 'api', ARRAS_PORT: String(port), ARRAS_LOG_LEVEL: 'warn' },
    });
  let service = await start();
  // Tells its commits to the service as every other process does.
  const feed = new LiveFeed({ db, replica: 'bench', log: pino({ level: 'silent' }) });
  listenToChanges(db, feed.publish);
  await feed.start();
  return {
    service: () => service,
    restart: async () => {
      await service.stop();
      service = await start();
    },
    port,
    jobs: ids,
    ownerToken,
    happen: (id) => happen(db, newId('jobEvent'), id),
    [Symbol.asyncDispose]: async () => {
      await feed[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
      await pool.end();
      await database.drop();
    },
  };
}

async function storeJobs(
  { pool }: Awaited<ReturnType<typeof createTestDatabase>>,
  count: number,
): Promise<JobId[]> {
  const store = await openStore(pool);
  const ids: JobId[] = [];
  for (let number = 0; number < count; number += 1) ids.push((await store.accept()).id);
  return ids;
}

async function happen(db: Db, eventId: Parameters<typeof appendJobEvents>[2][number]['id'], id: JobId) {
  const about = {
    name: 'HEARTBEAT',
    status: 'RUNNING' as const,
    description: 'Job is alive',
    inHistory: true,
  };
  const job = await appendJobEvents(db, id, [{ ...about, id: eventId, transferId: null, createdBy: 'ada' }]);
  return { event: `${id} ${job?.seq}`, at: performance.timeOrigin + performance.now() };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Memory of a process that is in use, in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}

/** Clients of streams in a process of their own. */
export class StreamClients implements AsyncDisposable {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'stream-client-process.ts'));

  async open(port: number, streams: readonly StreamOrder[]): Promise<void> {
    this.#child.send({ kind: 'open', port, streams } satisfies ClientOrder);
    await this.allOpen(streams.length);
  }

  async allOpen(count: number, timeoutMs = 60_000): Promise<void> {
    const check = async () => {
      const { open, refused } = await this.state();
      if (refused !== null) throw new Error(refused);
      return open === count;
    };
    await eventually('all streams are open', check, { timeoutMs, intervalMs: 50 });
  }

  async state(): Promise<ClientState> {
    return this.#ask({ kind: 'state' });
  }

  async arrivals(): Promise<ClientArrivals['arrivals']> {
    return (await this.#ask<ClientArrivals>({ kind: 'take' })).arrivals;
  }

  async #ask<Answer>(order: ClientOrder): Promise<Answer> {
    const answered = once(this.#child, 'message') as Promise<[Answer]>;
    this.#child.send(order);
    const [answer] = await answered;
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}

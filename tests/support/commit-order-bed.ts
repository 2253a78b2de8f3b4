import { randomBytes } from 'node:crypto';
import type { JobId } from '../../packages/contract/src/index.ts';
import { hashToken, makeToken } from '../../packages/server/src/auth/token.ts';
import { type Db, openDatabase, openPool } from '../../packages/server/src/database/connection.ts';
import {
  cursorBefore,
  type FedEvent,
  type FeedCursor,
  readFeed,
} from '../../packages/server/src/database/feed.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { recordJobEvent } from '../../packages/server/src/events/record.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startService, type TestService } from './service.ts';
import { openStore } from './stored-job.ts';

/** A service that only reads, and jobs whose events come from transactions of the test. */
export interface CommitOrderBed extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly service: TestService;
  /** Numbers are numbers, as in the service. */
  readonly db: Db;
  readonly jobs: readonly JobId[];
  /** The owner's. */
  readonly token: string;
  /** Adds an event to a job in the caller's transaction. */
  append(tx: Db, id: JobId): Promise<void>;
}

export async function openCommitOrderBed(jobs: number): Promise<CommitOrderBed> {
  const database = await createTestDatabase();
  const pool = openPool(database.connection, { max: 20, onError: () => undefined });
  const db = openDatabase(pool);
  const store = await openStore(database.pool);
  const ids: JobId[] = [];
  for (let count = 0; count < jobs; count++) ids.push((await store.accept()).id);
  const token = makeToken(randomBytes(32));
  await insertToken(db, {
    id: store.newId('token'),
    token_hash: hashToken(token),
    username: 'ada',
    name: 'test',
  });
  // Jobs that nobody works on stay as they are.
  const service = await startService({
    databaseUrl: database.url,
    environment: { ARRAS_ROLES: 'api', ARRAS_DATABASE_CONNECTIONS: '10' },
  });
  return {
    database,
    service,
    db,
    jobs: ids,
    token,
    append: async (tx, id) => {
      const happening = {
        job: { id, status: 'PENDING' as const },
        name: 'NOTE',
        description: 'x',
        by: 'ada',
      };
      await recordJobEvent(tx, store.newId, happening);
    },
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await pool.end();
      await database.drop();
    },
  };
}

/** Names an event. */
export function placeOf({ job_id, seq }: { readonly job_id: string; readonly seq: number }): string {
  return `${job_id} ${seq}`;
}

/** Follows the feed as the service does, a few events at a time. */
export class FeedReader {
  readonly seen: string[] = [];
  readonly #db: Db;
  #cursor: FeedCursor = cursorBefore(0);

  constructor(db: Db) {
    this.#db = db;
  }

  async read(): Promise<void> {
    for (let isLast = false; !isLast; ) {
      const page: Awaited<ReturnType<typeof readFeed>> = await readFeed(this.#db, this.#cursor, 7);
      this.#cursor = page.reached;
      this.seen.push(...page.events.map((event: FedEvent) => placeOf(event)));
      isLast = page.isLast;
    }
  }
}

/** Follows all events by the greatest value of a column that it has seen: what one would write first. */
export class NaiveReader {
  readonly seen = new Set<string>();
  readonly #database: TestDatabase;
  readonly #column: 'feed_position' | 'id';
  #last: string;

  constructor(database: TestDatabase, column: 'feed_position' | 'id') {
    this.#database = database;
    this.#column = column;
    this.#last = column === 'id' ? '' : '0';
  }

  async read(): Promise<void> {
    const { rows } = await this.#database.pool.query(
      `select job_id, seq, ${this.#column}::text as last from job_events where ${this.#column} > $1
       order by ${this.#column}`,
      [this.#last],
    );
    for (const row of rows) this.seen.add(placeOf(row));
    this.#last = rows.at(-1)?.last ?? this.#last;
  }
}

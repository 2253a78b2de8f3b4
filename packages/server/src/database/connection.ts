import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely';
import pg from 'pg';
import { announceAfterCommit } from './changes.ts';
import type { Tables } from './tables.ts';

/** A pool or a transaction: what every query takes first. */
export type Db = Kysely<Tables>;

/** Reads bigint columns as numbers: byte counts and epochs stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
};

/** How to reach the database. */
export type ConnectionOptions = Pick<
  pg.PoolConfig,
  'connectionString' | 'host' | 'port' | 'user' | 'password' | 'database'
>;

/**
 * Opens the process's pool. Limits keep a sick database from hanging requests: connecting 5 s, a statement
 * 8 s, a lock 5 s, an idle transaction 30 s (an old snapshot would hold back every feed).
 */
export function openPool(
  connection: ConnectionOptions,
  options: { readonly max: number; readonly onError: (error: Error) => void },
): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: options.max,
    types,
    application_name: 'arras',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 8_000,
    query_timeout: 9_000,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  // graphile-worker and pg both crash the process on an unheard connection error.
  pool.on('error', options.onError);
  pool.on('connect', (client) => client.on('error', options.onError));
  return pool;
}

/** Typed queries over the pool; what they commit is told to whoever `listenToChanges` names. */
export function openDatabase(pool: pg.Pool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) });
}

/** Begins statements of many forms whose plan depends on their values: they are neither prepared nor counted. */
export const PLANNED_EACH_TIME = '/* planned each time */ ';

/** Statements prepared on a connection; texts that come after the first so many are planned each time. */
const MAX_PREPARED = 300;

/**
 * Prepares every statement on its first use on a connection: planning the larger ones costs PostgreSQL more than
 * running them. Texts come from this code alone, so there are few of them.
 */
function preparingPool(pool: pg.Pool): PostgresPool {
  const prepared = new WeakMap<pg.PoolClient, Map<string, string>>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const names = prepared.get(client) ?? new Map<string, string>();
      prepared.set(client, names);
      return preparingClient(client, names);
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

function preparingClient(client: pg.PoolClient, names: Map<string, string>): PostgresPoolClient {
  const nameOf = (text: string): string | undefined => {
    if (text.startsWith(PLANNED_EACH_TIME)) return undefined;
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_PREPARED) return known;
    const name = `arras_${names.size}`;
    names.set(text, name);
    return name;
  };
  return {
    query: (<Row>(text: string, parameters: readonly unknown[]) => {
      const name = parameters.length > 0 ? nameOf(text) : undefined;
      const query = { text, values: [...parameters], ...(name === undefined ? {} : { name }) };
      return client.query(query) as unknown as Promise<PostgresQueryResult<Row>>;
    }) as PostgresPoolClient['query'],
    release: () => client.release(),
  };
}

/** Runs `work` in one short transaction; nothing outside the database may be awaited inside (R1). */
export function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return announceAfterCommit(db, (begin) =>
    db.transaction().execute((tx) => {
      begin(tx);
      return work(tx);
    }),
  );
}

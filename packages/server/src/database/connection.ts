import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
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
 * 10 s, a lock 5 s, an idle transaction 30 s (an old snapshot would hold back every feed).
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
    statement_timeout: 10_000,
    query_timeout: 12_000,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  // graphile-worker and pg both crash the process on an unheard connection error.
  pool.on('error', options.onError);
  pool.on('connect', (client) => client.on('error', options.onError));
  return pool;
}

/** Typed queries over the pool. */
export function openDatabase(pool: pg.Pool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Runs `work` in one short transaction; nothing outside the database may be awaited inside (R1). */
export function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(work);
}

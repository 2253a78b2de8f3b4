import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DATABASE_USER } from './embedded-cluster.ts';
import { hasCode } from './system-error.ts';

/** How to reach the embedded server: what `pg` takes. */
export interface EmbeddedConnection {
  /** The folder of the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A session that tells all Arras processes on one data directory that this one still needs the server. */
export interface Presence {
  /** Resolves when the session has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Gives the server up: true when nobody else needs it, and nobody can from now on. */
  leave(): Promise<boolean>;
  close(): Promise<void>;
}

// Databases of a cluster have their own advisory locks; `postgres` is there from initdb on.
const MAINTENANCE = 'postgres';
const PRESENCE_LOCK = createHash('sha256').update('arras presence').digest().readBigInt64BE().toString();

/** Describes the connection to Arras' own database. */
export function describeConnection(sockets: string, password: string): EmbeddedConnection {
  return { host: sockets, port: 5432, user: DATABASE_USER, password, database: DATABASE_USER };
}

/**
 * Asks the server whether it takes sessions, and creates our database in it when it is missing.
 * `silent` stands for no answer at all, `busy` for a server that is starting or stopping.
 */
export async function askServer(connection: EmbeddedConnection): Promise<'ready' | 'busy' | 'silent'> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // A server that dies while being asked is met by the next question.
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    return await judgeAnswer(error, connection);
  } finally {
    await client.end().catch(() => undefined); // Ending a session that never began is what may fail here.
  }
}

async function judgeAnswer(
  error: unknown,
  connection: EmbeddedConnection,
): Promise<'ready' | 'busy' | 'silent'> {
  if (hasCode(error, '57P03')) return 'busy';
  if (hasCode(error, '53300')) return 'ready'; // Too many sessions: it works.
  if (hasCode(error, '28P01', '28000'))
    throw new Error(
      `The PostgreSQL on ${connection.host} refuses the password of this data directory: ` +
        'put secrets/postgres-password back as it was when the database was made.',
      { cause: error },
    );
  if (!hasCode(error, '3D000')) return 'silent';
  await createDatabase(connection);
  return 'ready';
}

async function createDatabase(connection: EmbeddedConnection): Promise<void> {
  const client = new pg.Client({ ...connection, database: MAINTENANCE });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(connection.database)}`);
  } catch (error) {
    // Two processes may create it at once; one of them is told so, in either of two ways.
    if (!hasCode(error, '42P04', '23505')) throw error;
  } finally {
    await client.end();
  }
}

/** Announces this process by a shared advisory lock. Its session never keeps the process alive. */
export async function announcePresence(connection: EmbeddedConnection): Promise<Presence> {
  const client = new pg.Client({
    ...connection,
    database: MAINTENANCE,
    application_name: 'arras presence',
    keepAlive: true,
    query_timeout: 10_000,
    connectionTimeoutMillis: 5_000,
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  client.on('error', () => undefined); // The end of the session is what counts; 'end' follows.
  client.on('end', () => resolve());
  await client.connect();
  await client.query('select pg_advisory_lock_shared($1)', [PRESENCE_LOCK]);
  // A waiting session must not keep a process alive that has nothing left to do.
  if (client.connection.stream instanceof Socket) client.connection.stream.unref();
  return { ended, leave: () => leave(client), close: () => client.end() };
}

/** Of processes that leave at once at most one gets the exclusive lock, and only when all the others have gone. */
async function leave(client: pg.Client): Promise<boolean> {
  if (client.connection.stream instanceof Socket) client.connection.stream.ref();
  await client.query('select pg_advisory_unlock_shared($1)', [PRESENCE_LOCK]);
  const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
    PRESENCE_LOCK,
  ]);
  return rows[0]?.alone === true;
}

/** Looks again every 50 ms until `look` finds something or the time is over (null). */
export async function poll<T>(timeoutMs: number, look: () => Promise<T | null>): Promise<T | null> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null || performance.now() > deadline) return found;
    await delay(50);
  }
}

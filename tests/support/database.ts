import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../packages/server/src/database/embedded-postgres.ts';
import { migrate } from '../../packages/server/src/database/migrate.ts';
import { findMemoryFolder } from './memory-folder.ts';
import { queryOnce } from './query-once.ts';

/** The variable in which the test runner names its server, as the URL of the migrated template database. */
export const TEST_SERVER = 'ARRAS_TEST_DATABASE_URL';

/** A migrated, empty database of its own. */
export interface TestDatabase {
  /** For `DATABASE_URL` of a process under test. */
  readonly url: string;
  readonly connection: { readonly connectionString: string };
  readonly pool: pg.Pool;
  /** Removes the database, and the server when this was its last one here. */
  drop(): Promise<void>;
}

/** A server for tests with a migrated database that the tests' own are copied from. */
export interface TestServer {
  readonly templateUrl: string;
  stop(): Promise<void>;
}

const TEMPLATE = 'arras_template';

/** Starts a server in a temporary directory, in memory where that can be, and prepares its template. */
export async function startTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(findMemoryFolder() ?? tmpdir(), 'arras-test-'));
  const embedded = await startEmbeddedPostgres({ directory, onLog: (message) => console.error(message) });
  try {
    const url = renderUrl(embedded.connection);
    await simplifySignIn(embedded.connection, url);
    await administer(url, `create database ${TEMPLATE}`);
    const pool = openTestPool(withDatabase(url, TEMPLATE));
    try {
      await migrate(pool);
    } finally {
      await pool.end();
    }
  } catch (error) {
    await removeServer(embedded, directory);
    throw error;
  }
  return {
    templateUrl: withDatabase(renderUrl(embedded.connection), TEMPLATE),
    stop: () => removeServer(embedded, directory),
  };
}

/** Services sign in some twenty times each: their password is hashed once, not 4096 times, by either side. */
async function simplifySignIn(
  { user, password }: EmbeddedPostgres['connection'],
  url: string,
): Promise<void> {
  await administer(
    url,
    `set scram_iterations = 1; alter role ${pg.escapeIdentifier(user)} password ${pg.escapeLiteral(password)}`,
  );
}

async function removeServer(embedded: EmbeddedPostgres, directory: string): Promise<void> {
  await embedded.stop({ evenIfShared: true });
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Makes a database from the template: on the runner's server, or, in a file that is run alone, on a server
 * that lives from the first database to the drop of the last.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { templateUrl, release } = await useServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(templateUrl, `create database ${name} template ${TEMPLATE}`);
  const url = withDatabase(templateUrl, name);
  const pool = openTestPool(url);
  const drop = async () => {
    await pool.end();
    await administer(templateUrl, `drop database ${name} with (force)`);
    await release();
  };
  return { url, connection: { connectionString: url }, pool, drop };
}

let own: Promise<TestServer> | null = null;
let users = 0;

async function useServer(): Promise<{ templateUrl: string; release: () => Promise<void> }> {
  const given = process.env[TEST_SERVER];
  if (given !== undefined) return { templateUrl: given, release: () => Promise.resolve() };
  users += 1;
  own ??= startTestServer();
  const server = await own;
  const release = async () => {
    users -= 1;
    if (users > 0) return;
    own = null;
    await server.stop();
  };
  return { templateUrl: server.templateUrl, release };
}

/** A pool whose broken sessions do not end the test run: the query that needed them fails instead. */
export function openTestPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The connection as a URL; the socket's folder goes into the query, where `pg` and libpq look for it. */
export function renderUrl({ host, user, password, database }: EmbeddedPostgres['connection']): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@/${database}?host=${encodeURIComponent(host)}`;
}

function withDatabase(url: string, name: string): string {
  return url.replace(/@([^/]*)\/[^?]*/, `@$1/${name}`);
}

async function administer(url: string, statement: string): Promise<void> {
  await queryOnce({ connectionString: withDatabase(url, 'postgres') }, statement);
}

import pg from 'pg';

const OLDEST_VERSION = 150_000;
// A pooler with a single backend makes the statement wait for ever; a loaded server answers it far sooner.
const POOLER_ANSWER_MS = 5_000;

interface ServerFacts {
  readonly version: number;
  readonly version_text: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly encoding: string;
  readonly standby: boolean;
}

/**
 * Refuses a database that may lose what it acknowledged, or on which sessions are not sessions. Throws one
 * error that lists everything found, each with what was expected, what was got and what to do.
 * Opens two sessions of its own with the pool's settings, so role and database settings count.
 */
export async function checkServer(pool: pg.Pool): Promise<void> {
  const first = new pg.Client(pool.options);
  const second = new pg.Client(pool.options);
  for (const client of [first, second]) client.on('error', () => undefined); // The query in flight reports it.
  try {
    await Promise.all([first.connect(), second.connect()]).catch(translateRefusal);
    const problems = findProblems(await readFacts(first));
    if (!(await keepsItsSession(first, second))) problems.push(POOLER);
    if (problems.length > 0)
      throw new Error(`Arras does not start on this database:\n- ${problems.join('\n- ')}`);
  } finally {
    // Ending is best effort: the first error is the one to report.
    await Promise.allSettled([first.end(), second.end()]);
  }
}

// PgBouncer: unsupported startup parameter: statement_timeout
function translateRefusal(error: unknown): never {
  if (error instanceof Error && /unsupported startup parameter/.test(error.message))
    throw new Error(`Arras does not start on this database:\n- ${POOLER}`, { cause: error });
  throw error;
}

async function readFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(`
    select
      current_setting('server_version_num')::integer as version,
      current_setting('server_version') as version_text,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as standby`);
  const [facts] = rows;
  if (facts === undefined) throw new Error('Expected the settings of the database server, got no row');
  return facts;
}

function findProblems(facts: ServerFacts): string[] {
  const problems: string[] = [];
  if (facts.version < OLDEST_VERSION)
    problems.push(`Expected PostgreSQL 15 or newer, got ${facts.version_text}: upgrade the server.`);
  if (facts.fsync === 'off')
    problems.push(
      'Expected fsync = on, got off: a power cut destroys the database. Set it in postgresql.conf and reload.',
    );
  if (facts.full_page_writes === 'off')
    problems.push(
      'Expected full_page_writes = on, got off: a power cut tears pages. Set it in postgresql.conf and reload.',
    );
  if (facts.synchronous_commit === 'off')
    problems.push(
      'Expected synchronous_commit = on, got off: a crash loses jobs that were accepted. ' +
        'Set it in postgresql.conf, and look for "alter role … set" and "alter database … set".',
    );
  if (facts.encoding !== 'UTF8')
    problems.push(
      `Expected the encoding UTF8, got ${facts.encoding}: create a database with "create database … encoding 'UTF8' template template0".`,
    );
  if (facts.standby) problems.push('Expected the primary server, got a standby: connect to the primary.');
  return problems;
}

const POOLER =
  'Expected PostgreSQL itself, got a connection pooler in transaction mode (it does not keep one session for one ' +
  'connection): LISTEN, advisory locks and session settings are lost there. Connect to the server directly.';

/**
 * Such a pooler lends its backends for one transaction at a time: while the second client holds one in an
 * open transaction, the first is given another, or has to wait. A few rounds cover poolers that take turns.
 */
async function keepsItsSession(first: pg.Client, second: pg.Client): Promise<boolean> {
  const before = await readBackend(first);
  for (let round = 0; round < 3; round += 1) {
    await second.query('begin');
    try {
      await second.query('select pg_backend_pid()');
      if ((await readBackend(first)) !== before) return false;
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') return false;
      throw error;
    } finally {
      await second.query('rollback');
    }
  }
  return true;
}

async function readBackend(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>({
    text: 'select pg_backend_pid() as pid',
    query_timeout: POOLER_ANSWER_MS,
  } as pg.QueryConfig);
  return rows[0]?.pid ?? 0;
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';

/** The migrations that come with this version of Arras. */
export const MIGRATIONS_FOLDER = join(import.meta.dirname, '../../migrations');

// Any fixed number serves; this one is derived so that it does not collide with somebody's 1 or 42.
const MIGRATION_LOCK = createHash('sha256').update('arras migrate').digest().readBigInt64BE().toString();

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

type Applied = Omit<Migration, 'sql'>;

/**
 * Brings the database to this version: our migrations, each in a transaction of its own, then those of the
 * queue. Any number of processes may call it at once; one works, the others wait and find it done.
 * A database that is newer than the code is left as it is, since rolling upgrades pass through that.
 * Throws when a migration fails (nothing of it remains) or when an applied one was edited.
 */
export async function migrate(pool: pg.Pool, folder: string = MIGRATIONS_FOLDER): Promise<void> {
  const migrations = await readMigrations(folder);
  // A connection beside the pool: waiting callers would otherwise hold what the working one needs.
  // Without the pool's limits, which are for requests: a migration, and waiting for one, takes what it takes.
  const { password } = pool.options; // Not enumerable, so that logs do not show it.
  const client = new pg.Client({ ...pool.options, password, query_timeout: 0 });
  client.on('error', () => undefined); // The query in flight reports it.
  await client.connect();
  try {
    await client.query('set statement_timeout = 0; set lock_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyMissing(client, migrations);
    await runMigrations({ pgPool: pool });
  } finally {
    await client.end(); // Gives the lock back.
  }
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.sql') && name !== 'schema.sql')
    .sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  for (const [index, { number, name }] of migrations.entries())
    if (number !== index + 1)
      throw new Error(
        `Expected migration ${index + 1} next in ${folder}, got ${name}: numbers have no gaps or twins.`,
      );
  return migrations;
}

// 000001_foundation.sql
async function readMigration(folder: string, name: string): Promise<Migration> {
  const number = /^(\d{6})_[a-z0-9_-]+\.sql$/.exec(name)?.[1];
  if (number === undefined)
    throw new Error(`Expected a migration named like 000001_name.sql in ${folder}, got ${name}`);
  const sql = await readFile(join(folder, name), 'utf8');
  return { number: Number(number), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await client.query(`
    create table if not exists migrations (
      number integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default clock_timestamp()
    )`);
  const { rows } = await client.query<Applied>(
    'select number, name, checksum from migrations order by number',
  );
  const applied = new Map(rows.map((row) => [row.number, row]));
  for (const migration of migrations) {
    const done = applied.get(migration.number);
    if (done === undefined) await apply(client, migration);
    else assertUnchanged(migration, done);
  }
}

function assertUnchanged(migration: Migration, done: Applied): void {
  if (migration.checksum === done.checksum) return;
  throw new Error(
    `Migration ${migration.name} was applied as ${done.name} with checksum ${done.checksum.slice(0, 12)}, ` +
      `but the file now has ${migration.checksum.slice(0, 12)}: applied migrations are never edited. ` +
      'Put the file back and add a new one.',
  );
}

async function apply(client: pg.Client, { number, name, checksum, sql }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into migrations (number, name, checksum) values ($1, $2, $3)', [
      number,
      name,
      checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration ${name} failed and was rolled back: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

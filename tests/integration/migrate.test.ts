import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { describeSchema } from '../../packages/server/src/database/describe-schema.ts';
import { migrate } from '../../packages/server/src/database/migrate.ts';
import { createTestDatabase, openTestPool, type TestDatabase } from '../support/database.ts';

describe('migrate', () => {
  let database: TestDatabase;
  const cleanups: (() => Promise<unknown>)[] = [];

  before(async () => {
    database = await createTestDatabase();
  });
  after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    await database.drop();
  });

  /** A database without anything in it. */
  async function makeEmptyDatabase(): Promise<pg.Pool> {
    const name = `empty_${cleanups.length}_${process.pid}`;
    await database.pool.query(`create database ${name} template template0`);
    const pool = openTestPool(database.url.replace(/\/[^/?]*\?/, `/${name}?`));
    cleanups.push(async () => {
      await pool.end();
      await database.pool.query(`drop database ${name} with (force)`);
    });
    return pool;
  }

  async function makeFolder(files: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'arras-migrations-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    await write(folder, files);
    return folder;
  }

  const TWO = {
    '000001_first.sql': 'create table first (id integer primary key);',
    '000002_second.sql':
      'create table second (id integer references first (id)); insert into first values (1);',
  };

  it('applies each file once, in order, and the migrations of the queue', async () => {
    const [pool, folder] = [await makeEmptyDatabase(), await makeFolder(TWO)];
    await migrate(pool, folder);
    await migrate(pool, folder);
    assert.deepEqual(await applied(pool), ['000001_first.sql', '000002_second.sql']);
    assert.deepEqual((await pool.query('select id from first')).rows, [{ id: 1 }]);
    assert.equal(
      (await pool.query(`select to_regclass('graphile_worker.jobs') is not null as made`)).rows[0].made,
      true,
    );
  });

  it('is done once by twenty racing callers on two pools', async () => {
    const folder = await makeFolder({
      ...TWO,
      '000003_third.sql': 'select pg_sleep(0.2); insert into first values (3);',
    });
    const pool = await makeEmptyDatabase();
    const small = openTestPool(String(pool.options.connectionString));
    small.options.max = 1;
    cleanups.push(() => small.end());
    const callers = Array.from({ length: 20 }, (_, index) => migrate(index % 2 === 0 ? pool : small, folder));
    await Promise.all(callers);
    assert.deepEqual((await pool.query('select id from first order by id')).rows, [{ id: 1 }, { id: 3 }]);
    assert.equal((await applied(pool)).length, 3);
  });

  it('outlasts the time limits that the pool sets for requests', async () => {
    const folder = await makeFolder({ '000001_slow.sql': 'select pg_sleep(0.4); create table slow ();' });
    const { connectionString } = (await makeEmptyDatabase()).options;
    const pool = new pg.Pool({
      connectionString,
      statement_timeout: 200,
      query_timeout: 200,
      lock_timeout: 100,
    });
    pool.on('error', () => undefined).on('connect', () => undefined);
    cleanups.push(() => pool.end());
    await Promise.all([migrate(pool, folder), migrate(pool, folder)]);
    assert.deepEqual(await applied(pool), ['000001_slow.sql']);
  });

  it('leaves nothing half done when a migration fails, and goes on from there once it is mended', async () => {
    const pool = await makeEmptyDatabase();
    const folder = await makeFolder({ ...TWO, '000003_broken.sql': 'create table third (); select 1 / 0;' });
    await assert.rejects(
      migrate(pool, folder),
      /000003_broken\.sql failed and was rolled back: division by zero/,
    );
    assert.deepEqual(await applied(pool), ['000001_first.sql', '000002_second.sql']);
    assert.equal((await pool.query(`select to_regclass('third') as third`)).rows[0].third, null);
    await write(folder, { '000003_broken.sql': 'create table third ();' });
    await migrate(pool, folder);
    assert.equal((await applied(pool)).length, 3);
  });

  it('refuses an applied file that was edited', async () => {
    const [pool, folder] = [await makeEmptyDatabase(), await makeFolder(TWO)];
    await migrate(pool, folder);
    await write(folder, { '000001_first.sql': 'create table first (id bigint primary key);' });
    await assert.rejects(migrate(pool, folder), /000001_first\.sql .*applied migrations are never edited/);
  });

  it('accepts a database that is newer than the code', async () => {
    const pool = await makeEmptyDatabase();
    await migrate(pool, await makeFolder(TWO));
    await migrate(pool, await makeFolder({ '000001_first.sql': TWO['000001_first.sql'] }));
    assert.equal((await applied(pool)).length, 2);
  });

  it('refuses gaps, twins and strange names before it touches the database', async () => {
    const pool = await makeEmptyDatabase();
    const one = { '000001_first.sql': 'select 1' };
    await assert.rejects(
      migrate(pool, await makeFolder({ ...one, '000003_x.sql': '' })),
      /Expected migration 2/,
    );
    await assert.rejects(migrate(pool, await makeFolder({ ...one, '000001_x.sql': '' })), /no gaps or twins/);
    await assert.rejects(
      migrate(pool, await makeFolder({ ...one, '2_x.sql': '' })),
      /named like 000001_name\.sql/,
    );
    assert.equal((await pool.query(`select to_regclass('migrations') as table`)).rows[0].table, null);
  });
});

describe('describeSchema', () => {
  it('shows every kind of object of ours, and nothing of the queue', async () => {
    const database = await createTestDatabase();
    try {
      await database.pool.query(`
        create type mood as enum ('good', 'bad');
        create domain small as integer constraint small_max check (value < 10);
        create table shown (
          id bigint generated always as identity primary key,
          a small not null default 3,
          b integer generated always as (a * 2) stored,
          constraint shown_positive check (a > 0)
        );
        create unique index shown_b on shown (b) where a > 1;
        comment on column shown.a is 'it''s a comment';
        create view shown_view as select id from shown;
        create function shown_touch() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger shown_trigger before update on shown for each row execute function shown_touch();`);
      const text = await describeSchema(database.pool);
      for (const expected of [
        `create type public.mood as enum ('good', 'bad');`,
        'create domain public.small as integer constraint small_max CHECK ((VALUE < 10));',
        '  id bigint not null generated always as identity,',
        '  a small not null default 3,',
        '  b integer generated always as (((a)::integer * 2)) stored,',
        '  constraint shown_positive CHECK (((a)::integer > 0))\n);',
        'CREATE UNIQUE INDEX shown_b ON public.shown USING btree (b) WHERE ((a)::integer > 1);',
        `comment on column public.shown.a is 'it''s a comment';`,
        'create view public.shown_view as',
        'CREATE OR REPLACE FUNCTION public.shown_touch()',
        'CREATE TRIGGER shown_trigger BEFORE UPDATE ON public.shown',
      ])
        assert.ok(text.includes(expected), `${expected}\n\nnot in:\n${text}`);
      assert.doesNotMatch(text, /graphile_worker/);
      assert.equal(text, await describeSchema(database.pool));
    } finally {
      await database.drop();
    }
  });
});

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
}

async function applied(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('select name from migrations order by number');
  return rows.map((row) => row.name);
}

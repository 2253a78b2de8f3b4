import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { checkServer } from '../../packages/server/src/database/durability.ts';
import type { EmbeddedPostgres } from '../../packages/server/src/database/embedded-postgres.ts';
import { EmbeddedTestBed } from '../support/embedded-test-bed.ts';
import { eventually } from '../support/eventually.ts';
import { queryOnce } from '../support/query-once.ts';
import { startTransactionPooler } from '../support/transaction-pooler.ts';

describe('checkServer', () => {
  const bed = new EmbeddedTestBed();
  let server: EmbeddedPostgres;
  let pool: pg.Pool;

  before(async () => {
    server = await bed.start(await bed.makeDirectory());
    pool = openPool(server.connection);
  });
  after(async () => {
    await pool.end();
    await bed.clean();
  });

  it('accepts the server that Arras brings', async () => {
    await checkServer(pool);
  });

  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    it(`refuses ${setting} = off in the server's settings, and says so`, async () => {
      await pool.query(`alter system set ${setting} = off`);
      await reload(setting, 'off');
      await assert.rejects(checkServer(pool), new RegExp(`Expected ${setting} = on, got off`));
      await pool.query(`alter system reset ${setting}`);
      await reload(setting, 'on');
      await checkServer(pool);
    });
  }

  it('lists everything that is wrong at once', async () => {
    await pool.query('alter system set fsync = off');
    await pool.query('alter system set full_page_writes = off');
    await reload('full_page_writes', 'off');
    await assert.rejects(checkServer(pool), /fsync = on[\s\S]*full_page_writes = on/);
    await pool.query('alter system reset all');
    await reload('full_page_writes', 'on');
  });

  it('refuses synchronous_commit = off that was set for our role or our database only', async () => {
    for (const target of ['role arras', 'database arras']) {
      await pool.query(`alter ${target} set synchronous_commit = off`);
      await assert.rejects(checkServer(pool), /Expected synchronous_commit = on, got off.*alter role/);
      await pool.query(`alter ${target} reset synchronous_commit`);
    }
    await checkServer(pool);
  });

  it('accepts the stricter and the local kinds of synchronous commit', async () => {
    for (const value of ['local', 'remote_apply']) {
      await pool.query(`alter role arras set synchronous_commit = ${value}`);
      await checkServer(pool);
    }
    await pool.query('alter role arras reset synchronous_commit');
  });

  it('refuses a database that is not UTF-8', async () => {
    await pool.query(
      `create database ascii encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`,
    );
    const ascii = openPool({ ...server.connection, database: 'ascii' });
    await assert.rejects(checkServer(ascii), /Expected the encoding UTF8, got SQL_ASCII/);
    await ascii.end();
  });

  it('refuses a server that is too old', async () => {
    const old = openPool({ ...server.connection, options: '-c search_path=old,pg_catalog' });
    await pool.query(`
      create schema old;
      create function old.current_setting(name text) returns text language sql as $$
        select case name when 'server_version_num' then '140011' when 'server_version' then '14.11'
          else pg_catalog.current_setting(name) end
      $$`);
    await assert.rejects(checkServer(old), /Expected PostgreSQL 15 or newer, got 14\.11/);
    await old.end();
  });

  for (const backends of [1, 3])
    it(`refuses a pooler in transaction mode that has ${backends} sessions to lend`, async () => {
      const pooler = await startTransactionPooler(server.connection, backends);
      const pooled = openPool({ ...server.connection, host: '127.0.0.1', port: pooler.port });
      try {
        await assert.rejects(checkServer(pooled), /connection pooler in transaction mode/);
      } finally {
        await pooled.end();
        await pooler.close();
      }
    });

  /** A fresh session is what the check looks at; the change reaches new sessions a moment after the reload. */
  async function reload(setting: string, value: string): Promise<void> {
    await pool.query('select pg_reload_conf()');
    await eventually(`${setting} is ${value} in new sessions`, async () => {
      const [row] = await queryOnce(server.connection, 'select current_setting($1) as value', [setting]);
      return row?.value === value;
    });
  }
});

function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  return pool;
}

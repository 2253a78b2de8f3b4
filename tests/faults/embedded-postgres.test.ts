import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import pg from 'pg';
import type { EmbeddedPostgres } from '../../packages/server/src/database/embedded-postgres.ts';
import { findProcess } from '../../packages/server/src/database/postmaster-file.ts';
import { EmbeddedTestBed } from '../support/embedded-test-bed.ts';
import { eventually } from '../support/eventually.ts';
import { queryOnce } from '../support/query-once.ts';

const bed = new EmbeddedTestBed();
after(() => bed.clean());

describe('an embedded PostgreSQL whose owner was killed', () => {
  it('is adopted by the next start, the same process with the same data', async () => {
    const directory = await bed.makeDirectory();
    const owner = await startOwner(directory);
    await killAndWait(owner.process);
    assert.ok(await isRunning(owner.pid), 'the server outlives its owner');
    const next = await bed.start(directory);
    assert.deepEqual({ adopted: next.adopted, pid: next.pid }, { adopted: true, pid: owner.pid });
    await next.stop();
    assert.equal(await isRunning(owner.pid), false);
  });

  it('is stopped and started again when it is suspended and does not answer', async () => {
    const directory = await bed.makeDirectory();
    const owner = await startOwner(directory);
    await killAndWait(owner.process);
    process.kill(owner.pid, 'SIGSTOP');
    const next = await bed.start(directory);
    assert.notEqual(next.pid, owner.pid);
    assert.deepEqual(await query(next, 'select 1 as one'), [{ one: 1 }]);
    assert.equal(await isRunning(owner.pid), false);
  });

  it('leaves no lock that a foreign process with its old pid could hold', async () => {
    const directory = await bed.makeDirectory();
    const first = await bed.start(directory);
    await query(first, 'create table kept as select 1 as row');
    const file = join(directory, 'postgres/data/postmaster.pid');
    const lock = join(first.connection.host, '.s.PGSQL.5432.lock');
    const [pidText, lockText] = [await readFile(file, 'utf8'), await readFile(lock, 'utf8')];
    await first.stop();
    // A process of the server's own account: PostgreSQL alone would refuse to start beside it.
    const foreign = spawn('sleep', ['60'], { stdio: 'ignore', ...(await accountOf(directory)) });
    try {
      await writeFile(file, pidText.replace(/^\d+/, String(foreign.pid)));
      await writeFile(lock, lockText.replace(/^\d+/, String(foreign.pid)));
      const next = await bed.start(directory);
      assert.equal(next.adopted, false);
      assert.deepEqual(await query(next, 'select row from kept'), [{ row: 1 }]);
      assert.equal(await isRunning(foreign.pid ?? 0), true);
    } finally {
      foreign.kill('SIGKILL');
    }
  });
});

describe('an embedded PostgreSQL that is killed', () => {
  it('keeps every committed row over kill -9 and the next start', async () => {
    const directory = await bed.makeDirectory();
    const owner = await startOwner(directory);
    const client = await connect(directory);
    await client.query('create table kept (n integer primary key)');
    for (let n = 0; n < 50; n += 1) await client.query('insert into kept values ($1)', [n]);
    await killAndWait(owner.process);
    process.kill(owner.pid, 'SIGKILL');
    const next = await bed.start(directory);
    assert.equal(next.adopted, false);
    assert.deepEqual(await query(next, 'select count(*)::integer as rows from kept'), [{ rows: 50 }]);
  });

  it('is started again while its owner needs it', async () => {
    const server = await bed.start(await bed.makeDirectory());
    await query(server, 'create table kept as select 5 as answer');
    const killed = server.pid;
    process.kill(killed, 'SIGKILL');
    const rows = await eventually('the server takes queries again', () =>
      query(server, 'select answer from kept'),
    );
    assert.deepEqual(rows, [{ answer: 5 }]);
    await eventually('its new process is known', () => server.pid !== killed);
    await server.stop();
    assert.equal(await isRunning(server.pid), false);
  });
});

describe('several owners of one data directory', () => {
  it('end with one server when they start on a fresh directory at the same instant', async () => {
    const directory = await bed.makeDirectory();
    const owners = await Promise.all([1, 2, 3, 4].map(() => startOwner(directory)));
    assert.equal(new Set(owners.map((owner) => owner.pid)).size, 1);
    assert.equal(owners.filter((owner) => !owner.adopted).length, 1);
    const left = await readdir(join(directory, 'postgres'));
    assert.deepEqual(left.sort(), ['data', 'server.log', 'sockets']);
    await stopAll(owners);
    assert.equal(await isRunning(owners[0]?.pid ?? 0), false);
  });

  it('end with one server when they find one that was killed', async () => {
    const directory = await bed.makeDirectory();
    const first = await startOwner(directory);
    await killAndWait(first.process);
    process.kill(first.pid, 'SIGKILL');
    const owners = await Promise.all([1, 2, 3].map(() => startOwner(directory)));
    assert.equal(new Set(owners.map((owner) => owner.pid)).size, 1);
    assert.notEqual(owners[0]?.pid, first.pid);
    await stopAll(owners);
  });

  it('keep the server until the last of them stops', async () => {
    const directory = await bed.makeDirectory();
    const [one, two] = [await bed.start(directory), await bed.start(directory)];
    assert.equal(two.adopted, true);
    await one.stop();
    assert.deepEqual(await query(two, 'select 1 as one'), [{ one: 1 }]);
    await two.stop();
    assert.equal(await isRunning(two.pid), false);
  });

  it('start one whole cluster after an initdb was killed midway', async () => {
    const directory = await bed.makeDirectory();
    const owner = spawn(process.execPath, [OWNER, directory], { stdio: 'ignore' });
    await eventually('initdb is at work', async () => {
      const names = await readdir(join(directory, 'postgres')).catch(() => []);
      return names.some((name) => name.startsWith('initializing') && !name.endsWith('.password'));
    });
    await killAndWait(owner);
    const next = await bed.start(directory);
    assert.deepEqual(await query(next, 'select 1 as one'), [{ one: 1 }]);
  });
});

const OWNER = join(import.meta.dirname, '../support/embedded-owner.ts');

interface Owner {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly adopted: boolean;
}

async function startOwner(directory: string): Promise<Owner> {
  const child = spawn(process.execPath, [OWNER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, ...(JSON.parse(line) as { pid: number; adopted: boolean }) };
}

async function stopAll(owners: readonly Owner[]): Promise<void> {
  await Promise.all(
    owners.map(async (owner) => {
      owner.process.stdin?.write('stop\n');
      await once(owner.process, 'exit');
    }),
  );
}

async function killAndWait(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A corpse that its parent has not collected yet does not count. */
async function isRunning(pid: number): Promise<boolean> {
  return (await findProcess(pid)) !== null;
}

async function accountOf(directory: string): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = await stat(join(directory, 'postgres/data'));
  return { uid, gid };
}

async function connect(directory: string): Promise<pg.Client> {
  const password = await readFile(join(directory, 'secrets/postgres-password'), 'utf8');
  const host = join(directory, 'postgres/sockets');
  const client = new pg.Client({ host, port: 5432, user: 'arras', password, database: 'arras' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function query(server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  return queryOnce(server.connection, sql);
}

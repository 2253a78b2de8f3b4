import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import pg from 'pg';
import { findNativeFolder } from '../../packages/server/src/database/embedded-binaries.ts';
import type { EmbeddedPostgres } from '../../packages/server/src/database/embedded-postgres.ts';
import { EmbeddedTestBed } from '../support/embedded-test-bed.ts';
import { queryOnce } from '../support/query-once.ts';

const bed = new EmbeddedTestBed();
after(() => bed.clean());

describe('the embedded PostgreSQL', () => {
  it('starts on a fresh directory with everything that durability needs', async () => {
    const server = await bed.start(await bed.makeDirectory());
    assert.equal(server.adopted, false);
    const settings = await query(
      server,
      `select name, setting from pg_settings where name in
       ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'server_encoding')
       order by name`,
    );
    assert.deepEqual(
      settings.map((row) => `${String(row.name)}=${String(row.setting)}`),
      [
        'data_checksums=on',
        'fsync=on',
        'full_page_writes=on',
        'listen_addresses=',
        'server_encoding=UTF8',
        'synchronous_commit=on',
      ],
    );
    await server.stop();
    await assert.rejects(query(server, 'select 1'), { code: 'ENOENT' });
  });

  it('keeps its data and its password over a restart', async () => {
    const directory = await bed.makeDirectory();
    const first = await bed.start(directory);
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await bed.start(directory);
    assert.deepEqual(await query(second, 'select answer from kept'), [{ answer: 42 }]);
    assert.equal(second.connection.password, first.connection.password);
  });

  it('lets nobody in without the password, which only the owner can read', async () => {
    const directory = await bed.makeDirectory();
    const server = await bed.start(directory);
    const client = new pg.Client({ ...server.connection, password: 'wrong' });
    await assert.rejects(client.connect(), { code: '28P01' });
    const file = await stat(join(directory, 'secrets/postgres-password'));
    assert.equal(file.mode & 0o777, 0o600);
    const commandLine = await readFile(`/proc/${server.pid}/cmdline`, 'utf8');
    assert.equal(commandLine.includes(server.connection.password), false);
  });

  it('says which file is missing when the password is gone', async () => {
    const directory = await bed.makeDirectory();
    await (await bed.start(directory)).stop();
    await rm(join(directory, 'secrets/postgres-password'));
    await assert.rejects(bed.start(directory), /secrets\/postgres-password is missing/);
  });

  it('uses a short socket folder in /tmp when the directory has a long path', async () => {
    const directory = join(await bed.makeDirectory(), 'long'.repeat(30));
    const server = await bed.start(directory);
    assert.match(server.connection.host, /^\/tmp\/arras-[0-9a-f]{16}$/);
    assert.deepEqual(await query(server, 'select 1 as one'), [{ one: 1 }]);
    await server.stop();
    await rm(server.connection.host, { recursive: true });
  });

  it('refuses a socket folder in /tmp that others can open', async () => {
    const directory = join(await bed.makeDirectory(), 'long'.repeat(30));
    const server = await bed.start(directory);
    await server.stop();
    await chmod(server.connection.host, 0o777);
    await assert.rejects(bed.start(directory), /Expected \/tmp\/arras-.* to be a folder that only user id/);
    await rm(server.connection.host, { recursive: true });
  });

  it('works in a directory whose name holds spaces, quotes, commas and dollar signs', async () => {
    const server = await bed.start(join(await bed.makeDirectory(), `a, "b" 'c' $d \`e`));
    assert.deepEqual(await query(server, 'select 1 as one'), [{ one: 1 }]);
  });

  it('makes the library links that blocked install scripts left out', async () => {
    const native = await copyPackage(await bed.makeDirectory());
    assert.ok((await links(native)).length > 0);
    for (const link of await links(native)) await rm(link);
    const server = await bed.start(await bed.makeDirectory(), native);
    assert.deepEqual(await query(server, 'select 1 as one'), [{ one: 1 }]);
    assert.ok((await links(native)).length > 0);
  });

  it('refuses a cluster of another major version', async () => {
    const directory = await bed.makeDirectory();
    await (await bed.start(directory)).stop();
    await writeFile(join(directory, 'postgres/data/PG_VERSION'), '14\n');
    await assert.rejects(bed.start(directory), /made by PostgreSQL 14, this Arras brings PostgreSQL 18/);
  });

  it('makes the cluster again when initdb was interrupted', async () => {
    const directory = await bed.makeDirectory();
    const half = join(directory, 'postgres/initializing-1-1-00000000');
    await mkdir(join(half, 'base'), { recursive: true });
    await writeFile(`${half}.password`, 'x');
    const server = await bed.start(directory);
    assert.deepEqual(await query(server, 'select 1 as one'), [{ one: 1 }]);
    const left = (await readdir(join(directory, 'postgres'))).filter((name) =>
      name.startsWith('initializing'),
    );
    assert.deepEqual(left, []);
  });

  it('stops at once although sessions are open, and stopping twice is harmless', async () => {
    const server = await bed.start(await bed.makeDirectory());
    const client = new pg.Client(server.connection);
    client.on('error', () => undefined);
    await client.connect();
    await Promise.all([server.stop(), server.stop()]);
    await assert.rejects(lstat(`/proc/${server.pid}/exe`), { code: 'ENOENT' });
  });
});

describe('root', { skip: bed.isRoot ? false : 'needs root' }, () => {
  it('runs the server as an unprivileged account inside a directory of its own', async () => {
    const directory = await bed.makeDirectory(0o700);
    const server = await bed.start(directory);
    assert.notEqual((await stat(`/proc/${server.pid}`)).uid, 0);
    assert.equal((await stat(directory)).mode & 0o777, 0o701);
    assert.ok(server.connection.host.startsWith(directory));
  });

  it('copies a package that the account of the server cannot reach', async () => {
    const closed = await bed.makeDirectory();
    const native = await copyPackage(closed);
    await chmod(closed, 0o700);
    const directory = await bed.makeDirectory();
    const server = await bed.start(directory, native);
    const program = await readFile(`/proc/${server.pid}/cmdline`, 'utf8');
    assert.ok(program.startsWith(join(directory, 'postgres/postgresql-')));
  });

  it('keeps the cluster in /var/lib/arras when a parent folder lets no other account through', async () => {
    const parent = await bed.makeDirectory(0o700);
    const directory = join(parent, 'data');
    const first = await bed.start(directory);
    await query(first, 'create table kept as select 7 as answer');
    await first.stop();
    const note = await readFile(join(directory, 'postgres-location'), 'utf8');
    const place = note.split('\n')[0] ?? '';
    bed.removeAtEnd(place);
    assert.match(place, /^\/var\/lib\/arras\/[0-9a-f]{16}$/);
    assert.equal((await stat(parent)).mode & 0o777, 0o700);
    const second = await bed.start(directory);
    assert.deepEqual(await query(second, 'select answer from kept'), [{ answer: 7 }]);
  });

  it('gives way to an ordinary user, who starts a server of its own', async () => {
    const directory = await bed.makeDirectory(0o777);
    const native = await copyPackage(await bed.makeDirectory());
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(new URL('../../packages/server/src/database/embedded-postgres.ts', import.meta.url).href)};
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      const server = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, native: ${JSON.stringify(native)}, onLog: console.error });
      console.log(server.adopted, process.getuid());
      await server.stop();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const output = (await Promise.all([child.stdout.toArray(), child.stderr.toArray()])).flat().join('');
    assert.equal(output, 'false 65534\n');
    assert.equal((await stat(join(directory, 'postgres/data'))).uid, 65534);
  });
});

function query(server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  return queryOnce(server.connection, sql);
}

/** A package of our own to take apart. */
async function copyPackage(directory: string): Promise<string> {
  const native = findNativeFolder();
  await cp(native, join(directory, 'native'), { recursive: true, verbatimSymlinks: true });
  await cp(join(native, '../package.json'), join(directory, 'package.json'));
  await chmod(directory, 0o755);
  return join(directory, 'native');
}

async function links(native: string): Promise<string[]> {
  const entries = await readdir(join(native, 'lib'), { withFileTypes: true });
  return entries.filter((entry) => entry.isSymbolicLink()).map((entry) => join(native, 'lib', entry.name));
}

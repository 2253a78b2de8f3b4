import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import type { Finished } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { openScreen } from '../support/terminal-screen.ts';

const MIB = 1_048_576;

let bed: CliBed;
/** The home directory of the storage system, and a directory of our own. */
let [home, here] = ['', ''];
before(async () => {
  bed = await startCliBed();
  [home, here] = [join(bed.directory, 'systems/home'), join(bed.directory, 'here')];
  await mkdir(here);
});
after(() => bed[Symbol.asyncDispose]());

const files = (...args: readonly string[]): Promise<Finished> => bed.run(['files', ...args]);

async function good(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await files(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Writes files below our own directory and gives its path. */
async function make(
  directory: string,
  content: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  for (const [path, text] of Object.entries(content)) {
    await mkdir(join(here, directory, path, '..'), { recursive: true });
    await writeFile(join(here, directory, path), text);
  }
  return join(here, directory);
}

async function treeOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const read = async (path: string) => (await readFile(path)).toString('latin1');
  return Object.fromEntries(
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(directory.length + 1), entry.isDirectory() ? '/' : await read(path)] as const;
      }),
    ),
  );
}

test('a directory goes there and comes back as it was, with empty directories and odd names', async () => {
  const odd = ['blank and #?.txt', "it's %20.txt", 'quo"te.txt', 'ünïcode 数列.txt', '.hidden', 'a+b&c=d;e'];
  const directory = await make('tree', {
    ...Object.fromEntries(odd.map((name) => [`odd/${name}`, `content of ${name}`])),
    'deep/er/bytes': randomBytes(100_000),
    empty: '',
  });
  await mkdir(join(directory, 'nothing'));
  const sent = await good('upload', directory, 'agave://store/trips');
  assert.ok(sent.includes('agave://store/trips/tree/deep/er/bytes\n'), sent);
  assert.deepEqual(await treeOf(join(home, 'trips/tree')), await treeOf(directory));
  const target = join(here, 'back');
  await good('download', 'agave://store/trips/tree', '-o', target);
  assert.deepEqual(await treeOf(join(target, 'tree')), await treeOf(directory));
});

test('paths are those of the default system, of tapis://, or from the root', async () => {
  await good('upload', join(await make('names', { 'a.txt': 'a' }), 'a.txt'), 'named/');
  const list = async (uri: string) => JSON.parse(await good('list', uri, '--json', 'name,path,length'));
  const expected = [{ name: 'a.txt', path: '/home/named/a.txt', length: 1 }];
  for (const uri of [
    'named',
    'agave://store/named',
    'tapis://store/named',
    'agave://store//home/named',
    '/home/named',
  ])
    assert.deepEqual(await list(uri), expected, uri);
  assert.deepEqual(await list('named/*.txt'), expected);
  assert.match(await good('list'), /dir .* \/home\/named\n/);
  assert.match(await good('list', 'named', '-r'), /file +1 B .* \/home\/named\/a\.txt\n/);
});

test('a single file takes the name that it is given; into a directory it goes under its own', async () => {
  const file = join(await make('one', { 'a.txt': 'one' }), 'a.txt');
  assert.equal(await good('upload', file, 'agave://store/single/b.txt'), 'agave://store/single/b.txt\n');
  assert.equal(await good('upload', file, 'agave://store/single'), 'agave://store/single/a.txt\n');
  // As Tapis' own command line has it.
  assert.equal(await good('upload', 'agave://store/single/new/', file), 'agave://store/single/new/a.txt\n');
  assert.deepEqual(await treeOf(join(home, 'single')), {
    'a.txt': 'one',
    'b.txt': 'one',
    new: '/',
    'new/a.txt': 'one',
  });
  assert.equal((await files('upload', file, join(here, 'one'), 'agave://store/single/a.txt')).code, 2);
});

test('each file is a line of JSON, and --update leaves out what is there', async () => {
  const directory = await make('lines', { a: 'hello\n' });
  const sha256 = createHash('sha256').update('hello\n').digest('hex');
  const target = 'agave://store/lines/a';
  const line = (status: string) =>
    `${JSON.stringify({ path: join(directory, 'a'), target, length: 6, status, sha256 })}\n`;
  const run = (...more: readonly string[]) =>
    good('upload', directory, 'agave://store/', '--json', '--checksum', ...more);
  assert.equal(await run(), line('uploaded'));
  assert.equal(await run('--update'), line('unchanged'));
  await writeFile(join(directory, 'a'), 'HELLO\n');
  assert.match(await run('--update'), /"uploaded"/);
  assert.equal(await readFile(join(home, 'lines/a'), 'utf8'), 'HELLO\n');
});

test('directories are made, files copied and moved, and what is deleted is gone', async () => {
  assert.equal(await good('mkdir', 'agave://store/work/deep'), 'agave://store//home/work/deep\n');
  await good('upload', join(await make('work', { 'a.txt': 'a' }), 'a.txt'), 'agave://store/work/');
  await good('copy', 'agave://store/work/a.txt', 'agave://store/work/deep');
  await good('move', 'work/a.txt', 'work/b.txt');
  assert.deepEqual(await treeOf(join(home, 'work')), { 'b.txt': 'a', deep: '/', 'deep/a.txt': 'a' });
  const receipt = JSON.parse(await good('copy', 'work/b.txt', 'work/c.txt', '--json', 'path,status'));
  assert.deepEqual(receipt, { path: '/home/work/c.txt', status: 'STAGING_COMPLETED' });
  const refused = await files('delete', 'work/deep');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Add --recursive if that is meant/);
  await good('delete', 'work/b.txt', 'work/c.txt');
  await good('delete', '-r', 'work/deep');
  assert.deepEqual(await readdir(join(home, 'work')), []);
});

test('a copy to another system is waited for', async () => {
  await good(
    'upload',
    join(await make('between', { 'a.txt': 'between' }), 'a.txt'),
    'agave://store/between/',
  );
  await good('copy', 'agave://store/between/a.txt', 'agave://local/between/copied.txt');
  assert.equal(await good('list', 'agave://local/between/copied.txt', '--jq', '.[].length'), '7\n');
  const missing = await files('copy', 'agave://store/between/none', 'agave://local/between/none');
  assert.notEqual(missing.code, 0);
  assert.equal((await files('move', 'agave://store/between/a.txt', 'agave://local/x')).code, 2);
});

test('an upload whose connections break is repeated until the service has all of it', async () => {
  const content = randomBytes(8 * MIB);
  const file = join(await make('cut', { big: content }), 'big');
  const port = Number(new URL(bed.url).port);
  let cuts = 0;
  await using proxy = await startTcpProxy({
    connect: () => createConnection(port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      let passed = 0;
      client.on('data', (chunk) => {
        passed += chunk.length;
        if (passed > 2 * MIB && cuts < 2) {
          cuts += 1;
          client.destroy();
        } else backend.write(chunk);
      });
      backend.on('data', (chunk) => client.write(chunk));
    },
  });
  const url = `http://127.0.0.1:${proxy.port}`;
  const { code, stderr } = await bed.run(['files', 'upload', file, 'agave://store/cut/'], { url });
  assert.equal(code, 0, stderr);
  assert.equal(cuts, 2);
  assert.ok(content.equals(await readFile(join(home, 'cut/big'))));
  assert.deepEqual(await readdir(join(home, 'cut')), ['big']);
});

test('links to directories and what is no file are left out, and said', async () => {
  const directory = await make('links', { 'a.txt': 'a' });
  await symlink('.', join(directory, 'round'));
  await symlink('a.txt', join(directory, 'same'));
  await symlink('none', join(directory, 'broken'));
  const { code, stderr } = await files('upload', directory, 'agave://store/');
  assert.equal(code, 1);
  assert.match(stderr, /round is left out: it is a link to a directory\n/);
  assert.match(stderr, /broken is left out: it cannot be read\n/);
  assert.deepEqual(await treeOf(join(home, 'links')), { 'a.txt': 'a', same: 'a' });
});

test('a hundred files go in parallel, and come back from two patterns', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `f${index}.${index % 2 === 0 ? 'bam' : 'bai'}`);
  const directory = await make('many', Object.fromEntries(names.map((name) => [name, name])));
  await good('upload', directory, 'agave://store/', '--parallel', '8');
  const target = join(here, 'many-back');
  await good('download', 'many/*.bam', 'agave://store/many/*.bai', '-o', target);
  assert.deepEqual(await treeOf(target), await treeOf(directory));
  await good('download', 'agave://store/many', '--zip', '-o', target);
  assert.ok((await stat(join(target, 'many.zip'))).size > 5_000);
});

test('a file here that vanishes is told, and the others go', async () => {
  const directory = await make('gone', { a: 'a', b: 'b' });
  const { code, stdout, stderr } = await files(
    'upload',
    join(directory, 'a'),
    join(directory, 'none'),
    'gone/',
  );
  assert.deepEqual([code, stdout], [6, '']);
  assert.match(stderr, /There is no .*none here/);
});

test('exit codes: 2 for what is no address, 4 for others, 6 for what is not there, 7 for no service', async () => {
  const file = join(await make('codes', { a: 'a' }), 'a');
  for (const args of [
    ['list', 'ftp://host/x'],
    ['list', 'agave://bad_id/x'],
    ['upload', file],
    ['download', 'agave://store/%zz'],
    ['mkdir'],
  ])
    assert.equal((await files(...args)).code, 2, args.join(' '));
  for (const args of [
    ['list', 'none'],
    ['list', 'agave://nosystem/x'],
    ['list', 'none*'],
    ['download', 'none', '-o', here],
    ['copy', 'none', 'other'],
    ['move', 'none', 'other'],
    ['delete', 'none'],
    ['upload', join(here, 'nothing-here'), 'x/'],
    ['upload', file, 'agave://nosystem/x/'],
  ])
    assert.equal((await files(...args)).code, 6, args.join(' '));
  assert.equal((await bed.run(['files', 'list'], { token: 'wrong' })).code, 4);
  const away = { url: 'http://127.0.0.1:9' };
  assert.equal((await bed.run(['files', 'upload', file, 'x/'], away)).code, 7);
});

test('every command prints its call with --curl and changes nothing', async () => {
  const file = join(await make('curl', { a: 'a' }), 'a');
  for (const [args, call] of [
    [['list', 'agave://store//home'], /^curl '\S+\/files\/v2\/listings\/system\/store\/\/home\?/],
    [['download', 'x'], /^curl '\S+\/files\/v2\/listings\/x\?/],
    [
      ['upload', file, 'agave://store/curl/'],
      /^curl --request POST '\S+\/media\/system\/store\/curl'[\s\S]*--form-string 'fileName=a' [\s\S]*--form 'fileToUpload=@"\/.*\/a"'/,
    ],
    [
      ['mkdir', 'agave://store/curl'],
      /^curl --request PUT '\S+\/files\/v2\/media\/system\/store'[\s\S]*"action":"mkdir"/,
    ],
    [['move', 'a', 'b'], /^curl --request PUT '\S+\/files\/v2\/media\/a'[\s\S]*"action":"move"/],
    [['delete', 'words.txt'], /^curl --request DELETE '\S+\/files\/v2\/media\/words\.txt'/],
  ] as const) {
    const { code, stdout, stderr } = await files(...args, '--curl');
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    assert.match(stdout, call);
  }
  assert.ok((await readdir(home)).includes('words.txt'));
  assert.ok(!(await readdir(home)).includes('curl'));
});

test('on a terminal an upload has a bar for each file and one for all', async () => {
  const directory = await make('bars', { 'one.bam': randomBytes(6 * MIB), 'two.bam': randomBytes(6 * MIB) });
  const port = Number(new URL(bed.url).port);
  await using slow = await startTcpProxy({
    connect: () => createConnection(port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      backend.on('data', (chunk) => client.write(chunk));
      client.on('data', (chunk) => {
        backend.write(chunk);
        client.pause();
        setTimeout(() => client.resume(), chunk.length / 1_000);
      });
    },
  });
  const url = `http://127.0.0.1:${slow.port}`;
  await using screen = await openScreen(['files', 'upload', directory, 'agave://store/'], {
    url,
    columns: 90,
  });
  const shown = await eventually(
    'bars of the files and one of all',
    async () => {
      const text = await screen.read();
      return /of 12\.6 MB .*of 2 files/.test(text) && /█.*one\.bam/.test(text) ? text : null;
    },
    { timeoutMs: 60_000 },
  );
  assert.match(shown, /█+░* +\d+ % +[\d.]+ [kM]B of 6\.3 MB .*one\.bam/);
  const { code, text } = await screen.finished();
  assert.equal(code, 0, text);
  assert.match(text, /agave:\/\/store\/bars\/one\.bam\n/);
  assert.match(text, /2 files, 12\.6 MB in /);
});

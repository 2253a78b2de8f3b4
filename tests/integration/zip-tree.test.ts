import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';
import { fromBufferPromise } from 'yauzl';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import type { Storage } from '../../packages/server/src/storage/storage.ts';
import { walkTree } from '../../packages/server/src/storage/walk-tree.ts';
import { zipTree } from '../../packages/server/src/storage/zip-tree.ts';
import { eventually } from '../support/eventually.ts';

let root: string;
let storage: Storage;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'arras-zip-'));
  storage = createLocalStorage({ rootDir: root });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(path: string, content: string | Uint8Array = path): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

interface Unpacked {
  readonly mode: number;
  readonly content: string;
}

async function unpack(archive: Buffer): Promise<Record<string, Unpacked>> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  const files: Record<string, Unpacked> = {};
  for await (const entry of zip.eachEntry()) {
    const isDirectory = entry.fileName.endsWith('/');
    const content = isDirectory
      ? ''
      : (await buffer(await zip.openReadStreamPromise(entry))).toString('latin1');
    files[entry.fileName] = { mode: entry.externalFileAttributes >>> 16, content };
  }
  return files;
}

test('a tree is walked in the order of its bytes, links left out, excluded directories with what they hold', async () => {
  for (const path of ['b/2', 'b/10', 'a', 'Z', 'c/d/e', 'skip/x']) plant(path);
  symlinkSync('/etc', join(root, 'link'));
  const seen: string[] = [];
  const isExcluded = ({ path }: { readonly path: string }) => path === '/skip';
  for await (const { path } of walkTree({ storage, path: '/', isExcluded })) seen.push(path);
  assert.deepEqual(seen, ['/Z', '/a', '/b', '/b/10', '/b/2', '/c', '/c/d', '/c/d/e']);
});

test('a directory becomes an archive with everything in it', async () => {
  const noise = randomBytes(300_000);
  plant('out/a.txt', 'hello '.repeat(10_000));
  plant('out/sub/noise.bin', noise);
  plant('out/nothing', '');
  plant('out/größe 🙂\n.txt', 'odd');
  plant('out/..\\..\\evil', 'stays');
  mkdirSync(join(root, 'out/empty'), { mode: 0o750 });
  symlinkSync('/etc/passwd', join(root, 'out/link'));
  execFileSync('mkfifo', [join(root, 'out/pipe')]);
  const archive = await buffer(await zipTree({ storage, path: '/out' }));
  const files = await unpack(archive);
  assert.deepEqual(Object.keys(files).sort(), [
    '.._.._evil',
    'a.txt',
    'empty/',
    'größe 🙂\n.txt',
    'nothing',
    'sub/',
    'sub/noise.bin',
  ]);
  assert.equal(files['a.txt']?.content, 'hello '.repeat(10_000));
  assert.equal(files['sub/noise.bin']?.content, noise.toString('latin1'));
  assert.equal(files['empty/']?.mode, 0o040_750);
  assert.ok(archive.length < 310_000, 'text is compressed');
});

test('what is not worth it is not compressed', async () => {
  plant('a.log', 'x'.repeat(100_000));
  const isCompressible = (name: string) => !name.endsWith('.log');
  const archive = await buffer(await zipTree({ storage, path: '/', isCompressible }));
  assert.ok(archive.length > 100_000);
});

test('a file that vanishes before its turn ends the archive with an error', async () => {
  plant('a', randomBytes(1_000_000));
  plant('b');
  const stream = await zipTree({ storage, path: '/' });
  unlinkSync(join(root, 'b'));
  await assert.rejects(buffer(stream), { code: 'not-found' });
});

test('a file that shrinks while it is packed ends the archive with an error', async () => {
  plant('a', randomBytes(8_000_000));
  const stream = await zipTree({ storage, path: '/' });
  stream.once('readable', () => truncateSync(join(root, 'a'), 10));
  await assert.rejects(buffer(stream), { code: 'changed' });
});

test('who gives up leaves no file open', async () => {
  plant('a', randomBytes(8_000_000));
  const opened: Readable[] = [];
  const counting: Storage = {
    ...storage,
    list: (path, options) => storage.list(path, options),
    open: async (path, range) => {
      const file = await storage.open(path, range);
      opened.push(file.stream);
      return file;
    },
  };
  const stream = await zipTree({ storage: counting, path: '/' });
  await new Promise((resolve) => stream.once('readable', resolve));
  stream.destroy();
  await eventually('the file is closed', () => opened.length === 1 && opened.every(({ closed }) => closed));
});

test('a directory that cannot be listed is an error before there is an archive', async () => {
  await assert.rejects(zipTree({ storage, path: '/missing' }), { code: 'not-found' });
});

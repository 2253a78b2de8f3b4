import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { type Storage, StorageError } from '../../packages/server/src/storage/storage.ts';
import { copyTree, type TreeCopy } from '../../packages/server/src/storage/transfer.ts';
import type { TransferProgress } from '../../packages/server/src/storage/transfer-progress.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-resume-')));
after(() => fs.rmSync(base, { recursive: true, force: true }));
const storage = createLocalStorage({ rootDir: base });

const MIB = 1024 * 1024;
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** The local storage as a source of streams, each of which breaks after so many bytes of the whole. */
function breaking(allowed: { bytes: number }): Storage {
  const { smallFiles: _, copyWithin: __, ...streaming } = storage;
  return {
    ...streaming,
    async open(where, range) {
      const opened = await storage.open(where, range);
      opened.stream.on('data', (chunk: Buffer) => {
        allowed.bytes -= chunk.length;
        if (allowed.bytes < 0) opened.stream.destroy(new StorageError('unreachable', 'cut'));
      });
      opened.stream.pause();
      return opened;
    },
  };
}

/** The last report of a copy that succeeds. */
async function copyAgain(copy: TreeCopy) {
  const reports: TransferProgress[] = [];
  const manifest = await copyTree({ ...copy, onProgress: (progress) => reports.push(progress) });
  const last = reports.at(-1) ?? assert.fail();
  return { manifest, last };
}

test('a large file whose copy broke off is gone on with, and its hash is that of the whole', async () => {
  const content = randomBytes(80 * MIB);
  fs.writeFileSync(path.join(base, 'large'), content);
  const allowed = { bytes: 60 * MIB };
  const copy = {
    from: breaking(allowed),
    fromPath: '/large',
    to: storage,
    toPath: '/d1/large',
    transferKey: 't1',
  };
  await assert.rejects(copyTree(copy), { code: 'unreachable' });
  assert.equal(await storage.find('/d1/large'), null);
  allowed.bytes = Infinity;
  const { manifest, last } = await copyAgain(copy);
  assert.equal(manifest[0]?.sha256, sha256(content));
  assert.equal(last.bytesTransferred, content.length);
  assert.ok(last.bytesKept >= 32 * MIB && last.bytesKept < 60 * MIB, String(last.bytesKept));
  assert.ok(fs.readFileSync(path.join(base, 'd1/large')).equals(content));
  assert.deepEqual(fs.readdirSync(path.join(base, 'd1')), ['large']);
});

test('a large file that changed meanwhile, or of another transfer, is begun anew', async () => {
  const allowed = { bytes: 60 * MIB };
  fs.writeFileSync(path.join(base, 'other'), randomBytes(80 * MIB));
  const copy = {
    from: breaking(allowed),
    fromPath: '/other',
    to: storage,
    toPath: '/d2/other',
    transferKey: 't2',
  };
  await assert.rejects(copyTree(copy), { code: 'unreachable' });
  allowed.bytes = Infinity;
  assert.equal((await copyAgain({ ...copy, transferKey: 't3', toPath: '/d2/third' })).last.bytesKept, 0);
  const content = randomBytes(80 * MIB);
  fs.writeFileSync(path.join(base, 'other'), content);
  const { manifest, last } = await copyAgain(copy);
  assert.equal(last.bytesKept, 0);
  assert.equal(manifest[0]?.sha256, sha256(content));
});

test('a copy on this machine that was aborted is gone on with', async () => {
  // Larger than what the kernel copies in one call.
  const size = 540 * MIB;
  const stop = new AbortController();
  const copy = {
    from: storage,
    fromPath: '/native',
    to: storage,
    toPath: '/d4/native',
    transferKey: 't4',
    checksums: true,
  };
  fs.writeFileSync(path.join(base, 'native'), 'the beginning');
  fs.truncateSync(path.join(base, 'native'), size);
  const watching: Storage = {
    ...storage,
    copierFrom: (source) => {
      const copier = storage.copierFrom?.(source) ?? assert.fail();
      let moved = 0;
      return (file, to, options) =>
        copier(file, to, {
          ...options,
          onBytes: (count) => {
            moved += count;
            if (moved >= 64 * MIB) stop.abort();
            options.onBytes?.(count);
          },
        });
    },
  };
  await assert.rejects(copyTree({ ...copy, to: watching, signal: stop.signal }));
  const { manifest, last } = await copyAgain(copy);
  assert.ok(last.bytesKept >= 32 * MIB, String(last.bytesKept));
  assert.equal(last.bytesTransferred, size);
  const check = { manifest, to: storage, toPath: '/d4/native', checkHashes: true };
  assert.deepEqual(await verifyTree(check), []);
  for (const name of ['native', 'd4/native']) fs.rmSync(path.join(base, name));
});

/** 300 files in three directories. */
function plantTree(top: string): void {
  for (let n = 0; n < 300; n++) {
    fs.mkdirSync(path.join(base, top, `d${n % 3}`), { recursive: true });
    fs.writeFileSync(path.join(base, top, `d${n % 3}/${n}`), `content ${n}`);
  }
}

test('files of a tree that arrived are not copied again, unless they changed or are gone', async () => {
  plantTree('s5');
  fs.writeFileSync(Buffer.concat([Buffer.from(`${base}/s5/d0/`), Buffer.from([0xff])]), 'no text');
  let left = 200;
  const { smallFiles: _, ...streaming } = storage;
  const from: Storage = {
    ...streaming,
    open: (...what) => {
      left -= 1;
      return left < 0 ? Promise.reject(new StorageError('unreachable', 'cut')) : storage.open(...what);
    },
  };
  const to: Storage = { ...storage, copierFrom: () => null };
  const copy = { from, fromPath: '/s5', to, toPath: '/d5', transferKey: 't5' };
  await assert.rejects(copyTree(copy), { code: 'unreachable' });
  left = Infinity;
  const arrived = (await storage.list('/d5/d0')).map(({ name }) => name);
  assert.ok(arrived.length > 10);
  const [changed = '', gone = ''] = arrived;
  fs.writeFileSync(path.join(base, 's5/d0', changed), 'changed meanwhile');
  fs.rmSync(path.join(base, 'd5/d0', gone));
  const { manifest, last } = await copyAgain(copy);
  assert.ok(last.bytesKept > 100 * 'content 1'.length, String(last.bytesKept));
  assert.equal(last.filesDone, 301);
  assert.equal(last.bytesTransferred, last.totalBytes);
  const check = { manifest, to: storage, toPath: '/d5', checkHashes: true };
  assert.deepEqual(await verifyTree(check), []);
  assert.ok(manifest.every((entry) => entry.sha256 !== null));
  assert.equal(fs.readFileSync(path.join(base, 'd5/d0', changed), 'utf8'), 'changed meanwhile');
  const rubbish = fs.readdirSync(path.join(base, 'd5'), { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    rubbish.filter((name) => name.includes('.arras-part-')),
    [],
  );
});

test('a note that is no note is ignored', async () => {
  plantTree('s6');
  const allowed = { bytes: 1500 };
  const copy = { from: breaking(allowed), fromPath: '/s6', to: storage, toPath: '/d6', transferKey: 't6' };
  await assert.rejects(copyTree(copy), { code: 'unreachable' });
  const [note = ''] = fs.readdirSync(path.join(base, 'd6')).filter((name) => name.startsWith('.arras-part-'));
  fs.writeFileSync(path.join(base, 'd6', note), 'x\n{}\n["/d0/0"]\n["/d0/0",1,"x",2]\n[');
  allowed.bytes = Infinity;
  const { manifest, last } = await copyAgain(copy);
  assert.equal(last.bytesKept, 0);
  assert.equal(manifest.length, 300);
});

test('20,000 small files are copied with their number, not their size, in memory', async (t) => {
  for (let n = 0; n < 20_000; n++) {
    if (n % 1000 === 0) fs.mkdirSync(path.join(base, `s7/${n / 1000}`), { recursive: true });
    fs.writeFileSync(path.join(base, `s7/${Math.floor(n / 1000)}/${n}`), `output ${n}`);
  }
  const before = process.memoryUsage.rss();
  const to = createLocalStorage({ rootDir: base, syncFileSystem: async () => undefined });
  const { manifest, last } = await copyAgain({ from: storage, fromPath: '/s7', to, toPath: '/d7' });
  const grown = (process.memoryUsage.rss() - before) / MIB;
  t.diagnostic(`resident memory grew by ${grown.toFixed(0)} MiB`);
  assert.equal(last.filesDone, 20_000);
  assert.ok(grown < 128, `grew by ${grown} MiB`);
  assert.deepEqual(await verifyTree({ manifest, to: storage, toPath: '/d7' }), []);
});

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { classifyFailure } from '../../packages/server/src/domain/failure.ts';
import type { SshHost } from '../../packages/server/src/ssh/ssh-host.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import type { Storage } from '../../packages/server/src/storage/storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';
import type { TransferProgress } from '../../packages/server/src/storage/transfer-progress.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';
import { eventually } from '../support/eventually.ts';
import { type RationedSshd, startRationedSshd } from '../support/rationed-sshd.ts';

const MIB = 1024 * 1024;
const SIZE = 72 * MIB;

describe('a connection that is cut in the middle of a transfer (T41)', () => {
  const content = randomBytes(SIZE);
  let root: string;
  let wire: RationedSshd;
  let host: SshHost;
  let storages: { readonly local: Storage; readonly remote: Storage };
  before(async () => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-sftp-resume-')));
    wire = await startRationedSshd();
    host = wire.host;
    storages = {
      local: createLocalStorage({ rootDir: root }),
      remote: createSftpStorage({ host, rootDir: root }),
    };
    fs.writeFileSync(path.join(root, 'large'), content);
  });
  after(async () => {
    await wire[Symbol.asyncDispose]();
    fs.rmSync(root, { recursive: true, force: true });
  });

  /** Cut once after so many bytes; the second attempt's manifest and last report. */
  async function copyCut(copy: Parameters<typeof copyTree>[0], bytes: number) {
    await storages.remote.find('/');
    wire.left = bytes;
    await assert.rejects(copyTree(copy), (error) => classifyFailure(error).retry === 'unreachable');
    wire.left = Infinity;
    // A second connection may have been tried while nothing passed: then the host rests for a moment.
    await eventually('the host can be entered again', () => storages.remote.find('/'));
    const reports: TransferProgress[] = [];
    const manifest = await copyTree({ ...copy, onProgress: (progress) => reports.push(progress) });
    const check = { manifest, to: storages.local, toPath: copy.toPath, checkHashes: true };
    assert.deepEqual(await verifyTree(check), []);
    return { manifest, last: reports.at(-1) ?? assert.fail() };
  }

  for (const [direction, from, to] of [
    ['to', 'local', 'remote'],
    ['from', 'remote', 'local'],
    ['between two places of', 'remote', 'remote'],
  ] as const) {
    for (const percent of [1, 50, 99]) {
      test(`at ${percent} % of a large file ${direction} the host: the next attempt goes on there`, async () => {
        const toPath = `/to-${direction.length}-${percent}/large`;
        // Two different places: as one storage the host would copy by itself.
        const ends = { from: { ...storages[from] }, to: { ...storages[to] } };
        const crossings = direction.startsWith('between') ? 2 : 1;
        const copy = { ...ends, fromPath: '/large', toPath, transferKey: `cut-${percent}` };
        const { manifest, last } = await copyCut(copy, (SIZE * crossings * percent) / 100);
        assert.equal(manifest[0]?.sha256, createHash('sha256').update(content).digest('hex'));
        assert.equal(last.bytesTransferred, SIZE);
        const expected = percent === 99 ? 48 * MIB : percent === 50 ? 16 * MIB : 0;
        assert.ok(last.bytesKept >= expected, `only ${last.bytesKept} bytes were kept`);
        const directory = path.dirname(path.join(root, toPath));
        assert.deepEqual(fs.readdirSync(directory), ['large']);
      });
    }
  }

  test('in a tree of small files: those that arrived are not sent again', async () => {
    const odd = ['-rf', 'new\nline', '\'q"', 'x'.repeat(255), ' ', 'ü'];
    for (let n = 0; n < 1000; n++) {
      fs.mkdirSync(path.join(root, `tree/${n % 4}`), { recursive: true });
      fs.writeFileSync(path.join(root, `tree/${n % 4}/${odd[n] ?? n}`), randomBytes(n));
    }
    fs.writeFileSync(Buffer.concat([Buffer.from(path.join(root, 'tree/0/')), Buffer.from([0xff, 0x41])]), '');
    for (const [from, to] of [
      ['local', 'remote'],
      ['remote', 'local'],
    ] as const) {
      const copy = { from: storages[from], fromPath: '/tree', to: storages[to], toPath: `/tree-${to}` };
      const { manifest, last } = await copyCut({ ...copy, transferKey: 'small' }, 300_000);
      assert.equal(manifest.length, 1001);
      assert.equal(last.bytesTransferred, last.totalBytes);
      const [source, target] = ['tree', `tree-${to}`].map((top) =>
        fs
          .readdirSync(path.join(root, top), { recursive: true, encoding: 'latin1' })
          .filter((name) => !name.includes('.arras-part-'))
          .sort(),
      );
      assert.deepEqual(target, source);
    }
  });

  test('a copy within the host sends none of its bytes', async () => {
    await storages.remote.find('/');
    wire.left = MIB;
    let moved = 0;
    await storages.remote.copyWithin?.('/large', '/within/copy', { onBytes: (count) => (moved += count) });
    wire.left = Infinity;
    assert.equal(moved, SIZE);
    assert.ok(fs.readFileSync(path.join(root, 'within/copy')).equals(content));
    const tree = { from: storages.remote, fromPath: '/within', to: storages.remote, toPath: '/within-2' };
    const [entry] = await copyTree({ ...tree, checksums: true });
    assert.equal(entry?.sha256, createHash('sha256').update(content).digest('hex'));
    await assert.rejects(storages.remote.copyWithin?.('/tree', '/x') ?? assert.fail(), {
      code: 'not-a-file',
    });
  });
});

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';

const KIB = 1024;

describe('a transfer onto a disk in trouble (T43)', () => {
  /** A source directory and a target of 4 MiB; false where nothing can be mounted. */
  async function withSmallDisk(use: (place: { source: string; target: string }) => Promise<void>) {
    const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-disk-')));
    const [source, target] = [path.join(base, 'source'), path.join(base, 'target')];
    for (const directory of [source, target]) fs.mkdirSync(directory);
    const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', target]).status === 0;
    try {
      if (isMounted) await use({ source, target });
      return isMounted;
    } finally {
      if (isMounted) execFileSync('umount', [target]);
      fs.rmSync(base, { recursive: true, force: true });
    }
  }

  const copy = (place: { source: string; target: string }, name: string) =>
    copyTree({
      from: createLocalStorage({ rootDir: place.source }),
      fromPath: `/${name}`,
      to: createLocalStorage({ rootDir: place.target, syncFileSystem: async () => undefined }),
      toPath: `/${name}`,
      transferKey: 'disk',
    });

  test('that is full says so, keeps whole files only and no parts, and goes on once there is room', async (t) => {
    const done = await withSmallDisk(async (place) => {
      fs.mkdirSync(path.join(place.source, 'many'));
      for (let n = 0; n < 120; n++) {
        fs.writeFileSync(path.join(place.source, `many/${n}`), Buffer.alloc(40 * KIB, n));
      }
      fs.writeFileSync(path.join(place.source, 'large'), Buffer.alloc(5000 * KIB, 'x'));
      await assert.rejects(copy(place, 'large'), { code: 'no-space', message: /the disk is full/ });
      assert.deepEqual(fs.readdirSync(place.target), []);
      await assert.rejects(copy(place, 'many'), { code: 'no-space' });
      const arrived = fs.readdirSync(path.join(place.target, 'many'));
      const files = arrived.filter((name) => !name.startsWith('.arras-part-'));
      assert.ok(files.length > 50 && files.length < 120, String(files.length));
      for (const name of files)
        assert.equal(fs.statSync(path.join(place.target, 'many', name)).size, 40 * KIB);
      execFileSync('mount', ['-o', 'remount,size=8m', place.target]);
      assert.equal((await copy(place, 'many')).length, 120);
      assert.equal(fs.readdirSync(path.join(place.target, 'many')).length, 120);
    });
    if (!done) t.skip('mount is not permitted');
  });

  test('that is read-only says so and changes nothing', async (t) => {
    const done = await withSmallDisk(async (place) => {
      fs.mkdirSync(path.join(place.source, 'some'));
      for (let n = 0; n < 3; n++) fs.writeFileSync(path.join(place.source, `some/${n}`), 'x');
      fs.mkdirSync(path.join(place.target, 'some'));
      execFileSync('mount', ['-o', 'remount,ro', place.target]);
      await assert.rejects(copy(place, 'some'), { code: 'forbidden', message: /read-only/ });
      assert.deepEqual(fs.readdirSync(path.join(place.target, 'some')), []);
    });
    if (!done) t.skip('mount is not permitted');
  });
});

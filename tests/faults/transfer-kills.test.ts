import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import type { ManifestEntry } from '../../packages/server/src/storage/transfer.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';

const PROCESS = path.join(import.meta.dirname, '../support/copy-process.ts');
const LARGE_BYTES = 70 * 1024 * 1024;
const HUGE_BYTES = 540 * 1024 * 1024;

describe('a copy that is killed with kill -9', () => {
  let root: string;
  before(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-killed-')));
    const source = path.join(root, 'source');
    fs.mkdirSync(path.join(source, 'deep/er'), { recursive: true });
    fs.writeFileSync(path.join(source, 'large'), randomBytes(LARGE_BYTES));
    fs.writeFileSync(path.join(source, 'medium'), randomBytes(300_000));
    for (let n = 0; n < 40; n++) fs.writeFileSync(path.join(source, `deep/${n}`), randomBytes(n));
    fs.writeFileSync(path.join(source, 'deep/er/one'), 'one');
  });
  after(() => fs.rmSync(root, { recursive: true, force: true }));

  const clear = (): void => fs.rmSync(path.join(root, 'copy'), { recursive: true, force: true });

  /** Whether it was killed, at the nth of these system calls. */
  function copyKilledAt(call: string, nth: number): boolean {
    const inject = `inject=${call}:signal=SIGKILL:when=${nth}`;
    const words = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject];
    const { status, signal } = spawnSync('strace', [...words, process.execPath, PROCESS, root, 'key'], {
      stdio: 'ignore',
    });
    return signal === 'SIGKILL' || status === 137;
  }

  function copyAgain(): { readonly manifest: readonly ManifestEntry[]; readonly bytesKept: number } {
    const said = execFileSync(process.execPath, [PROCESS, root, 'key'], { encoding: 'utf8' });
    return JSON.parse(said) as ReturnType<typeof copyAgain>;
  }

  /** Every name but those of parts is that of a whole file. */
  function checkNames(): void {
    if (!fs.existsSync(path.join(root, 'copy'))) return;
    for (const name of fs.readdirSync(path.join(root, 'copy'), { recursive: true, encoding: 'utf8' })) {
      const [copy, source] = ['copy', 'source'].map((top) => path.join(root, top, name));
      if (path.basename(name).startsWith('.arras-part-') || fs.statSync(copy ?? '').isDirectory()) continue;
      assert.ok(fs.readFileSync(copy ?? '').equals(fs.readFileSync(source ?? '')), `${name} is partial`);
    }
  }

  async function checkWhole(manifest: readonly ManifestEntry[]): Promise<void> {
    const storage = createLocalStorage({ rootDir: root });
    const names = (top: string): readonly string[] =>
      fs.readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' }).sort();
    assert.deepEqual(await verifyTree({ manifest, to: storage, toPath: '/copy', checkHashes: true }), []);
    assert.equal(
      manifest.length,
      names('source').filter((name) => fs.statSync(path.join(root, 'source', name)).isFile()).length,
    );
    await storage.removeParts('/copy', new Date(Date.now() + 60_000));
    assert.deepEqual(names('copy'), names('source'));
  }

  for (const [call, most] of [
    ['rename', 44],
    ['fsync', 6],
    ['copy_file_range', 3],
    ['mkdir', 4],
    ['fchmod', 12],
  ] as const) {
    test(`at each ${call} leaves no partial file, and the next attempt finishes`, async (t) => {
      let kills = 0;
      for (let nth = 1; nth <= most; nth += Math.ceil(most / 8)) {
        clear();
        if (!copyKilledAt(call, nth)) break;
        kills += 1;
        checkNames();
        await checkWhole(copyAgain().manifest);
      }
      t.diagnostic(`${kills} kills`);
      assert.ok(kills > 0, `${call} was never called`);
    });
  }

  test('in the middle of a large file goes on there', async (t) => {
    clear();
    fs.rmSync(path.join(root, 'source'), { recursive: true });
    fs.mkdirSync(path.join(root, 'source'));
    // Larger than what the kernel copies in one call: it is written in blocks of 1 MiB.
    fs.writeFileSync(path.join(root, 'source/huge'), 'the beginning');
    fs.truncateSync(path.join(root, 'source/huge'), HUGE_BYTES);
    assert.ok(copyKilledAt('pwrite64', 60));
    checkNames();
    const { manifest, bytesKept } = copyAgain();
    t.diagnostic(`${bytesKept} of ${HUGE_BYTES} bytes were not copied again`);
    assert.ok(bytesKept >= 16 * 1024 * 1024);
    await checkWhole(manifest);
  });
});

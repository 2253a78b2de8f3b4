import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { type ResumableWrites, StorageError } from '../../packages/server/src/storage/storage.ts';
import type { StorageHarness } from './storage.ts';

const content = randomBytes(70 * 1024 * 1024);

/** All from a byte on, or a source that fails after so many bytes. */
function source(fromByte: number, failAt = Infinity): Readable {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = fromByte; at < content.length; at += 256 * 1024) {
      if (at >= failAt) throw new StorageError('unreachable', 'the source went away');
      yield content.subarray(at, at + 256 * 1024);
    }
  }
  return Readable.from(chunks());
}

/** What every storage promises whose writes can be gone on with. */
export function describeResumableWrites(name: string, createHarness: () => Promise<StorageHarness>): void {
  describe(`resumable writes: ${name}`, () => {
    let harness: StorageHarness;
    let resumable: ResumableWrites;
    before(async () => {
      harness = await createHarness();
      resumable = harness.storage.resumable ?? assert.fail('writes cannot be gone on with');
    });
    after(() => harness.close());

    const write = (where: string, key: string, from = 0, failAt = Infinity): Promise<void> =>
      harness.storage.write(where, source(from, failAt), { mode: 0o440, resume: { key, fromByte: from } });

    test('a part is kept when its source fails, is not listed, and is gone on with', async () => {
      const { storage, root } = harness;
      assert.equal(await resumable.findPart('/d/f', 'k1'), 0);
      await assert.rejects(write('/d/f', 'k1', 0, 60 * 1024 * 1024), /went away/);
      assert.equal(await storage.find('/d/f'), null);
      assert.deepEqual(await storage.list('/d'), []);
      const kept = await resumable.findPart('/d/f', 'k1');
      assert.ok(kept >= 32 * 1024 * 1024 && kept <= 60 * 1024 * 1024, String(kept));
      assert.equal(await resumable.findPart('/d/f', 'k2'), 0);
      assert.equal(await resumable.findPart('/d/other', 'k1'), 0);
      if (resumable.openPart !== null) {
        assert.ok(
          (await buffer(await resumable.openPart('/d/f', 'k1', kept))).equals(content.subarray(0, kept)),
        );
      }
      await write('/d/f', 'k1', kept);
      assert.ok(fs.readFileSync(path.join(root, 'd/f')).equals(content));
      assert.equal(fs.statSync(path.join(root, 'd/f')).mode & 0o777, 0o440);
      assert.deepEqual(fs.readdirSync(path.join(root, 'd')), ['f']);
    });

    test('a part that is gone or shorter than its writer thinks is no base for the rest', async () => {
      const { storage, root } = harness;
      await storage.makeDirectory('/gone');
      await assert.rejects(write('/gone/f', 'k', 32 * 1024 * 1024), { code: 'changed' });
      await write('/gone/f', 'k');
      assert.ok(fs.readFileSync(path.join(root, 'gone/f')).equals(content));
    });

    test('two writers of one key leave one whole file', async () => {
      const { root } = harness;
      const ends = await Promise.allSettled([write('/both/f', 'k'), write('/both/f', 'k')]);
      assert.ok(ends.some(({ status }) => status === 'fulfilled'));
      assert.ok(fs.readFileSync(path.join(root, 'both/f')).equals(content));
      assert.deepEqual(fs.readdirSync(path.join(root, 'both')), ['f']);
    });

    test('parts are removed by their key, and with the parts that nobody finishes', async () => {
      const { storage, root } = harness;
      for (const key of ['a', 'b']) {
        await assert.rejects(write('/left/f', key, 0, 1024 * 1024), /went away/);
      }
      await resumable.removePart('/left/f', 'a');
      await resumable.removePart('/left/f', 'a');
      assert.equal(fs.readdirSync(path.join(root, 'left')).length, 1);
      await storage.removeParts('/', new Date(Date.now() + 60_000));
      assert.deepEqual(fs.readdirSync(path.join(root, 'left')), []);
    });

    test('a link or pipe under the name of a part is never written through', async () => {
      const { root } = harness;
      await assert.rejects(write('/hostile/f', 'k', 0, 1024 * 1024), /went away/);
      const [part = ''] = fs.readdirSync(path.join(root, 'hostile'));
      const place = path.join(root, 'hostile', part);
      fs.rmSync(place);
      fs.writeFileSync(path.join(root, 'victim'), 'precious');
      fs.symlinkSync(path.join(root, 'victim'), place);
      await write('/hostile/f', 'k').catch(() => write('/hostile/f', 'k'));
      assert.equal(fs.readFileSync(path.join(root, 'victim'), 'utf8'), 'precious');
      assert.ok(fs.readFileSync(path.join(root, 'hostile/f')).equals(content));
    });

    test('a key that is none is refused', async () => {
      for (const key of ['', '../x', 'k'.repeat(41)]) {
        await assert.rejects(resumable.findPart('/f', key), { code: 'unsupported' });
      }
    });
  });
}

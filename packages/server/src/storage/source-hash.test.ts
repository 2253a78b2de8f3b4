import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startHash } from './source-hash.ts';
import type { FileInfo, Storage } from './storage.ts';

const MIB = 1024 * 1024;
/** A storage that does not hash by itself. */
const REMOTE = {} as Storage;

function describeFile(sizeBytes: number): FileInfo {
  return { path: '/f', name: 'f', type: 'file', sizeBytes, modifiedAt: new Date(), mode: 0o644 };
}

for (const [bytes, chunkBytes] of [
  [0, 1],
  [1_000, 300],
  [MIB, 128 * 1024],
  [MIB, MIB],
  [2 * MIB + 1, 100_000],
  [3 * MIB, 2 * MIB],
] as const) {
  test(`${bytes} bytes in chunks of ${chunkBytes} have the hash of the whole`, async () => {
    const content = randomBytes(bytes);
    const hash = startHash(REMOTE, describeFile(bytes));
    for (let start = 0; start < bytes; start += chunkBytes) {
      const chunk = Buffer.from(content.subarray(start, start + chunkBytes));
      await hash.update(chunk);
      // Whoever handed it over may use its memory again.
      chunk.fill(0);
    }
    const expected = createHash('sha256').update(content).digest('hex');
    assert.equal(await hash.finish(), expected);
    assert.equal(await hash.finish(), expected);
  });
}

test('hashes of many files at a time do not mix, and one that is stopped disturbs no other', async () => {
  const begin = () => {
    const content = randomBytes(MIB + 7);
    return { content, hash: startHash(REMOTE, describeFile(content.length)) };
  };
  const [stopped, ...others] = [begin(), begin(), begin(), begin()];
  for (const { content, hash } of [stopped, ...others]) await hash.update(content);
  stopped.hash.stop();
  // What still comes of it is dropped.
  await stopped.hash.update(randomBytes(2 * MIB));
  for (const { content, hash } of others) {
    assert.equal(await hash.finish(), createHash('sha256').update(content).digest('hex'));
  }
});

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { cutIntoParts, type Part, partBytes } from './part-cutter.ts';

const MIB = 1024 * 1024;

test('the parts that an upload may have hold the largest object, and stay small as long as they can', () => {
  let total = 0;
  for (let number = 1; number <= 10_000; number += 1) total += partBytes(number);
  assert.ok(total >= 5 * 1024 ** 4);
  assert.equal(partBytes(1), 8 * MIB);
  assert.equal(partBytes(4000), 64 * MIB);
});

test('parts are full but the last, and their memory is used again', async () => {
  const chunks = Array.from({ length: 25 }, (_, index) => Buffer.alloc(MIB - 1, index));
  const lengths: number[] = [];
  const memory = new Set<ArrayBufferLike>();
  for await (const { bytes, isLast } of cutIntoParts(Readable.from(chunks))) {
    lengths.push(bytes.length);
    memory.add(bytes.buffer);
    assert.equal(isLast, lengths.length === 4);
  }
  assert.deepEqual(lengths, [8 * MIB, 8 * MIB, 8 * MIB, MIB - 25]);
  assert.equal(memory.size, 2);
});

test('an empty stream is one empty part', async () => {
  const parts: Part[] = [];
  for await (const part of cutIntoParts(Readable.from([]))) parts.push(part);
  assert.deepEqual(
    parts.map(({ bytes, isLast }) => [bytes.length, isLast]),
    [[0, true]],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWatchReader } from './remote-watch.ts';

const NONCE = '0123456789abcdef';

function read(bytes: Buffer, pieceBytes: number) {
  const entries: string[] = [];
  const files: [string, Buffer][] = [];
  const reader = createWatchReader(NONCE, 100, {
    onEntry: (name) => entries.push(name),
    onFile: (name, content) => files.push([name, Buffer.from(content)]),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader(bytes.subarray(at, at + pieceBytes));
  return { entries, files };
}

test('entries and files are found in whatever pieces they come, between whatever a login says', () => {
  const content = Buffer.from([0x0a, 0xff, 0xc3, 0x28, 0x0a, 0x20, 0xe9]);
  const bytes = Buffer.concat([
    Buffer.from(`Welcome!\0\n${NONCE.slice(1)} entry forged\0 \u001b[2J`),
    Buffer.from(`\n${NONCE} entry tj-é\0`),
    Buffer.from(`noise\n${NONCE} file tj-a.1\n`),
    content,
    Buffer.from(`\0\n${NONCE} file tj-a.2\n\0\n${NONCE} entry tj-b\0\n${NONCE} entry cut`),
  ]);
  for (const pieceBytes of [1, 2, 7, 10_000]) {
    assert.deepEqual(read(bytes, pieceBytes), {
      entries: ['tj-é', 'tj-b'],
      files: [
        ['tj-a.1', content],
        ['tj-a.2', Buffer.alloc(0)],
      ],
    });
  }
});

test('a megabyte of noise is not kept', () => {
  const noise = Buffer.alloc(1_048_576, 'x');
  const { entries } = read(Buffer.concat([noise, Buffer.from(`\n${NONCE} entry tj-a\0`)]), 65_536);
  assert.deepEqual(entries, ['tj-a']);
});

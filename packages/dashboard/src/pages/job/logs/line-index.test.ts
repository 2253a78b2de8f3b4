import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, countFeeds, LineIndex, positionAfterFeeds } from './line-index.ts';

const LINE = `${'x'.repeat(99)}\n`;
const bytes = new TextEncoder().encode(LINE.repeat(10_000));

function indexOf(pieceBytes: number): LineIndex {
  const index = new LineIndex();
  for (let at = 0; at < bytes.length; at += pieceBytes) index.push(bytes.subarray(at, at + pieceBytes));
  return index;
}

test('every counted line can be found within a block of a kept place', () => {
  for (const pieceBytes of [777, 65_536, 5_000_000]) {
    const index = indexOf(pieceBytes);
    assert.equal(index.lastLine, 10_001);
    for (const line of [1, 2, 655, 656, 657, 5_000, 10_001]) {
      const place = index.placeOfLine(line);
      assert.ok(place !== undefined);
      assert.equal(place.position, (place.line - 1) * LINE.length);
      assert.ok((line - place.line) * LINE.length < BLOCK_BYTES + LINE.length);
    }
  }
});

test('every counted position can be numbered within a block of a kept place', () => {
  const index = indexOf(10_000);
  const place = index.placeBefore(700_000);
  assert.ok(place !== undefined);
  assert.equal(place.line + countFeeds(bytes.subarray(place.position, 700_000)), 7_001);
  assert.ok(700_000 - place.position < BLOCK_BYTES);
});

test('what has not been counted is not known', () => {
  const index = new LineIndex();
  index.push(bytes.subarray(0, 150));
  assert.equal(index.placeOfLine(3), undefined);
  assert.equal(index.placeBefore(151), undefined);
  assert.deepEqual(index.placeOfLine(2), { line: 1, position: 0 });
});

test('pieces that overlap are counted once, and a gap not at all', () => {
  const index = new LineIndex();
  index.pushFrom(0, bytes.subarray(0, 250));
  index.pushFrom(100, bytes.subarray(100, 400));
  index.pushFrom(500, bytes.subarray(500, 600));
  assert.deepEqual([index.counted, index.lastLine], [400, 5]);
});

test('a line is found behind its line feeds', () => {
  const text = new TextEncoder().encode('a\nbb\nccc');
  assert.deepEqual(
    [0, 1, 2, 3].map((feeds) => positionAfterFeeds(text, feeds)),
    [0, 2, 5, null],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher } from './log-matcher.ts';
import { LogScan } from './log-scan.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Where lines begin that contain the query, of bytes that come in pieces of a size. */
function scan(text: string, query: string, size: number): readonly number[] {
  const matcher = createMatcher(query);
  assert.ok(matcher !== null);
  const found: number[] = [];
  const scanning = new LogScan(matcher, { start: 0, onMatch: (position) => found.push(position) });
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length; at += size) scanning.push(bytes.subarray(at, at + size));
  scanning.end();
  return found;
}

test('every line with the text is found once, wherever the bytes are cut', () => {
  const text = 'loss 1\nnö loss, LOSS\nnothing\n\nlast lo\u001b[31mss\u001b[0m';
  for (const size of [1, 2, 7, 1_000]) assert.deepEqual(scan(text, 'loss', size), [0, 7, 31], `by ${size}`);
});

test('capitals count when the text has some, and nothing in it is a pattern', () => {
  assert.deepEqual(scan('loss\nLOSS\n', 'LOSS', 100), [5]);
  assert.deepEqual(scan('axb\na.b\n[a-z]\n', 'a.b', 100), [4]);
  assert.deepEqual(scan('axb\na.b\n[a-z]\\\n', '[a-z]\\', 100), [8]);
  assert.equal(createMatcher(''), null);
});

test('of a progress bar only what is shown in the end counts', () => {
  assert.deepEqual(scan('10%\r20%\n10%\n', '10%', 3), [8]);
});

test('a text in an endless line is found, and the line counts once', () => {
  const text = `short\n${'x'.repeat(1_500_000)}needle${'y'.repeat(2_000_000)}needle\nneedle\n`;
  assert.deepEqual(scan(text, 'needle', 65_536), [6, text.length - 7]);
});

test('matches are told by their ranges', () => {
  assert.deepEqual(createMatcher('ab')?.ranges('abxAB'), [
    [0, 2],
    [3, 5],
  ]);
});

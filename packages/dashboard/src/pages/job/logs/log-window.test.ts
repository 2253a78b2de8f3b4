import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogWindow } from './log-window.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textsOf = (window: LogWindow) =>
  Array.from({ length: window.count }, (_, index) => window.at(index)?.text);

test('a window grows at both ends', () => {
  const window = new LogWindow(10);
  assert.equal(window.append(bytesOf('c\nd')), 2);
  window.prepend(bytesOf('a\nb\n'), { isContinuation: false });
  assert.deepEqual(textsOf(window), ['a', 'b', 'c', 'd']);
  assert.deepEqual([window.start, window.end], [6, 13]);
  assert.equal(window.append(bytesOf('d\n')), 0);
  assert.deepEqual(textsOf(window), ['a', 'b', 'c', 'dd']);
});

test('lines are found by the positions that they hold', () => {
  const window = new LogWindow(100);
  window.append(bytesOf('abc\ndef\nghi'));
  assert.deepEqual(
    [0, 100, 103, 104, 107, 110, 999].map((position) => window.indexOf(position)),
    [0, 0, 0, 1, 1, 2, 2],
  );
});

test('what is too much goes from the end that is asked for, and comes back the same', () => {
  const limits = { lines: 3, bytes: 1_000 };
  const window = new LogWindow(0, { limits });
  window.append(bytesOf('a\nb\nc\nd\ne'));
  assert.equal(window.trimFront(), 2);
  assert.deepEqual(textsOf(window), ['c', 'd', 'e']);
  window.prepend(bytesOf('a\nb\n'), { isContinuation: false });
  assert.equal(window.trimBack(), 2);
  assert.deepEqual([window.start, window.end], [0, 6]);
  window.append(bytesOf('d\ne'));
  assert.deepEqual(textsOf(window), ['a', 'b', 'c', 'd', 'e']);
});

test('bytes count too, but one line always stays', () => {
  const window = new LogWindow(0, { limits: { lines: 100, bytes: 10 } });
  window.append(bytesOf('123456\n123456\n123456789012345\n'));
  window.trimFront();
  assert.deepEqual(textsOf(window), ['123456789012345']);
  const back = new LogWindow(0, { limits: { lines: 100, bytes: 10 } });
  back.append(bytesOf('123456789012345\n1\n2\n'));
  back.trimBack();
  assert.deepEqual(textsOf(back), ['123456789012345']);
  assert.equal(back.end, 16);
});

test('a line whose beginning is far away is shown in pieces that count once', () => {
  const window = new LogWindow(8, { isContinuation: true });
  window.append(bytesOf('efgh\nnext\n'));
  window.prepend(bytesOf('x\nabcd'), { isContinuation: false });
  assert.deepEqual(textsOf(window), ['x', 'abcd', 'efgh', 'next']);
  assert.equal(window.continuationsUpTo(3), 1);
  assert.equal(window.continuationsUpTo(1), 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastErrorLines } from './error-lines.ts';

test('the last twenty lines are shown, and the beginning of a line that was not read is not', () => {
  const text = Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n');
  const lines = lastErrorLines(`${text}\n`, { isWhole: false });
  assert.equal(lines.length, 20);
  assert.equal(lines.at(-1), 'line 29');
  assert.deepEqual(lastErrorLines('ut of a line\nwhole\n', { isWhole: false }), ['whole']);
  assert.deepEqual(lastErrorLines('one\ntwo\n', { isWhole: true }), ['one', 'two']);
});

test('one endless line is shown from where it was read, cut', () => {
  const [line, ...more] = lastErrorLines('x'.repeat(16_000), { isWhole: false });
  assert.equal(more.length, 0);
  assert.equal(line?.length, 2_001);
});

test('colours, titles and other control characters are no text', () => {
  const text = '\u001b[1;31mError\u001b[0m: \u001b]0;title\u0007no\u0000 file\n10%\r100%\r\n';
  assert.deepEqual(lastErrorLines(text, { isWhole: true }), ['Error: no file', '100%']);
});

test('nothing but line ends is nothing', () => {
  assert.deepEqual(lastErrorLines('\n\n', { isWhole: true }), []);
  assert.deepEqual(lastErrorLines('', { isWhole: true }), []);
});

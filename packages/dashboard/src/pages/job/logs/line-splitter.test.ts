import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from './line-splitter.ts';
import { SHOWN_BYTES, skipCharacter, trimCharacter } from './log-line.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The texts of all lines, the open one too, of bytes that come in pieces of a size. */
function split(bytes: Uint8Array, size: number): readonly string[] {
  const splitter = new LineSplitter(0);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += size)
    texts.push(...splitter.push(bytes.subarray(at, at + size)).map(({ text }) => text));
  return [...texts, ...(splitter.open === null ? [] : [splitter.open.text])];
}

test('lines and characters are whole wherever the bytes are cut', () => {
  const bytes = bytesOf('déjà vu\n\n€ 5 😀\nlast');
  for (let size = 1; size <= bytes.length; size++)
    assert.deepEqual(split(bytes, size), ['déjà vu', '', '€ 5 😀', 'last'], `pieces of ${size}`);
});

test('a character whose last bytes have not come is not shown yet', () => {
  const splitter = new LineSplitter(0);
  splitter.push(bytesOf('a😀').subarray(0, 4));
  assert.equal(splitter.open?.text, 'a');
  splitter.push(bytesOf('a😀').subarray(4));
  assert.equal(splitter.open?.text, 'a😀');
});

test('bytes that are no UTF-8 become replacement characters and take nothing else along', () => {
  assert.deepEqual(split(Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xc3, 0x0a, 0xa9), 2), [
    'a\ufffdb',
    '\ufffd',
    '\ufffd',
  ]);
});

test('the last state of a progress bar counts, also when its bytes come one by one', () => {
  const bytes = bytesOf('10%\r20%\r\n50%\rdone\r\nplain\r\n\r\n30%\r');
  for (const size of [1, 2, 3, 5, 100])
    assert.deepEqual(split(bytes, size), ['20%', 'done', 'plain', '', '30%'], `pieces of ${size}`);
});

test('lines know their places', () => {
  const lines = new LineSplitter(100).push(bytesOf('ab\r\ncd\n'));
  assert.deepEqual(
    lines.map(({ start, length }) => [start, length]),
    [
      [100, 3],
      [104, 2],
    ],
  );
});

test('of a long line only the beginning is kept, and it ends with a whole character', () => {
  const [line] = new LineSplitter(0).push(bytesOf(`${'x'.repeat(SHOWN_BYTES - 1)}é${'y'.repeat(9_999)}\n`));
  assert.equal(line?.isCut, true);
  assert.equal(line.text, 'x'.repeat(SHOWN_BYTES - 1));
  assert.equal(line.length, SHOWN_BYTES + 1 + 9_999);
});

test('a progress bar of megabytes in one line shows where it is', () => {
  const splitter = new LineSplitter(0);
  for (let percent = 0; percent <= 100; percent++)
    splitter.push(bytesOf(`${'#'.repeat(3_000)} ${percent}%\r`));
  assert.equal(splitter.open?.text, `${'#'.repeat(3_000)} 100%`);
  assert.equal(splitter.open.isCut, false);
});

test('incomplete characters at both ends are left out', () => {
  const euro = bytesOf('€');
  assert.equal(trimCharacter(euro).length, 3);
  assert.equal(trimCharacter(euro.subarray(0, 2)).length, 0);
  assert.equal(trimCharacter(Uint8Array.of(0x80, 0x80, 0x80, 0x80)).length, 4);
  assert.equal(skipCharacter(euro.subarray(1)).length, 0);
  assert.equal(skipCharacter(euro).length, 3);
});

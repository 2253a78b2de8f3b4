import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLastLines } from './last-lines.ts';

/** Where the last lines begin, as the text from there on, and how many bytes were read for it. */
async function last(text: string, lines: number): Promise<{ text: string; read: number }> {
  const bytes = Buffer.from(text);
  let read = 0;
  const part = (start: number, end: number) => {
    read += end - start;
    return Promise.resolve(bytes.subarray(start, end));
  };
  const start = await findLastLines(part, { length: bytes.length, lines });
  return { text: bytes.subarray(start).toString(), read };
}

test('the last lines are found with and without a line feed at the end', async () => {
  assert.equal((await last('a\nb\nc\n', 2)).text, 'b\nc\n');
  assert.equal((await last('a\nb\nc', 2)).text, 'b\nc');
  assert.equal((await last('a\n\n\n', 2)).text, '\n\n');
  assert.equal((await last('a\nb\n', 9)).text, 'a\nb\n');
  assert.equal((await last('a\nb\n', 0)).text, '');
  assert.equal((await last('', 3)).text, '');
});

test('no more is read than the lines take', async () => {
  const line = `${'x'.repeat(99)}\n`;
  const { text, read } = await last(line.repeat(10_000), 1_000);
  assert.equal(text, line.repeat(1_000));
  assert.ok(read <= 200_000, String(read));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineFilter } from './line-filter.ts';

function filter(pattern: RegExp, ...pieces: readonly string[]): string {
  const lines = new LineFilter(pattern);
  const chosen = pieces.flatMap((piece) => lines.push(Buffer.from(piece, 'latin1')));
  return Buffer.concat([...chosen, ...lines.flush()]).toString('latin1');
}

test('lines are let through whole, wherever the bytes are cut', () => {
  const text = 'loss 0.5\nepoch 2\nloss 0.25\nloss';
  const expected = 'loss 0.5\nloss 0.25\nloss';
  assert.equal(filter(/loss/u, text), expected);
  assert.equal(filter(/loss/u, ...text.split('')), expected);
});

test('the ends of a line are no part of it, and bytes that are no UTF-8 stay as they are', () => {
  assert.equal(filter(/^a$/u, 'a\r\na \nb\n'), 'a\r\n');
  assert.equal(filter(/a/u, 'a\xff\n\xff\n'), 'a\xff\n');
});

test('an endless line does not grow in memory for ever', () => {
  const lines = new LineFilter(/x/u);
  const chosen = Array.from({ length: 20 }, () => lines.push(Buffer.alloc(100_000, 'x'))).flat();
  assert.ok(chosen.length >= 1);
});

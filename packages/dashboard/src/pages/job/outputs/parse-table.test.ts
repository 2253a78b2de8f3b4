import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTable, separatorOf } from './parse-table.ts';

const rowsOf = (text: string, separator = ',') => parseTable(text, separator).rows;

test('cells are separated, and quotes hold what they hold', () => {
  assert.deepEqual(rowsOf('a,b\r\n1,"x, ""y""\nz"\n,\n'), [
    ['a', 'b'],
    ['1', 'x, "y"\nz'],
    ['', ''],
  ]);
  assert.deepEqual(rowsOf('a;b\n', ';'), [['a', 'b']]);
  assert.deepEqual(rowsOf(''), []);
});

test('what is not well formed is shown as far as it can be read', () => {
  assert.deepEqual(rowsOf('"a"b,c\n"open,\n'), [['ab', 'c'], ['open,\n']]);
});

test('the last row of a part is left out, and what is too much is cut', () => {
  assert.deepEqual(parseTable('a,b\n1,2\n3,', ',', { isPart: true }), {
    rows: [
      ['a', 'b'],
      ['1', '2'],
    ],
    isCut: true,
  });
  const { rows, isCut } = parseTable(`${'x,'.repeat(200)}\n`.repeat(5_000), ',');
  assert.deepEqual([rows.length, rows[0]?.length, isCut], [1_000, 100, true]);
});

test('the separator is the one that the first line has most of', () => {
  assert.equal(separatorOf('a;b;c,d\n1,2,3,4,5,6', 'text/csv'), ';');
  assert.equal(separatorOf('a\tb', 'text/csv'), '\t');
  assert.equal(separatorOf('a,b,c', 'text/tab-separated-values'), '\t');
  assert.equal(separatorOf('', 'text/csv'), ',');
});

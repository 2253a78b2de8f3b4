import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowHeights } from './row-heights.ts';

test('rows are found by their edges', () => {
  const rows = new RowHeights({ count: 3, heightOf: (index) => [10, 30, 20][index] ?? 0 });
  assert.equal(rows.total, 60);
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((index) => rows.topOf(index)),
    [0, 10, 40, 60, 60],
  );
  assert.deepEqual(
    [-5, 0, 9, 10, 39, 40, 999].map((height) => rows.indexAt(height)),
    [0, 0, 0, 1, 1, 2, 2],
  );
});

test('no rows take no room', () => {
  const rows = new RowHeights({ count: 0, heightOf: () => 10 });
  assert.deepEqual([rows.total, rows.indexAt(5), rows.topOf(0)], [0, 0, 0]);
});

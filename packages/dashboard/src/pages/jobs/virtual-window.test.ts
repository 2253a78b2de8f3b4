import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findScrollFor, findVisibleRows } from './virtual-window.ts';

test('a list draws what is seen and a few rows around it, however long it is', () => {
  const list = { count: 10_000, rowHeight: 40 };
  assert.deepEqual(findVisibleRows({ scrollTop: 0, height: 400 }, list), { first: 0, end: 18 });
  assert.deepEqual(findVisibleRows({ scrollTop: 4_000, height: 400 }, list), { first: 92, end: 118 });
  assert.deepEqual(findVisibleRows({ scrollTop: 399_600, height: 400 }, list), { first: 9_982, end: 10_000 });
});

test('the rows are within the list and few, also where it has become shorter than it was scrolled', () => {
  const lists = fc.record({
    scrollTop: fc.double({ min: -100, max: 500_000, noNaN: true }),
    height: fc.integer({ min: 0, max: 2_000 }),
    count: fc.nat(12_000),
    rowHeight: fc.integer({ min: 20, max: 80 }),
  });
  fc.assert(
    fc.property(lists, ({ scrollTop, height, count, rowHeight }) => {
      const { first, end } = findVisibleRows({ scrollTop, height }, { count, rowHeight });
      assert.ok(first >= 0 && first <= end && end <= count, `${first}..${end} of ${count}`);
      assert.ok(end - first <= Math.ceil(height / rowHeight) + 18);
      const seen = Math.floor(Math.max(0, scrollTop) / rowHeight);
      if (seen < count && height > 0) assert.ok(first <= seen && seen < end);
    }),
  );
});

test('scrolling to a row moves no further than it is seen', () => {
  const view = { scrollTop: 400, height: 200 };
  assert.equal(findScrollFor(10, view, 40), null);
  assert.equal(findScrollFor(5, view, 40), 200);
  assert.equal(findScrollFor(15, view, 40), 440);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRow } from './job-columns.ts';
import { renderListingFooter } from './job-listing.ts';

const footer = (shown: number, offset: number, { total = 7, isCounted = true } = {}) =>
  renderListingFooter(
    {
      rows: Array.from({ length: shown }, () => ({}) as JobRow), // Only how many there are matters.
      page: { limit: 3, offset },
      counts: [{ status: 'FINISHED', count: total }],
      isCounted,
    },
    { unicode: true },
  );

test('below a table that has all jobs stand only their counts', () => {
  assert.deepEqual(footer(2, 0, { total: 2 }), ['2 finished']);
});

test('below a part stands which part it is, and how to see the next', () => {
  assert.deepEqual(footer(3, 0), ['7 finished', 'Shown: 1 to 3 of 7; the next: -o 3']);
  assert.deepEqual(footer(1, 6), ['7 finished', 'Shown: 7 to 7 of 7']);
  assert.deepEqual(footer(0, 9), ['7 finished', 'None shown of 7']);
});

test('counts that are not those of all say so', () => {
  assert.deepEqual(footer(3, 6, { isCounted: false }), [
    '7 finished',
    'Shown: 7 to 9 of 7 or more; the next: -o 9',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chosenStatuses,
  findWiderFilters,
  termsOf,
  toggleStatus,
  withOrder,
  withoutStatuses,
  withoutTerm,
} from './filter-edits.ts';

test('a chip takes its status into the filter and out of it again, and leaves the rest as it is', () => {
  const first = toggleStatus(termsOf('app:plot* "rna seq"'), 'FAILED');
  assert.equal(first, 'status:failed app:plot* "rna seq"');
  const second = toggleStatus(termsOf(first), 'KILLED');
  assert.equal(second, 'status:failed,killed app:plot* "rna seq"');
  assert.deepEqual(chosenStatuses(termsOf(second)), ['FAILED', 'KILLED']);
  const third = toggleStatus(termsOf(second), 'FAILED');
  assert.equal(toggleStatus(termsOf(third), 'KILLED'), 'app:plot* "rna seq"');
});

test('a chip does not touch a pattern or what the filter leaves out', () => {
  assert.equal(toggleStatus(termsOf('-status:failed'), 'KILLED'), 'status:killed -status:failed');
  assert.deepEqual(chosenStatuses(termsOf('status:*ed')), []);
});

test('counts of statuses ask without any of the terms about statuses', () => {
  assert.equal(withoutStatuses(termsOf('status:failed -status:killed owner:me')), 'owner:me');
});

test('a chip that is closed takes its term away', () => {
  assert.equal(withoutTerm(termsOf('status:failed owner:me rna'), 1), 'status:failed rna');
});

test('a click on a heading replaces the order', () => {
  assert.equal(withOrder(termsOf('rna sort:name'), { key: 'ended', descending: true }), 'rna sort:-ended');
});

test('the nearest wider filters are those without one term, and none when there is one term only', () => {
  assert.deepEqual(findWiderFilters(termsOf('status:failed app:x sort:name')), [
    { without: 'status:failed', filter: 'app:x sort:name' },
    { without: 'app:x', filter: 'status:failed sort:name' },
  ]);
  assert.deepEqual(findWiderFilters(termsOf('status:failed limit:5')), []);
});

test('a filter that cannot be read has no terms', () => {
  assert.deepEqual(termsOf('created:>7x'), []);
});

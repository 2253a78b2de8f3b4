import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMissingPages, isWhole, layOutRows, type RowPages, withPage, withTotal } from './row-pages.ts';

const EMPTY: RowPages = { pages: new Map(), total: 0, pageRows: 3 };

function shown(list: RowPages): string {
  return layOutRows(list)
    .map((place) => (place.kind === 'row' ? place.id : String(place.page)))
    .join(' ');
}

test('pages that were not read are places of their own, so that the list is as long as it is', () => {
  const list = withTotal(withPage(EMPTY, 0, ['a', 'b', 'c']), 8);
  assert.equal(shown(list), 'a b c 1 1 1 2 2');
  assert.equal(shown(withPage(list, 2, ['g', 'h'])), 'a b c 1 1 1 g h');
  assert.deepEqual(findMissingPages(layOutRows(list), { first: 2, end: 7 }), [1, 2]);
  assert.equal(isWhole(list), false);
});

test('a job that comes with two pages is shown once', () => {
  const list = withPage(withPage(EMPTY, 0, ['a', 'b', 'c']), 1, ['c', 'd']);
  assert.equal(shown(list), 'a b c d');
  assert.equal(isWhole(list), true);
});

test('a page that is not full ends the list, whatever the counts say', () => {
  const list = withPage(EMPTY, 0, ['a', 'b']);
  assert.equal(list.total, 2);
  assert.equal(withTotal(list, 7).total, 2);
  assert.equal(withPage(withTotal(withPage(EMPTY, 0, ['a', 'b', 'c']), 9), 2, ['g']).total, 7);
});

test('counts that are behind the pages do not cut them', () => {
  assert.equal(withTotal(withPage(EMPTY, 0, ['a', 'b', 'c']), 1).total, 3);
});

test('an empty list has no places', () => {
  assert.equal(shown(withPage(EMPTY, 0, [])), '');
});

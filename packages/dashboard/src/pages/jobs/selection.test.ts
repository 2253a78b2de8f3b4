import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTHING_SELECTED, selectTo, stateOfAll, toggleRow, toggleRows } from './selection.ts';

const ORDER = ['a', 'b', 'c', 'd', 'e'];

test('a row is chosen, and no longer', () => {
  const one = toggleRow(NOTHING_SELECTED, 'b');
  assert.deepEqual([...one.ids], ['b']);
  assert.deepEqual([...toggleRow(one, 'b').ids], []);
});

test('a range runs from the row that was chosen last, in either direction', () => {
  const one = toggleRow(NOTHING_SELECTED, 'd');
  assert.deepEqual([...selectTo(one, 'b', ORDER).ids].toSorted(), ['b', 'c', 'd']);
  assert.deepEqual([...selectTo(selectTo(one, 'b', ORDER), 'e', ORDER).ids].toSorted(), ['b', 'c', 'd', 'e']);
});

test('a range without a beginning, or whose beginning has left the list, is one row', () => {
  assert.deepEqual([...selectTo(NOTHING_SELECTED, 'c', ORDER).ids], ['c']);
  assert.deepEqual([...selectTo({ ids: new Set(), anchor: 'z' }, 'c', ORDER).ids], ['c']);
});

test('the box above the rows chooses all of them, or none when all were', () => {
  const some = toggleRow(NOTHING_SELECTED, 'c');
  assert.equal(stateOfAll(some, ORDER), 'some');
  const all = toggleRows(some, ORDER);
  assert.equal(stateOfAll(all, ORDER), 'all');
  assert.equal(stateOfAll(toggleRows(all, ORDER), ORDER), 'none');
  assert.equal(stateOfAll(NOTHING_SELECTED, []), 'none');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readListKey } from './list-keys.ts';
import type { TableLine } from './table-lines.ts';

const LINES: readonly TableLine[] = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ kind: 'row', id }));

function press(key: string, current: string | null, about: object = {}) {
  return readListKey({ key, shiftKey: false, hasModifier: false, pageRows: 3, ...about }, LINES, current);
}

test('arrows, pages and the ends move in the list', () => {
  assert.deepEqual(press('ArrowDown', null), { kind: 'go', to: 'a' });
  assert.deepEqual(press('PageDown', 'a'), { kind: 'go', to: 'c' });
  assert.deepEqual(press('PageUp', 'c'), { kind: 'go', to: 'a' });
  assert.deepEqual(press('End', 'a'), { kind: 'go', to: 'e' });
  assert.deepEqual(press('Home', 'e'), { kind: 'go', to: 'a' });
});

test('the space bar chooses the row, with shift all from the one before, and Enter opens it', () => {
  assert.deepEqual(press(' ', 'b'), { kind: 'select', toHere: false });
  assert.deepEqual(press(' ', 'b', { shiftKey: true }), { kind: 'select', toHere: true });
  assert.deepEqual(press('Enter', 'b'), { kind: 'open' });
});

test('other keys, and those with a modifier, are left alone', () => {
  for (const key of ['Tab', 'x', 'Escape']) assert.equal(press(key, 'b'), null);
  assert.equal(press('Enter', null), null);
  assert.equal(press('Home', 'b', { hasModifier: true }), null);
});

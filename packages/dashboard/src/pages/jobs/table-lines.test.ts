import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNextJob, type TableLine } from './table-lines.ts';

const row = (id: string): TableLine => ({ kind: 'row', id });
const heading: TableLine = { kind: 'group', key: 'RUNNING', count: 2, isOpen: true };
const LINES = [heading, row('a'), row('b'), heading, row('c')];

test('the keyboard goes from job to job, over headings and not beyond the ends', () => {
  assert.equal(findNextJob(LINES, null, 1), 'a');
  assert.equal(findNextJob(LINES, 'b', 1), 'c');
  assert.equal(findNextJob(LINES, 'c', -1), 'b');
  assert.equal(findNextJob(LINES, 'c', 1), 'c');
  assert.equal(findNextJob(LINES, 'a', -1), 'a');
});

test('a page, the beginning and the end are steps as well', () => {
  assert.equal(findNextJob(LINES, 'a', 10), 'c');
  assert.equal(findNextJob(LINES, 'c', -Infinity), 'a');
  assert.equal(findNextJob(LINES, null, -1), 'c');
});

test('a list without jobs has nowhere to go', () => {
  assert.equal(findNextJob([], null, 1), null);
  assert.equal(findNextJob([{ kind: 'hole', page: 0 }], null, 1), null);
});

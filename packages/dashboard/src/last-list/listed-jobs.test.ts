import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutAround, findNeighbour, type ListedJobs, parseListedJobs, withRows } from './listed-jobs.ts';

const LIST: ListedJobs = { query: { order: 'DESC' }, total: 6, from: 1, ids: ['b', 'c', null] };

test('the neighbours of a job are the rows above and below it', () => {
  assert.deepEqual(findNeighbour(LIST, 'c', -1), { kind: 'job', id: 'b' });
  assert.deepEqual(findNeighbour(LIST, 'b', 1), { kind: 'job', id: 'c' });
  assert.equal(findNeighbour(LIST, 'x', 1), null);
});

test('rows that were not read have to be, as far as the list goes and can be asked for', () => {
  assert.deepEqual(findNeighbour(LIST, 'c', 1), { kind: 'unread', place: 3 });
  assert.deepEqual(findNeighbour(LIST, 'b', -1), { kind: 'unread', place: 0 });
  assert.deepEqual(findNeighbour({ ...LIST, query: null }, 'c', 1), { kind: 'end' });
  assert.deepEqual(findNeighbour({ ...LIST, from: 0 }, 'b', -1), { kind: 'end' });
  assert.deepEqual(findNeighbour({ ...LIST, total: 3 }, 'c', 1), { kind: 'end' });
});

test('rows that were read fill the list, and a job stays where it was', () => {
  const filled = withRows(LIST, 3, ['d', 'b', 'f']);
  assert.deepEqual([filled.from, filled.ids], [1, ['b', 'c', 'd', null, 'f']]);
  const before = withRows(LIST, 0, ['a', 'x']);
  assert.deepEqual([before.from, before.ids], [0, ['a', 'b', 'c', null]]);
});

test('of a long list only what is near the job that was opened is kept', () => {
  const ids = Array.from({ length: 5_000 }, (_, place) => `${place}`);
  const cut = cutAround({ query: null, total: 5_000, from: 0, ids }, '3000');
  assert.deepEqual([cut.from, cut.ids.length, cut.ids[0], cut.total], [2_000, 2_001, '2000', 5_000]);
  assert.deepEqual(findNeighbour(cut, '3000', 1), { kind: 'job', id: '3001' });
});

test('what cannot be read back is no list', () => {
  assert.deepEqual(parseListedJobs(JSON.stringify(LIST)), LIST);
  for (const text of [null, '', 'null', '{}', '{"ids":1}']) assert.equal(parseListedJobs(text), null);
});

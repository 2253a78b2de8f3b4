import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOB_SEARCH_FIELDS, parseFilter } from '@arras/contract';
import {
  COLUMN_NAMES,
  COLUMNS,
  type Column,
  DEFAULT_COLUMNS,
  layOutColumns,
  nextOrder,
  readListLook,
  toggleColumn,
} from './columns.ts';

test('every column orders by the field that it shows', () => {
  for (const name of COLUMN_NAMES) {
    const { sort, field }: Column = COLUMNS[name];
    assert.ok(Object.hasOwn(JOB_SEARCH_FIELDS, field), name);
    const parsed = parseFilter(`sort:${sort}`, { now: new Date() });
    assert.ok(parsed.ok && parsed.value.query['orderBy'] === field, name);
  }
});

test('what was kept is shown, in the order of the list, without what is not known any more', () => {
  const kept = JSON.stringify({ columns: ['ended', 'gone', 'name'], density: 'compact' });
  assert.deepEqual(readListLook(kept), { columns: ['name', 'ended'], density: 'compact' });
  for (const broken of [null, '', 'null', '{"columns":[]}', '[1]', '{"columns":"name"}'])
    assert.deepEqual(readListLook(broken), { columns: DEFAULT_COLUMNS, density: 'comfortable' });
});

test('a column comes and goes at its place, and the last one stays', () => {
  const look = readListLook(JSON.stringify({ columns: ['status', 'app'] }));
  assert.deepEqual(toggleColumn(look, 'name').columns, ['status', 'name', 'app']);
  const one = toggleColumn(look, 'app');
  assert.deepEqual(toggleColumn(one, 'status').columns, ['status']);
});

test('a click on a heading orders by it, another one turns it round', () => {
  assert.deepEqual(nextOrder('created', {}), { key: 'created', descending: true });
  assert.deepEqual(nextOrder('created', { orderBy: 'created', order: 'DESC' }), {
    key: 'created',
    descending: false,
  });
  assert.deepEqual(nextOrder('name', { orderBy: 'created', order: 'DESC' }), {
    key: 'name',
    descending: false,
  });
});

test('columns share the width that is left over, and never become less than they need', () => {
  assert.deepEqual(layOutColumns(['status', 'name']), {
    tracks: '2.25rem 12.5rem minmax(11rem, 3fr)',
    width: '25.75rem',
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { termsOf } from './filter-edits.ts';
import { chipCountsQuery, conditionsOf, listQueryOf, pageQuery, renderQuery } from './list-query.ts';

const newest = '2026-03-01T12:00:00.000Z';

test('a list without an order is newest first, and its later pages leave out what came since', () => {
  const list = listQueryOf({ 'status.eq': 'FAILED' });
  assert.deepEqual(pageQuery(list, { offset: 0, newest: null }), {
    'status.eq': 'FAILED',
    orderBy: 'created',
    order: 'DESC',
    limit: '100',
  });
  assert.equal(pageQuery(list, { offset: 200, newest })['created.lte'], newest);
  assert.equal(pageQuery(list, { offset: 200, newest })['offset'], '200');
});

test('a bound of the user and another order are left as they are', () => {
  const bounded = listQueryOf({ 'created.lte': '2025-01-01' });
  assert.equal(pageQuery(bounded, { offset: 100, newest })['created.lte'], '2025-01-01');
  const byName = listQueryOf({ orderBy: 'name', order: 'ASC' });
  assert.equal(pageQuery(byName, { offset: 100, newest })['created.lte'], undefined);
});

test('the limit of a filter is that of the list, not of a page', () => {
  const list = listQueryOf({ limit: '150' });
  assert.equal(pageQuery(list, { offset: 0, newest: null })['limit'], '100');
  assert.equal(pageQuery(list, { offset: 100, newest })['limit'], '50');
});

test('counts are asked with the conditions alone, those of chips without the statuses', () => {
  assert.deepEqual(conditionsOf({ 'a.eq': '1', orderBy: 'x', order: 'ASC', limit: '5' }), { 'a.eq': '1' });
  const about = { now: new Date('2026-03-02T00:00:00Z'), username: 'ada' };
  assert.deepEqual(chipCountsQuery(termsOf('status:failed owner:me sort:name'), about), {
    'owner.eq': 'ada',
  });
});

test('an address keeps what can be read', () => {
  assert.equal(
    renderQuery({ 'name.like': '*a b*', 'created.gt': newest }),
    'name.like=*a+b*&created.gt=2026-03-01T12:00:00.000Z',
  );
});

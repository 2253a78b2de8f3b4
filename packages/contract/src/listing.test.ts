import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOrderField, listQuerySchema, presentationQuerySchema } from './listing.ts';
import { parseValues } from './parse-body.ts';

const page = (query: object) => {
  const result = parseValues(listQuerySchema, query);
  assert.ok(result.ok);
  return result.value;
};

test('limits are read leniently: not a number is the default, a negative one its absolute value, too many the most', () => {
  const samples = [
    [undefined, 100],
    ['', 100],
    ['ten', 100],
    ['-5', 5],
    ['251', 250],
    ['99999999999999999999', 100],
    ['10', 10],
  ];
  for (const [limit, expected] of samples) assert.equal(page({ limit }).limit, expected, String(limit));
  assert.equal(page({ offset: '-7' }).offset, 7);
  assert.equal(page({ offset: 'x' }).offset, 0);
  assert.equal(page({ limit: ['1', '2'] }).limit, 2);
});

test('the order has three spellings of each direction, in any case, and another name', () => {
  for (const order of ['asc', 'ASCEND', 'Ascending']) assert.equal(page({ order }).order, 'ASC');
  for (const sort of ['desc', 'DESCEND', 'Descending']) assert.equal(page({ sort }).order, 'DESC');
  assert.deepEqual(page({ sortBy: 'created' }), {
    limit: 100,
    offset: 0,
    order: undefined,
    orderBy: 'created',
  });
  const refused = parseValues(listQuerySchema, { order: 'up' });
  assert.deepEqual(refused, {
    ok: false,
    problems: [{ field: 'order', message: 'expected ASC or DESC, got "up" (string)' }],
  });
});

test('the field to order by is found in any case', () => {
  assert.equal(findOrderField('LASTUPDATED', ['created', 'lastUpdated']), 'lastUpdated');
  assert.equal(findOrderField('secret', ['created']), null);
});

test('only true is true for pretty and naked, and filters are lists of paths of any depth', () => {
  const read = (query: object) => {
    const result = parseValues(presentationQuerySchema, query);
    assert.ok(result.ok);
    return result.value;
  };
  assert.deepEqual(read({}), { pretty: false, naked: false, filter: null });
  assert.deepEqual(read({ pretty: 'TRUE', naked: '1' }), { pretty: true, naked: false, filter: null });
  assert.deepEqual(read({ filter: 'id, _links.self.href,' }).filter, [['id'], ['_links', 'self', 'href']]);
  assert.equal(read({ filter: 'id,*' }).filter, null);
});

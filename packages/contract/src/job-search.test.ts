import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJobSearch } from './job-search.ts';
import { findJobSearchField, JOB_SEARCH_FIELD_NAMES, JOB_SEARCH_FIELDS } from './job-search-fields.ts';
import { jobListQuerySchema } from './job-search-query.ts';
import { buildOpenApi } from './openapi.ts';
import { SEARCH_LIMITS } from './search-terms.ts';

const now = new Date('2026-03-10T12:00:00Z');

function termsOf(query: Record<string, unknown>, username?: string) {
  const parsed = parseJobSearch(query, { now, ...(username !== undefined && { username }) });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

test('a field without an operator means equal, names and operators count in any case', () => {
  assert.deepEqual(termsOf({ NAME: ' x ', 'AppID.Like': 'a*' }), [
    { field: 'name', parameter: 'NAME', type: 'text', operator: 'EQ', values: ['x'] },
    { field: 'appId', parameter: 'AppID.Like', type: 'text', operator: 'LIKE', values: ['a*'] },
  ]);
});

test('what is no field is left to others, and nothing that objects inherit is one', () => {
  const query = {
    limit: '1',
    orderBy: 'name',
    toString: '1',
    __proto__: '1',
    'constructor.eq': '1',
    '.eq': '1',
    '': '',
  };
  assert.deepEqual(termsOf(query), []);
});

test('repeated parameters are terms of their own', () => {
  assert.deepEqual(
    termsOf({ 'name.like': ['a*', '*b'] }).map((term) => term.type === 'text' && term.values),
    [['a*'], ['*b']],
  );
});

test('values become what the field holds', () => {
  const valueOf = (query: Record<string, string>) => {
    const [term] = termsOf(query);
    return term?.type === 'flag' ? term.value : term?.values;
  };
  assert.deepEqual(valueOf({ 'status.in': 'running, Failed' }), ['RUNNING', 'FAILED']);
  assert.equal(valueOf({ archive: 'True' }), true);
  assert.equal(valueOf({ archive: 'False' }), false);
  assert.deepEqual(valueOf({ memorypernode: '512MB' }), [0.5]);
  assert.deepEqual(valueOf({ 'maxruntime.gt': '100:00:01' }), [360_001]);
  assert.deepEqual(valueOf({ 'nodecount.between': '3' }), [3, 3]);
});

test('me is the caller as an owner, and nothing else', () => {
  const values = (query: Record<string, string>, username?: string) =>
    termsOf(query, username).map((term) => term.type === 'text' && term.values);
  assert.deepEqual(values({ 'owner.in': 'Me,bob' }, 'ada'), [['ada', 'bob']]);
  assert.deepEqual(values({ owner: 'me' }), [['me']]);
  assert.deepEqual(values({ name: 'me', 'owner.like': 'me' }, 'ada'), [['me'], ['me']]);
});

test('all problems are reported together, each under the parameter as it was written', () => {
  const parsed = parseJobSearch(
    { 'Status.Eq': 'nope', 'name.gt': '1', 'created.in': 'today', ok: '1' },
    { now },
  );
  assert.deepEqual(!parsed.ok && parsed.problems.map(({ field }) => field), [
    'Status.Eq',
    'name.gt',
    'created.in',
  ]);
});

test('names and aliases of fields do not collide with each other or with the parameters of listings', () => {
  const names = JOB_SEARCH_FIELD_NAMES.flatMap((name) => [name, ...JOB_SEARCH_FIELDS[name].aliases]);
  const lower = names.map((name) => name.toLowerCase());
  assert.equal(new Set(lower).size, lower.length);
  for (const other of [
    'limit',
    'offset',
    'order',
    'orderby',
    'sort',
    'sortby',
    'pretty',
    'naked',
    'filter',
    'saved',
    'wait',
    'since',
    'ids',
  ])
    assert.equal(findJobSearchField(other), null, other);
});

test('no query makes the parser fail, and values stay within their limits', () => {
  const key = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom(...JOB_SEARCH_FIELD_NAMES),
        fc.constantFrom('eq', 'in', 'rlike', 'between', 'on', 'lt', ''),
      )
      .map(([name, operator]) => `${name}.${operator}`),
  );
  const value = fc.oneof(
    fc.string(),
    fc.array(fc.string()),
    fc.constant(undefined),
    fc.double().map(String),
    fc.date().map(String),
  );
  fc.assert(
    fc.property(fc.dictionary(key, value), (query) => {
      const parsed = parseJobSearch(query, { now });
      if (!parsed.ok) return assert.ok(parsed.problems.every(({ message }) => message !== ''));
      assert.ok(parsed.value.length <= SEARCH_LIMITS.terms);
    }),
  );
});

test('the schema of listings keeps order and paging as they were and lets everything else pass', () => {
  const parsed = jobListQuerySchema.parse({
    limit: '-5',
    sort: 'asc',
    sortBy: 'name',
    'x.y': ['1', '2'],
    status: 'nope',
  });
  assert.deepEqual([parsed.limit, parsed.order, parsed.orderBy], [5, 'ASC', 'name']);
  assert.equal(jobListQuerySchema.safeParse({ order: 'sideways' }).success, false);
});

test('the document of the API names every field, and how operators are written', () => {
  const { paths } = buildOpenApi({ version: '1' }) as {
    paths: Record<string, { get: { parameters: { name?: string; description?: string }[] } }>;
  };
  const parameters = paths['/jobs/v2']?.get.parameters ?? [];
  for (const field of JOB_SEARCH_FIELD_NAMES) {
    const found = parameters.find(({ name }) => name === field);
    assert.match(found?.description ?? '', new RegExp(`${field}\\.OPERATOR.*neq`), field);
  }
  assert.match(JSON.stringify(parameters.find(({ name }) => name === 'search')), /patternProperties.*rlike/);
});

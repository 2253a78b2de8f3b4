import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP_SEARCH_FIELDS } from './app-search.ts';
import { buildOpenApi } from './openapi.ts';
import { findSearchField } from './search-fields.ts';
import { parseSearch } from './search-terms.ts';
import { SYSTEM_SEARCH_FIELDS } from './system-search.ts';

const context = { now: new Date('2026-03-10T12:00:00Z'), username: 'ada' };

const readSystems = (query: object) => parseSearch(SYSTEM_SEARCH_FIELDS, { ...query }, context);

test('names with dots are read as the longest field that they begin with, in any case', () => {
  const parsed = readSystems({ 'LOGIN.HOST': 'a', 'storage.homedir.like': '/home*', 'name.like': '*x*' });
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.value.map(({ field, operator }) => [field, operator]),
    [
      ['login.host', 'EQ'],
      ['storage.homeDir', 'LIKE'],
      ['name', 'LIKE'],
    ],
  );
});

test('a part of a name is no field, and an operator that a field does not take is refused', () => {
  assert.deepEqual(readSystems({ login: 'a', 'login.user.like': 'b', '.like': 'c', '': 'd' }), {
    ok: true,
    value: [],
  });
  const refused = readSystems({ 'storage.port.like': '2*', 'name.near': 'x', 'name.a.b': 'y' });
  assert.ok(!refused.ok);
  assert.deepEqual(
    refused.problems.map(({ field }) => field),
    ['storage.port.like', 'name.near', 'name.a.b'],
  );
});

test('what every object inherits is no field', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
    assert.equal(findSearchField(APP_SEARCH_FIELDS, name), null, name);
});

test("Python's booleans are read as such", () => {
  const parsed = parseSearch(APP_SEARCH_FIELDS, { public: 'True', 'available.eq': 'False' }, context);
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.value.map((term) => [term.field, term.type === 'flag' && term.value]),
    [
      ['isPublic', true],
      ['available', false],
    ],
  );
});

test('every listing that is searched documents its own fields with their operators', () => {
  const { paths } = buildOpenApi({ version: '1' }) as { paths: Record<string, { get?: object }> };
  for (const [path, sample] of [
    ['/apps/v2', 'executionSystem'],
    ['/systems/v2', 'login\\.host'],
    ['/jobs/v2', 'appId'],
  ] as const) {
    const text = JSON.stringify(paths[path]?.get);
    assert.ok(text.includes(JSON.stringify(sample).slice(1, -1)), `${path} does not document ${sample}`);
  }
});

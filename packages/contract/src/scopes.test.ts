import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBody } from './parse-body.ts';
import { OPERATION_IDS, routeOf } from './routes.ts';
import { holdsScope, neededScope, SCOPE_AREAS } from './scopes.ts';
import { tokenRequestSchema } from './tokens.ts';

test('every operation that asks who calls needs a scope, but for those about the session itself', () => {
  const free = OPERATION_IDS.filter(
    (id) => routeOf(id).access !== 'public' && neededScope(routeOf(id)) === null,
  );
  assert.deepEqual(free, ['showSession', 'deleteSession']);
});

test('every area is needed by an operation that reads and by one that writes, but for what is only read', () => {
  const needed = new Set(OPERATION_IDS.map((id) => neededScope(routeOf(id))));
  for (const area of SCOPE_AREAS) {
    assert.ok(needed.has(`${area}:read`), area);
    assert.equal(needed.has(`${area}:write`), area !== 'uuids', area);
  }
});

test('reading and writing follow from the method, and what reads by POST says so', () => {
  const scopeOf = (id: (typeof OPERATION_IDS)[number]) => neededScope(routeOf(id));
  assert.equal(scopeOf('listJobs'), 'jobs:read');
  assert.equal(scopeOf('streamEvents'), 'jobs:read');
  assert.equal(scopeOf('submitJob'), 'jobs:write');
  assert.equal(scopeOf('showJobStatuses'), 'jobs:read');
  assert.equal(scopeOf('previewNotification'), 'notifications:read');
  assert.equal(scopeOf('createToken'), 'tokens:write');
  assert.equal(scopeOf('grantTokens'), null);
});

test('to write includes to read, of the same area and of no other', () => {
  assert.ok(holdsScope(null, 'jobs:write'));
  assert.ok(holdsScope(['jobs:write'], 'jobs:read'));
  assert.ok(holdsScope(['apps:read', 'jobs:read'], 'jobs:read'));
  assert.ok(!holdsScope(['jobs:read'], 'jobs:write'));
  assert.ok(!holdsScope(['apps:write'], 'jobs:read'));
  assert.ok(!holdsScope([], 'jobs:read'));
});

test('scopes are read from a list or from one text, in any order and case', () => {
  const read = (scopes: unknown) => parseBody(tokenRequestSchema, { name: 'x', scopes });
  for (const given of [['jobs:write', 'apps:read', 'jobs:write'], 'Jobs:Write, apps:read'])
    assert.deepEqual(read(given), { ok: true, value: { name: 'x', scopes: ['apps:read', 'jobs:write'] } });
  for (const given of [[], ['jobs'], ['jobs:admin'], ['jobs:read', ''], [7], '*']) {
    const parsed = read(given);
    assert.ok(!parsed.ok, JSON.stringify(given));
    assert.match(parsed.problems[0]?.message ?? '', /expected a list of jobs:read/);
  }
});

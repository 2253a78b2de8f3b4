import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { Registry } from 'prom-client';
import { openDatabase } from '../../packages/server/src/database/connection.ts';
import { HANDLERS } from '../../packages/server/src/http/routes/handlers.ts';
import { createHttpServer } from '../../packages/server/src/http/server.ts';
import { openTestPool } from '../support/database.ts';
import { codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

let bed: HttpBed;
let isReady = true;
before(async () => {
  bed = await openHttpBed(() => ({
    isReady: () => Promise.resolve({ status: isReady ? 'ready' : 'unready', checks: { database: 'ok' } }),
  }));
});
after(() => bed.close());

test('an answer is the envelope with its keys in order, and its result', async () => {
  const { status, headers, text, json } = await bed.call('GET', '/profiles/v2/me', { as: 'ada' });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json; charset=UTF-8');
  assert.deepEqual(Object.keys(json), ['status', 'message', 'version', 'result']);
  assert.match(text, /^\{"status":"success","message":null,"version":"2\.4\.9-rtest","result":\{"uid":/);
});

test('a success without a payload has a message and no result', async () => {
  const made = await bed.call('POST', '/tokens/v2', { as: 'ada', body: { name: 'short-lived' } });
  const revoked = await bed.call('DELETE', `/tokens/v2/${made.json.result.id}`, { as: 'ada' });
  assert.equal(revoked.status, 200);
  assert.deepEqual(Object.keys(revoked.json), ['status', 'message', 'version']);
  assert.match(revoked.json.message, /revoked/);
});

test('pretty indents, naked leaves the envelope away, filter keeps the named fields', async () => {
  const pretty = await bed.call('GET', '/profiles/v2/me?pretty=TRUE');
  assert.match(pretty.text, /^\{\n {2}"status": "success",/);
  const naked = await bed.call('GET', '/profiles/v2/me?naked=true&filter=username,_links.self');
  assert.deepEqual(naked.json, {
    username: 'root',
    _links: { self: { href: 'https://api.example.org/profiles/v2/root' } },
  });
  const list = await bed.call('GET', '/profiles/v2?filter=username&limit=2&offset=1&pretty=no');
  assert.deepEqual(list.json.result, [{ username: 'bob' }, { username: 'eve' }]);
  const nothing = await bed.call('GET', '/profiles/v2?username=nobody');
  assert.deepEqual(nothing.json.result, []);
});

test('naked is empty when there is no result, but an error keeps its envelope', async () => {
  const made = await bed.call('POST', '/tokens/v2', { body: { name: 'x' } });
  const revoked = await bed.call('DELETE', `/tokens/v2/${made.json.result.id}?naked=true`);
  assert.deepEqual([revoked.status, revoked.text], [200, '']);
  const missing = await bed.call('GET', '/profiles/v2/nobody?naked=true&pretty=true');
  assert.equal(codeOf(missing), 'profile.not-found');
  assert.match(missing.text, /^\{\n/);
});

test('slashes at the end and in a row make no difference', async () => {
  for (const url of [
    '/profiles/v2/',
    '//profiles/v2',
    '/profiles//v2//',
    '/profiles/v2/me/',
    '//profiles/v2/me',
  ]) {
    assert.equal((await bed.call('GET', url)).status, 200, url);
  }
});

test('limits are read leniently, and an order that cannot be understood is refused', async () => {
  for (const query of ['limit=abc', 'limit=-1', 'offset=x', 'limit=1e9', 'limit=', 'limit=1&limit=2']) {
    assert.equal((await bed.call('GET', `/systems/v2?${query}`)).status, 200, query);
  }
  const bad = await bed.call('GET', '/systems/v2?order=sideways');
  assert.deepEqual([bad.status, codeOf(bad), bad.json.errors[0].field], [400, 'request.bad-query', 'order']);
  const unknown = await bed.call('GET', '/apps/v2?orderBy=colour');
  assert.deepEqual([unknown.status, codeOf(unknown)], [400, 'request.bad-query']);
  assert.equal((await bed.call('GET', '/apps/v2?sortBy=LASTMODIFIED&sort=descending')).status, 200);
});

test('every problem of a body is reported at once', async () => {
  const { status, json } = await bed.call('POST', '/profiles/v2', {
    body: { username: 'A B', email: 'x', password: '1' },
  });
  assert.equal(status, 400);
  assert.equal(json.code, 'request.invalid');
  assert.deepEqual(json.errors.map(({ field }: { field: string }) => field).toSorted(), [
    'email',
    'password',
    'username',
  ]);
  assert.match(json.message, /username: /);
  assert.equal('result' in json, false);
});

const BAD_BODIES: readonly (readonly [
  title: string,
  body: string,
  headers: Record<string, string>,
  code: string,
  status: number,
])[] = [
  ['no body', '', {}, 'request.invalid', 400],
  ['a list', '[]', {}, 'request.invalid', 400],
  ['null', 'null', {}, 'request.invalid', 400],
  ['half a document', '{"name":', {}, 'request.malformed', 400],
  ['__proto__', '{"__proto__":{"admin":true},"name":"x"}', {}, 'request.malformed', 400],
  ['a deep document', '{"a":'.repeat(2_000), {}, 'request.too-deep', 400],
  ['too many keys', `{${'"a":1,'.repeat(30_000)}"b":1}`, {}, 'request.malformed', 400],
  ['a number out of range', '{"name":"x","lifetimeSeconds":1e400}', {}, 'request.invalid', 400],
  ['more than the limit', `{"name":"${'x'.repeat(300_000)}"}`, {}, 'request.too-large', 413],
  ['another media type', 'name=x', { 'content-type': 'text/plain' }, 'request.unsupported-media-type', 400],
  [
    'a file upload',
    'x',
    { 'content-type': 'multipart/form-data; boundary=x' },
    'request.unsupported-media-type',
    400,
  ],
  ['a media type that is none', 'x', { 'content-type': ';;' }, 'request.unsupported-media-type', 400],
  ['compressed JSON', '\u001f\u008b{', { 'content-encoding': 'gzip' }, 'request.malformed', 400],
];

for (const [title, body, headers, code, status] of BAD_BODIES) {
  test(`a body that is ${title} is answered with ${status} ${code}`, async () => {
    const answer = await bed.call('POST', '/tokens/v2', { body, headers });
    assert.deepEqual([answer.status, codeOf(answer)], [status, code], answer.text);
  });
}

test('forms are read where the operation takes them, and only there', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const made = await bed.call('POST', '/tokens/v2', { body: 'name=from+a+form&lifetimeSeconds=60', headers });
  assert.deepEqual([made.status, made.json.result.name], [201, 'from a form']);
  const refused = await bed.call('POST', '/systems/v2', { body: 'id=x', headers });
  assert.equal(codeOf(refused), 'request.unsupported-media-type');
});

test('fields that only the service sets are ignored (T82)', async () => {
  const body = {
    name: 'mine',
    id: '1-2-3-004',
    owner: 'root',
    admin: true,
    created: '2000-01-01',
    token: 'arras_chosen',
    constructor: 'x',
    tenantId: 'other',
  };
  const { status, json } = await bed.call('POST', '/tokens/v2', { as: 'ada', body });
  assert.equal(status, 201);
  assert.equal(json.result.username, 'ada');
  assert.notEqual(json.result.id, '1-2-3-004');
  assert.match(json.result.token, /^arras_[0-9A-Za-z]{49}$/);
  assert.equal((await bed.call('GET', '/profiles/v2/ada')).json.result.admin, false);
});

test('an unknown address is 404, a known one with another method 405 with Allow', async () => {
  const unknown = await bed.call('GET', '/nothing/here', { as: null });
  assert.deepEqual([unknown.status, codeOf(unknown)], [404, 'route.not-found']);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD']) {
    const answer = await bed.call(method, '/profiles/v2', { as: null });
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers['allow'], 'GET, POST, OPTIONS');
  }
  const options = await bed.call('OPTIONS', '/profiles/v2/me', {
    as: null,
    headers: { origin: 'https://evil.example' },
  });
  assert.deepEqual([options.status, options.headers['allow']], [204, 'GET, POST, PUT, DELETE, OPTIONS']);
  assert.equal(options.headers['access-control-allow-origin'], undefined);
});

const BAD_PATHS = [
  '/profiles/v2/%00',
  '/profiles/v2/..%2fme',
  '/profiles/v2/%2e%2e%2f%2e%2e%2fetc',
  `/profiles/v2/${'x'.repeat(5_000)}`,
  '/systems/v2/%00',
  "/systems/v2/'%20or%201=1",
  '/systems/v2/a%0ab',
  '/apps/v2/%F0%9F%92%A9',
  '/apps/v2/__proto__',
  '/jobs/v2/1',
  '/jobs/v2/..%2f..%2fprofiles',
  '/tokens/v2/me',
];

for (const url of BAD_PATHS) {
  test(`${url.slice(0, 40)} is not found, whatever it may mean`, async () => {
    const answer = await bed.call(url.startsWith('/tokens') ? 'DELETE' : 'GET', url);
    assert.equal(answer.status, 404, answer.text);
    assert.match(codeOf(answer), /\.not-found$/);
  });
}

test('an address that is not UTF-8 and a query with NUL are refused', async () => {
  assert.equal((await bed.call('GET', '/profiles/v2/%c0%af')).status, 400);
  assert.equal((await bed.call('GET', '/profiles/v2/%')).status, 400);
  const nul = await bed.call('GET', '/profiles/v2?email=a%00b');
  assert.deepEqual([nul.status, codeOf(nul)], [400, 'request.bad-query']);
});

test('every answer forbids what a browser could do with it', async () => {
  for (const url of ['/profiles/v2/me', '/nothing', '/health/live', '/profiles/v2/%c0%af']) {
    const { headers } = await bed.call('GET', url);
    assert.equal(headers['x-content-type-options'], 'nosniff', url);
    assert.equal(headers['cache-control'], 'no-store', url);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/, url);
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/, url);
    assert.equal(headers['access-control-allow-origin'], undefined, url);
  }
});

test('the service tells whether it lives and works, without an envelope', async () => {
  assert.deepEqual((await bed.call('GET', '/health/live', { as: null })).json, { status: 'live' });
  assert.equal((await bed.call('GET', '/health/ready', { as: null })).status, 200);
  isReady = false;
  const unready = await bed.call('GET', '/health/ready', { as: null });
  isReady = true;
  assert.deepEqual([unready.status, unready.json.status], [503, 'unready']);
});

test('metrics are by operation, and the API describes itself', async () => {
  await bed.call('GET', '/profiles/v2/ada');
  const metrics = await bed.call('GET', '/metrics', { as: null });
  assert.match(String(metrics.headers['content-type']), /^text\/plain/);
  assert.match(
    metrics.text,
    /arras_http_request_duration_seconds_count\{operation="showProfile",method="GET",status="200"\}/,
  );
  assert.match(metrics.text, /process_cpu_user_seconds_total/);
  assert.doesNotMatch(metrics.text, /profiles\/v2\/ada/);
  assert.equal((await bed.call('GET', '/openapi.json', { as: null })).json.openapi, '3.1.0');
});

test('an unexpected error tells its number and nothing else, and is logged once', async () => {
  await sql`alter table apps rename to apps_away`.execute(bed.db);
  const failed = await bed.call('GET', '/apps/v2');
  await sql`alter table apps_away rename to apps`.execute(bed.db);
  assert.deepEqual([failed.status, codeOf(failed)], [500, 'internal.error']);
  assert.doesNotMatch(failed.text, /relation|apps/);
  const lines = bed.logged.filter(
    (line) => line['requestId'] === failed.json.requestId && line['level'] === 50,
  );
  assert.equal(lines.length, 1);
});

test('a token in the address is refused and never logged', async () => {
  const { ada } = bed.tokens;
  for (const name of ['token', 'access_token', 'authorization']) {
    assert.equal((await bed.call('GET', `/profiles/v2/me?${name}=${ada}`, { as: null })).status, 401);
  }
  assert.equal(JSON.stringify(bed.logged).includes(ada), false);
});

test('while the database is away callers are told when to come back, and nothing of it leaks', async () => {
  const pool = openTestPool('postgresql://someone:pass-word@127.0.0.1:1/arras');
  const context = { ...bed.context, db: openDatabase(pool), metrics: new Registry() };
  const server = createHttpServer(context, HANDLERS);
  const headers = { authorization: `Bearer ${bed.tokens.ada}` };
  const answer = await server.inject({ method: 'GET', url: '/apps/v2', headers });
  await server.close();
  await pool.end();
  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '5']);
  assert.equal(answer.json().code, 'database.unavailable');
  assert.doesNotMatch(answer.payload, /127\.0\.0\.1|pass-word|ECONN/);
});

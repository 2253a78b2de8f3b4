import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPasswordCheck } from '../../packages/server/src/auth/check-password.ts';
import { hashToken } from '../../packages/server/src/auth/token.ts';
import { insertToken, revokeAnyToken } from '../../packages/server/src/database/tokens.ts';
import { createRateLimit } from '../../packages/server/src/http/rate-limit.ts';
import { ChannelClient } from '../support/channel-client.ts';
import { type BedAnswer, type BedCall, type BedMethod, codeOf, openHttpBed } from '../support/http-bed.ts';
import { SseClient } from '../support/sse-client.ts';
import { openStreamBed, type StreamBed } from '../support/stream-bed.ts';

const PASSWORD = 'correct horse: battery €';
/** The bed's public address. */
const OWN = 'https://api.example.org';

let streams: StreamBed;
before(async () => {
  streams = await openStreamBed();
  const body = { username: 'grace', email: 'grace@example.org', password: PASSWORD };
  assert.equal((await call('POST', '/profiles/v2', { as: 'root', body })).status, 201);
});
after(() => streams?.close());

/** Without a token unless one is named. */
function call(method: BedMethod, url: string, more: BedCall = {}): Promise<BedAnswer> {
  return streams.bed.call(method, url, { as: null, ...more });
}

interface Browser {
  readonly cookie: string;
  readonly attributes: string;
  /** As a page of the service calls. */
  page(method: BedMethod, url: string, more?: BedCall): Promise<BedAnswer>;
}

function browserOf(answer: BedAnswer): Browser {
  assert.equal(answer.status, 201, answer.text);
  const [cookie = '', ...attributes] = String(answer.headers['set-cookie']).split('; ');
  const page: Browser['page'] = (method, url, more = {}) =>
    call(method, url, { ...more, headers: { cookie, origin: OWN, ...more.headers } });
  return { cookie, attributes: attributes.join('; '), page };
}

const signIn = (body: object = { username: 'grace', password: PASSWORD }, headers = {}) =>
  call('POST', '/sessions/v2', { body, headers });

test('people are told how they can sign in', async () => {
  const ways = await call('GET', '/sessions/v2/ways');
  assert.deepEqual(ways.json.result, { password: true, token: true, device: true, oidc: null });
  for (const path of ['', '/callback']) {
    const nowhere = await call('GET', `/sessions/v2/oidc${path}`);
    assert.deepEqual([nowhere.status, codeOf(nowhere)], [404, 'session.no-provider']);
  }
});

test('a password begins a session, which the browser proves with a cookie and can end', async () => {
  const answer = await signIn();
  const { username, isAdmin, expires, scopes } = answer.json.result;
  assert.deepEqual({ username, isAdmin, scopes }, { username: 'grace', isAdmin: false, scopes: null });
  assert.ok(Date.parse(expires) > Date.now());
  const browser = browserOf(answer);
  assert.match(browser.cookie, /^__Host-arras_session=arras_\w{49}$/);
  assert.match(browser.attributes, /^Max-Age=3(600|599); Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  assert.doesNotMatch(answer.text, /arras_\w{49}/);
  assert.deepEqual((await browser.page('GET', '/sessions/v2/current')).json.result, answer.json.result);
  const listed = (await browser.page('GET', '/tokens/v2')).json.result;
  assert.deepEqual(
    listed.map(({ name, kind }: { name: string; kind: string }) => [name, kind]),
    [['browser', 'session']],
  );
  const end = await browser.page('DELETE', '/sessions/v2/current');
  assert.equal(end.status, 200);
  assert.match(String(end.headers['set-cookie']), /^__Host-arras_session=; Max-Age=0;/);
  assert.equal(codeOf(await browser.page('GET', '/sessions/v2/current')), 'auth.revoked');
});

test('only sessions of oneself that have not ended are listed among the tokens', async () => {
  const kept = browserOf(await signIn());
  const ended = browserOf(await signIn());
  await ended.page('DELETE', '/sessions/v2/current');
  const list = async (caller: Promise<BedAnswer>) =>
    (await caller).json.result as readonly { readonly id: string; readonly username: string }[];
  const own = await list(kept.page('GET', '/tokens/v2'));
  assert.deepEqual(
    own.map(({ username }) => username),
    ['grace'],
  );
  const others = await list(call('GET', '/tokens/v2', { as: 'ada' }));
  assert.ok(others.every(({ username }) => username === 'ada'));
  await kept.page('DELETE', '/sessions/v2/current');
});

test('wrong passwords look alike for users that exist and for others', async () => {
  for (const [username, password] of [
    ['grace', 'wrong'],
    ['nobody', 'wrong'],
    ['ada', 'has none'],
  ]) {
    const answer = await signIn({ username, password });
    assert.deepEqual([answer.status, codeOf(answer)], [401, 'auth.wrong-password']);
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  for (const body of [{}, { username: 'grace' }, { username: 'grace', password: 'x', token: 'y' }])
    assert.equal(codeOf(await signIn(body)), 'request.invalid', JSON.stringify(body));
});

test('a session of a token may do what the token may, and ends with it', async () => {
  const id = streams.bed.context.newId('token');
  await insertToken(
    streams.bed.db,
    { id, token_hash: hashToken('limited'), username: 'ada', name: 'x', scopes: ['jobs:read'] },
    { lifetimeSeconds: 60, endsBy: null },
  );
  const answer = await signIn({ token: 'limited' });
  assert.deepEqual(answer.json.result.scopes, ['jobs:read']);
  assert.ok(Date.parse(answer.json.result.expires) <= Date.now() + 60_000);
  const browser = browserOf(answer);
  assert.equal((await browser.page('GET', '/jobs/v2')).status, 200);
  assert.equal(codeOf(await browser.page('GET', '/apps/v2')), 'access.scope-missing');
  await revokeAnyToken(streams.bed.db, id);
  streams.bed.context.auth.forget();
  assert.equal(codeOf(await browser.page('GET', '/jobs/v2')), 'auth.revoked');
  assert.equal(codeOf(await signIn({ token: 'limited' })), 'auth.revoked');
  assert.equal(codeOf(await signIn({ token: 'never\r\nissued' })), 'auth.invalid');
});

test('a session cannot begin another one, which would outlive it', async () => {
  const { cookie } = browserOf(await signIn());
  assert.equal(codeOf(await signIn({ token: cookie.split('=')[1] })), 'auth.invalid');
});

test('a session is always a new one, whatever the browser brings', async () => {
  const planted = browserOf(await signIn());
  const own = browserOf(await signIn(undefined, { cookie: planted.cookie }));
  assert.notEqual(own.cookie, planted.cookie);
  const twice = `${planted.cookie}; ${own.cookie}`;
  assert.equal(codeOf(await call('GET', '/jobs/v2', { headers: { cookie: twice } })), 'auth.missing');
  const plain = own.cookie.replace('__Host-', '');
  assert.equal(codeOf(await call('GET', '/jobs/v2', { headers: { cookie: plain } })), 'auth.missing');
});

test('pages of other origins can neither sign anybody in nor use a session', async () => {
  const foreign = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
  ];
  const { cookie } = browserOf(await signIn());
  for (const headers of foreign) {
    assert.equal(codeOf(await signIn(undefined, headers)), 'access.foreign-origin');
    const answers = await Promise.all([
      call('POST', '/tokens/v2', { body: { name: 'stolen' }, headers: { cookie, ...headers } }),
      call('DELETE', '/sessions/v2/current', { headers: { cookie, ...headers } }),
      call('GET', '/jobs/v2', { headers: { cookie, ...headers } }),
      call('GET', '/jobs/v2/events', { headers: { cookie, ...headers } }),
    ]);
    for (const answer of answers)
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'access.foreign-origin']);
  }
  const silent = await call('POST', '/tokens/v2', { body: { name: 'stolen' }, headers: { cookie } });
  assert.equal(codeOf(silent), 'access.foreign-origin');
  assert.equal((await call('GET', '/jobs/v2', { headers: { cookie } })).status, 200);
});

test('a token in the header wins over the cookie, from whatever page', async () => {
  const { cookie } = browserOf(await signIn());
  const headers = { cookie, origin: 'https://evil.example' };
  const answer = await call('GET', '/sessions/v2/current', { as: 'ada', headers });
  assert.equal(answer.json.result.username, 'ada');
  assert.equal(codeOf(await call('GET', '/jobs/v2', { token: 'unknown', headers })), 'auth.invalid');
  const asCookie = { cookie: `__Host-arras_session=${streams.bed.tokens.ada}` };
  assert.equal(codeOf(await call('GET', '/jobs/v2', { headers: asCookie })), 'auth.invalid');
});

test('streams and WebSockets take the cookie from our own pages, and end with the session', async () => {
  const browser = browserOf(await signIn());
  const headers = { cookie: browser.cookie, origin: OWN };
  const stream = await SseClient.open({ url: `${streams.url}/jobs/v2/events`, token: null, headers });
  assert.equal(stream.status, 200);
  const channels = await ChannelClient.open({ url: streams.url, headers });
  channels.send({ type: 'subscribe', channel: '/agave.prod/grace' });
  await channels.received('subscribed', 1);
  const foreign = { ...headers, origin: 'https://evil.example' };
  const elsewhere = await SseClient.open({
    url: `${streams.url}/jobs/v2/events`,
    token: null,
    headers: foreign,
  });
  assert.equal(elsewhere.status, 403);
  assert.equal((await ChannelClient.refused({ url: streams.url, headers: foreign })).status, 403);
  const silent = await ChannelClient.refused({ url: streams.url, headers: { cookie: browser.cookie } });
  assert.equal(silent.status, 403);
  assert.equal((await browser.page('DELETE', '/sessions/v2/current')).status, 200);
  await stream.closed();
  assert.equal((await channels.whenClosed()).code, 1008);
});

test('passwords are tried so many times and no more', async () => {
  const bed = await openHttpBed(({ db, randomBytes }) => {
    const limit = createRateLimit({ burst: 2, perMinute: 1, nowMs: () => 0 });
    return { checkPassword: createPasswordCheck({ db, limit, addressLimit: limit, randomBytes }) };
  });
  try {
    const attempt = () =>
      bed.call('POST', '/sessions/v2', { as: null, body: { username: 'ada', password: 'guess' } });
    assert.equal((await attempt()).status, 401);
    assert.equal((await attempt()).status, 401);
    const limited = await attempt();
    assert.deepEqual([limited.status, codeOf(limited)], [429, 'rate.limited']);
  } finally {
    await bed.close();
  }
});

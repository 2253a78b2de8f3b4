import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPasswordCheck } from '../../packages/server/src/auth/check-password.ts';
import { forgetOldGrants } from '../../packages/server/src/database/clients.ts';
import { createRateLimit } from '../../packages/server/src/http/rate-limit.ts';
import { type BedAnswer, type BedMethod, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

const PASSWORD = 'correct horse: battery €';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  for (const [username, more] of [
    ['grace', {}],
    ['boss', { admin: true }],
  ] as const) {
    const body = { username, email: `${username}@example.org`, password: PASSWORD, ...more };
    const made = await bed.call('POST', '/profiles/v2', { body });
    assert.equal(made.status, 201, made.text);
  }
});
after(() => bed?.close());

const basic = (name: string, secret: string) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

function asGrace(method: BedMethod, url: string, body?: unknown): Promise<BedAnswer> {
  return bed.call(method, url, {
    as: null,
    headers: { authorization: basic('grace', PASSWORD) },
    ...(body !== undefined && { body }),
  });
}

interface Client {
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

async function register(clientName: string): Promise<Client> {
  const made = await asGrace('POST', '/clients/v2/', { clientName, description: 'a notebook' });
  assert.equal(made.status, 201, made.text);
  return made.json.result;
}

/** As the clients send it: a form. */
function ask(client: Client | null, fields: Record<string, string>): Promise<BedAnswer> {
  return bed.call('POST', '/token', {
    as: null,
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client !== null && { authorization: basic(client.consumerKey, client.consumerSecret) }),
    },
  });
}

const byPassword = (client: Client, more = {}) =>
  ask(client, {
    grant_type: 'password',
    username: 'grace',
    password: PASSWORD,
    scope: 'PRODUCTION',
    ...more,
  });

async function whoIs(token: string): Promise<unknown> {
  const me = await bed.call('GET', '/profiles/v2/me', { token });
  return me.status === 200 ? me.json.result.username : codeOf(me);
}

test('a client is registered as the command line of the original does, and named again', async () => {
  const fqdn = '_cli-arras-grace-host.example.org';
  assert.equal((await asGrace('DELETE', `/clients/v2/${fqdn}`)).status, 404);
  const made = await asGrace('POST', '/clients/v2/', { clientName: fqdn, description: 'x' });
  assert.equal(made.status, 201);
  const { consumerKey, consumerSecret, ...shown } = made.json.result;
  assert.match(consumerKey, /^[0-9a-f]{28}$/);
  assert.match(consumerSecret, /^arras_/);
  assert.equal(shown.name, fqdn);
  assert.equal(shown.tier, 'Unlimited');
  const again = await asGrace('GET', `/clients/v2/${fqdn}`);
  assert.deepEqual(again.json.result, { consumerKey, ...shown });
  assert.equal(codeOf(await asGrace('POST', '/clients/v2', { clientName: fqdn })), 'client.exists');
  assert.ok((await asGrace('GET', '/clients/v2/')).text.includes(fqdn));
  assert.equal((await asGrace('GET', `/clients/v2/${fqdn}/subscriptions`)).json.result.length, 6);
  assert.equal((await asGrace('DELETE', `/clients/v2/${fqdn}`)).status, 200);
  assert.equal(codeOf(await asGrace('GET', `/clients/v2/${fqdn}`)), 'client.not-found');
});

test('a form without a slash does as well, and what is wrong with a client is named', async () => {
  const form = await bed.call('POST', '/clients/v2', {
    as: null,
    body: 'clientName=from-form&description=&tier=Unlimited&callbackUrl=',
    headers: {
      authorization: basic('grace', PASSWORD),
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  assert.equal(form.status, 201, form.text);
  assert.equal(form.json.result.description, null);
  const bad = await asGrace('POST', '/clients/v2', { clientName: 'two words' });
  assert.equal(bad.status, 400);
  assert.equal(bad.json.errors[0].field, 'clientName');
});

test('clients are managed with the right password only', async () => {
  const call = (authorization?: string) =>
    bed.call('GET', '/clients/v2', {
      as: null,
      headers: authorization === undefined ? {} : { authorization },
    });
  assert.equal(codeOf(await call()), 'auth.missing');
  assert.equal(codeOf(await call(`Bearer ${bed.tokens.root}`)), 'auth.missing');
  assert.equal(codeOf(await call(basic('grace', 'wrong'))), 'auth.wrong-password');
  assert.equal(codeOf(await call(basic('nobody', PASSWORD))), 'auth.wrong-password');
  const wrong = await call(basic('grace', ''));
  assert.equal(wrong.status, 401);
  assert.equal(wrong.json.fault, undefined, 'no reason to refresh a token');
});

test('tokens are granted for a password, bare and without an envelope', async () => {
  const client = await register('by-password');
  const granted = await byPassword(client);
  assert.equal(granted.status, 200, granted.text);
  const { access_token, refresh_token, ...rest } = granted.json;
  assert.deepEqual(rest, { expires_in: 14_400, token_type: 'bearer', scope: 'PRODUCTION' });
  assert.equal(await whoIs(access_token), 'grace');
  assert.equal(await whoIs(refresh_token), 'auth.invalid', 'a refresh token is no access token');
  assert.equal(granted.headers['cache-control'], 'no-store');
});

test('a refresh token works again and again, by several at once', async () => {
  const client = await register('refreshing');
  const { refresh_token } = (await byPassword(client)).json;
  const refresh = () => ask(client, { grant_type: 'refresh_token', refresh_token, scope: 'PRODUCTION' });
  const answers = await Promise.all(Array.from({ length: 20 }, refresh));
  const tokens = answers.map(({ json }) => json.access_token);
  assert.equal(new Set(tokens).size, 20);
  for (const token of tokens) assert.equal(await whoIs(token), 'grace');
  assert.ok(answers.every(({ json }) => json.refresh_token === refresh_token));
  assert.equal((await refresh()).status, 200);
});

test('a refresh token counts for its own client, until it ends', async () => {
  const [client, other] = [await register('own'), await register('other')];
  const { refresh_token } = (await byPassword(client)).json;
  const wrong = await ask(other, { grant_type: 'refresh_token', refresh_token });
  assert.deepEqual([wrong.status, wrong.json.error], [400, 'invalid_grant']);
  const thief = await ask(
    { ...client, consumerSecret: 'guess' },
    { grant_type: 'refresh_token', refresh_token },
  );
  assert.deepEqual([thief.status, thief.json.error], [401, 'invalid_client']);
  await bed.database.pool.query("update refresh_tokens set expires_at = now() + interval '3 days'");
  assert.equal((await ask(client, { grant_type: 'refresh_token', refresh_token })).status, 200);
  const { rows } = await bed.database.pool.query(
    "select 1 from refresh_tokens where consumer_key = $1 and expires_at > now() + interval '29 days'",
    [client.consumerKey],
  );
  assert.equal(rows.length, 1, 'its use moves its end');
  await bed.database.pool.query("update refresh_tokens set expires_at = now() - interval '1 s'");
  const late = await ask(client, { grant_type: 'refresh_token', refresh_token });
  assert.equal(late.json.error, 'invalid_grant');
});

test('wrong passwords are answered with 400, as existing clients expect', async () => {
  const client = await register('wrongs');
  const wrong = await byPassword(client, { password: 'wrong' });
  assert.equal(wrong.status, 400);
  assert.equal(wrong.json.error, 'invalid_grant');
  assert.equal((await byPassword(client, { username: 'nobody' })).text, wrong.text);
  assert.equal(
    (await ask(client, { grant_type: 'password', username: 'grace' })).json.error,
    'invalid_request',
  );
  assert.equal((await ask(client, { grant_type: 'magic' })).json.error, 'unsupported_grant_type');
  assert.equal((await ask(client, {})).json.error, 'invalid_request');
  const anonymous = await ask(null, { grant_type: 'password', username: 'grace', password: PASSWORD });
  assert.equal(anonymous.status, 401);
  assert.match(String(anonymous.headers['www-authenticate']), /^Basic/);
});

test('the client may be named in the form, and may act for its owner', async () => {
  const { consumerKey, consumerSecret } = await register('in-form');
  const named = { client_id: consumerKey, client_secret: consumerSecret };
  const granted = await ask(null, { grant_type: 'client_credentials', ...named });
  assert.equal(granted.status, 200, granted.text);
  assert.equal(granted.json.refresh_token, undefined);
  assert.equal(await whoIs(granted.json.access_token), 'grace');
});

test('an administrator gets tokens for others, and nobody else does', async () => {
  const client = await register('for-others');
  const fields = { grant_type: 'admin_password', token_username: 'grace', password: PASSWORD };
  const granted = await ask(client, { ...fields, username: 'boss' });
  assert.equal(granted.status, 200, granted.text);
  assert.equal(await whoIs(granted.json.access_token), 'grace');
  assert.equal((await ask(client, { ...fields, username: 'grace' })).json.error, 'unauthorized_client');
  const nobody = await ask(client, { ...fields, username: 'boss', token_username: 'nobody' });
  assert.equal(nobody.json.error, 'invalid_grant');
});

test('the tokens of a deleted client end with it, and ended ones are forgotten', async () => {
  const client = await register('short-lived');
  const { access_token, refresh_token } = (await byPassword(client)).json;
  assert.equal(await whoIs(access_token), 'grace');
  await asGrace('DELETE', '/clients/v2/short-lived');
  assert.equal(await whoIs(access_token), 'auth.invalid');
  assert.equal((await ask(client, { grant_type: 'refresh_token', refresh_token })).status, 401);
  const kept = await register('kept');
  const granted = (await byPassword(kept)).json;
  const { pool } = bed.database;
  await pool.query("update tokens set expires_at = now() - interval '2 s' where consumer_key = $1", [
    kept.consumerKey,
  ]);
  bed.context.auth.forget();
  const expired = await bed.call('GET', '/profiles/v2/me', { token: granted.access_token });
  assert.equal(expired.json.fault.code, 900904, 'which makes existing clients refresh it');
  await forgetOldGrants(bed.db);
  assert.equal(await whoIs(granted.access_token), 'auth.expired', 'not yet');
  await pool.query("update tokens set expires_at = now() - interval '2 days' where consumer_key = $1", [
    kept.consumerKey,
  ]);
  await forgetOldGrants(bed.db);
  bed.context.auth.forget();
  assert.equal(await whoIs(granted.access_token), 'auth.invalid');
});

test('who guesses passwords is slowed down, from one place and for one name', async () => {
  const limit = createRateLimit({ burst: 3, perMinute: 1, nowMs: () => 0 });
  const { db, randomBytes } = bed.context;
  const addressLimit = createRateLimit({ burst: 5, perMinute: 1, nowMs: () => 0 });
  const check = createPasswordCheck({ db, limit, addressLimit, randomBytes });
  const kinds = [];
  for (let n = 0; n < 4; n++) {
    kinds.push((await check({ username: 'grace', password: `guess ${n}`, address: '192.0.2.1' })).kind);
  }
  assert.deepEqual(kinds, ['wrong', 'wrong', 'wrong', 'limited']);
  for (const [username, expected] of [
    ['ada', 'wrong'],
    ['bob', 'wrong'],
    ['eve', 'limited'],
  ] as const) {
    const { kind } = await check({ username, password: 'guess', address: '192.0.2.1' });
    assert.equal(kind, expected, 'also one who goes through the names of users');
  }
  const elsewhere = await check({ username: 'grace', password: PASSWORD, address: '192.0.2.2' });
  assert.equal(elsewhere.kind, 'right');
});

test('the tenant is told to everybody, with an address that ends in a slash', async () => {
  for (const url of ['/tenants', '/tenants/', '/tenants/v2', '//tenants/v2/']) {
    const [tenant] = (await bed.call('GET', url, { as: null })).json.result;
    assert.equal(tenant.baseUrl, `${bed.context.publicUrl()}/`, url);
    assert.equal(tenant.code, bed.context.tenant);
  }
});

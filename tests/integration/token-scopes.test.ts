import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  neededScope,
  OPERATION_IDS,
  type OperationId,
  routeOf,
  SCOPES,
  type Scope,
} from '../../packages/contract/src/index.ts';
import { hashToken, makeToken } from '../../packages/server/src/auth/token.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { ChannelClient } from '../support/channel-client.ts';
import { eventually } from '../support/eventually.ts';
import { type BedAnswer, codeOf } from '../support/http-bed.ts';
import { openStreamBed, type StreamBed } from '../support/stream-bed.ts';

let streams: StreamBed;
before(async () => {
  streams = await openStreamBed();
});
after(() => streams?.close());

/** A token of a user with some scopes. */
async function tokenWith(scopes: readonly Scope[], username = 'root'): Promise<string> {
  const { db, context } = streams.bed;
  const token = makeToken(randomBytes(32));
  const row = { id: context.newId('token'), token_hash: hashToken(token), username, name: 'limited', scopes };
  await insertToken(db, row);
  return token;
}

/** Every address of an operation, with parameters that name nothing. */
function addressesOf(id: OperationId): readonly string[] {
  const { path, aliases = [] } = routeOf(id);
  // A stream of everything would not end.
  const query = id === 'streamEvents' ? '?ids=nothing' : '';
  return [path, ...aliases].map((address) => `${address.replaceAll(/\{\w+\}/g, 'nothing')}${query}`);
}

function callAll(id: OperationId, token: string): Promise<readonly BedAnswer[]> {
  const { method, body, head } = routeOf(id);
  const more = body === undefined ? { token } : { token, body: {} };
  return Promise.all(
    addressesOf(id).flatMap((address) => [
      streams.bed.call(method, address, more),
      ...(head === true ? [streams.bed.call('HEAD', address, more)] : []),
    ]),
  );
}

const LIMITED = OPERATION_IDS.flatMap((id) => {
  const needed = neededScope(routeOf(id));
  return needed === null ? [] : [{ id, needed }];
});

test('no operation takes a token that has every scope but the one that it needs', async () => {
  assert.ok(LIMITED.length > 80);
  const tokens = new Map<Scope, string>();
  for (const needed of SCOPES) {
    // To write includes to read.
    const others = SCOPES.filter((scope) => scope !== needed && scope !== needed.replace(':read', ':write'));
    tokens.set(needed, await tokenWith(others));
  }
  for (const { id, needed } of LIMITED) {
    for (const answer of await callAll(id, tokens.get(needed) ?? '')) {
      assert.equal(answer.status, 403, id);
      if (answer.json === null) continue;
      assert.equal(codeOf(answer), 'access.scope-missing', id);
      assert.ok(answer.json.message.includes(`needs the scope ${needed},`), answer.json.message);
    }
  }
});

test('every operation takes a token that has the one scope that it needs, and one that may write too', async () => {
  const tokens = new Map<Scope, string>();
  for (const scope of SCOPES) tokens.set(scope, await tokenWith([scope]));
  for (const { id, needed } of LIMITED) {
    for (const scope of new Set([needed, needed.replace(/read$/, 'write') as Scope])) {
      for (const answer of await callAll(id, tokens.get(scope) ?? '')) {
        assert.notEqual(answer.json?.code, 'access.scope-missing', id);
        assert.ok(![401, 403].includes(answer.status) || answer.json?.code !== 'auth.invalid', id);
      }
    }
  }
});

test('a token without scopes may do what its user may, and a limited one knows itself', async () => {
  const { bed } = streams;
  assert.equal((await bed.call('GET', '/sessions/v2/current', { as: 'ada' })).json.result.scopes, null);
  const token = await tokenWith(['jobs:read'], 'ada');
  const current = (await bed.call('GET', '/sessions/v2/current', { token })).json.result;
  assert.deepEqual([current.username, current.scopes], ['ada', ['jobs:read']]);
  assert.equal((await bed.call('DELETE', '/sessions/v2/current', { token })).status, 200);
  assert.equal(codeOf(await bed.call('GET', '/jobs/v2', { token })), 'auth.revoked');
});

test('WebSockets need the scope of streams, however the token comes', async () => {
  const good = await tokenWith(['jobs:read'], 'ada');
  const bad = await tokenWith(['apps:write', 'files:read'], 'ada');
  const { url } = streams;
  const refused = await ChannelClient.refused({ url, token: bad });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /access\.scope-missing/);
  const client = await ChannelClient.open({ url });
  client.send({ type: 'authenticate', token: bad });
  const { code, reason } = await client.whenClosed();
  assert.deepEqual([code, reason], [1008, 'access.scope-missing']);
  const accepted = await ChannelClient.open({ url, token: good });
  accepted.send({ type: 'subscribe', channel: '/agave.prod/ada' });
  await accepted.received('subscribed', 1);
  accepted.socket.terminate();
});

const make = (token: string, body: object) => streams.bed.call('POST', '/tokens/v2', { token, body });

test('a token gives no more than it has, and the same where nothing is asked for', async () => {
  const parent = await tokenWith(['jobs:write', 'tokens:write'], 'ada');
  const same = await make(parent, { name: 'same' });
  assert.deepEqual(same.json.result.scopes, ['jobs:write', 'tokens:write']);
  const less = await make(parent, { name: 'less', scopes: ['jobs:read'], description: 'for a notebook' });
  assert.deepEqual(less.json.result.scopes, ['jobs:read']);
  assert.equal(less.json.result.description, 'for a notebook');
  const more = await make(parent, { name: 'more', scopes: ['jobs:read', 'apps:read'] });
  assert.deepEqual([more.status, codeOf(more)], [403, 'access.scope-missing']);
  assert.match(more.json.message, /lacks the scope apps:read/);
  const odd = await make(parent, { name: 'odd', scopes: ['jobs:*'] });
  assert.deepEqual([odd.status, odd.json.errors[0].field], [400, 'scopes']);
  const child = less.json.result.token;
  assert.equal(codeOf(await make(child, { name: 'grandchild' })), 'access.scope-missing');
});

test('a token makes none that outlives it', async () => {
  const { bed } = streams;
  const parent = await bed.call('POST', '/tokens/v2', {
    as: 'ada',
    body: { name: 'day', lifetimeSeconds: 3600 },
  });
  const { token, expires } = parent.json.result;
  const same = await make(token, { name: 'same' });
  assert.equal(same.json.result.expires, expires);
  const shorter = await make(token, { name: 'shorter', lifetimeSeconds: 60 });
  assert.ok(Date.parse(shorter.json.result.expires) < Date.parse(expires));
  const longer = await make(token, { name: 'longer', lifetimeSeconds: 7200 });
  assert.deepEqual([longer.status, longer.json.errors[0].field], [400, 'lifetimeSeconds']);
});

test('who signed in with a password makes lasting tokens, and who did with a token is bound by that', async () => {
  const { bed } = streams;
  const grace = { username: 'grace', email: 'grace@example.org', password: 'correct horse battery' };
  await bed.call('POST', '/profiles/v2', { body: grace });
  const { username, password } = grace;
  const origin = 'https://api.example.org';
  const signIn = async (body: object) => {
    const answer = await bed.call('POST', '/sessions/v2', { as: null, body });
    return String(answer.headers['set-cookie']).split(';')[0] ?? '';
  };
  const makeBy = (cookie: string, body: object) =>
    bed.call('POST', '/tokens/v2', { as: null, body, headers: { cookie, origin } });
  const lasting = await makeBy(await signIn({ username, password }), { name: 'lasting' });
  assert.equal(lasting.json.result.expires, null);
  const year = await makeBy(await signIn({ token: lasting.json.result.token }), {
    name: 'year',
    lifetimeSeconds: 31_536_000,
  });
  assert.equal(year.status, 201, year.text);
  const bound = await makeBy(await signIn({ token: year.json.result.token }), { name: 'bound' });
  assert.equal(bound.json.result.expires, year.json.result.expires);
});

test('the use of a token is noted to the minute, and told to its user', async () => {
  const { bed } = streams;
  const made = await bed.call('POST', '/tokens/v2', { as: 'eve', body: { name: 'used' } });
  const { id, token, lastUsed } = made.json.result;
  assert.equal(lastUsed, null);
  await bed.call('GET', '/jobs/v2', { token });
  const noted = await eventually('the use is noted', async () => {
    const listed = (await bed.call('GET', '/tokens/v2', { as: 'eve' })).json.result;
    return listed.find((each: { id: string }) => each.id === id).lastUsed ?? assert.fail('not yet');
  });
  bed.context.auth.forget();
  await bed.call('GET', '/jobs/v2', { token });
  const again = (await bed.call('GET', '/tokens/v2', { as: 'eve' })).json.result;
  assert.equal(again.find((each: { id: string }) => each.id === id).lastUsed, noted);
});

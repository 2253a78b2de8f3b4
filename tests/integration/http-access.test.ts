import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hashToken } from '../../packages/server/src/auth/token.ts';
import { disableProfile } from '../../packages/server/src/database/profiles.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed.close());

test('refused tokens say so in the form that existing clients refresh on, beside the envelope', async () => {
  const { json, headers } = await bed.call('GET', '/profiles/v2/me', { token: 'unknown' });
  assert.equal(json.status, 'error');
  assert.match(json.message, /^Invalid Credentials/);
  assert.deepEqual(json.fault, { code: 900904, message: 'Invalid Credentials', description: json.message });
  assert.match(String(headers['www-authenticate']), /^Bearer/);
  const missing = await bed.call('GET', '/profiles/v2/me', { as: null });
  assert.equal('fault' in missing.json, false);
});

test('a revoked token is refused at once by the replica that revoked it, an expired one at its time', async () => {
  const made = await bed.call('POST', '/tokens/v2', { as: 'bob', body: { name: 'x' } });
  const { id, token } = made.json.result;
  assert.equal((await bed.call('GET', '/profiles/v2/me', { token })).json.result.username, 'bob');
  assert.equal((await bed.call('DELETE', `/tokens/v2/${id}`, { as: 'eve' })).status, 404);
  await bed.call('DELETE', `/tokens/v2/${id}`, { as: 'bob' });
  assert.equal(codeOf(await bed.call('GET', '/profiles/v2/me', { token })), 'auth.revoked');
  const expired = {
    id: bed.context.newId('token'),
    token_hash: hashToken('expired-token'),
    username: 'bob',
    name: 'y',
  };
  await insertToken(bed.db, expired, { lifetimeSeconds: 0, endsBy: null });
  const answer = await bed.call('GET', '/profiles/v2/me', { token: 'expired-token' });
  assert.deepEqual([answer.status, codeOf(answer), answer.json.fault.code], [401, 'auth.expired', 900904]);
});

test('only an administrator makes tokens for others and revokes theirs', async () => {
  const forbidden = await bed.call('POST', '/tokens/v2', {
    as: 'eve',
    body: { name: 'x', username: 'root' },
  });
  assert.deepEqual([forbidden.status, codeOf(forbidden)], [403, 'access.admin-only']);
  const unknown = await bed.call('POST', '/tokens/v2', { body: { name: 'x', username: 'nobody' } });
  assert.equal(codeOf(unknown), 'profile.not-found');
  const made = await bed.call('POST', '/tokens/v2', { body: { name: 'for eve', username: 'eve' } });
  const { id, token } = made.json.result;
  assert.equal((await bed.call('GET', '/profiles/v2/me', { token })).json.result.username, 'eve');
  const listed = await bed.call('GET', '/tokens/v2', { as: 'eve' });
  assert.equal(listed.json.result[0].name, 'for eve');
  assert.equal(listed.text.includes(token), false);
  assert.equal((await bed.call('DELETE', `/tokens/v2/${id}`)).status, 200);
  assert.equal((await bed.call('GET', '/profiles/v2/me', { token })).status, 401);
});

test('users are made, shown and disabled; a disabled one is refused with the reason', async () => {
  const body = {
    username: 'dan',
    email: 'dan@example.org',
    password: 'long enough',
    first_name: 'Dan',
    admin: 'false',
  };
  const made = await bed.call('POST', '/profiles/v2', { body });
  assert.deepEqual([made.status, made.json.result.full_name, made.json.result.admin], [201, 'Dan', false]);
  assert.doesNotMatch(made.text, /password|long enough|scrypt/);
  assert.equal(codeOf(await bed.call('POST', '/profiles/v2', { body })), 'profile.exists');
  const { token } = (await bed.call('POST', '/tokens/v2', { body: { name: 'x', username: 'dan' } })).json
    .result;
  assert.equal(
    (await bed.call('GET', '/profiles/v2?email=dan@example.org', { token })).json.result.length,
    1,
  );
  assert.equal((await bed.call('DELETE', '/profiles/v2/dan')).status, 200);
  assert.equal(codeOf(await bed.call('GET', '/profiles/v2/me', { token })), 'auth.disabled');
  assert.equal((await bed.call('GET', '/profiles/v2/dan', { as: 'ada' })).status, 404);
  assert.equal((await bed.call('GET', '/profiles/v2/dan')).json.result.status, 'DISABLED');
  assert.equal(codeOf(await bed.call('DELETE', '/profiles/v2/dan')), 'profile.not-found');
  for (const name of ['root', 'me'])
    assert.equal(codeOf(await bed.call('DELETE', `/profiles/v2/${name}`)), 'conflict');
});

test('a revocation by another replica counts within two seconds of this one, and not before it is asked again', async () => {
  let now = 0;
  const { createAuthenticator } = await import('../../packages/server/src/auth/authenticate.ts');
  const auth = createAuthenticator({
    db: bed.db,
    cookies: bed.context.cookies,
    issuedTokens: null,
    now: () => now,
  });
  const { token } = (await bed.call('POST', '/tokens/v2', { body: { name: 'x', username: 'bob' } })).json
    .result;
  assert.equal((await auth.authenticate({ authorization: `bearer ${token}` })).username, 'bob');
  await disableProfile(bed.db, 'bob');
  now = 1_999;
  assert.equal((await auth.authenticate({ authorization: `Bearer ${token}` })).username, 'bob');
  now = 2_000;
  await assert.rejects(auth.authenticate({ authorization: `Bearer ${token}` }), { code: 'auth.disabled' });
});

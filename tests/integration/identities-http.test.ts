import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEVICE_GRANT } from '../../packages/contract/src/index.ts';
import { hashToken } from '../../packages/server/src/auth/token.ts';
import { keepIssuedToken } from '../../packages/server/src/database/issued-accounts.ts';
import { codeOf } from '../support/http-bed.ts';
import { type OidcBed, openOidcBed } from '../support/oidc-bed.ts';

// Accounts of this service that administrators join with people whom an OpenID provider knows.

let bed: OidcBed;
before(async () => {
  bed = await openOidcBed();
});
after(() => bed?.close());

const link = (username: string, body: object, token?: string) =>
  bed.call('POST', `/profiles/v2/${username}/identities`, { body, ...(token !== undefined && { token }) });
const unlink = (username: string) => bed.call('DELETE', `/profiles/v2/${username}/identities`);
const tokenOf = (sub: string, more: object = {}) =>
  bed.provider.sign({ sub, preferred_username: 'ada', ...more });
const whoIs = (token: string) => bed.call('GET', '/profiles/v2/me', { token });

test('who is joined with an account signs in to it, and tokens and rights are the same', async () => {
  const jwt = await tokenOf('u-ada');
  const refused = await whoIs(jwt);
  assert.equal(codeOf(refused), 'auth.account-unusable');
  assert.match(refused.json.message, /subject u-ada of http/);
  const linked = await link('ada', { subject: 'u-ada' });
  assert.equal(linked.status, 201, linked.text);
  const { linked: since, ...identity } = linked.json.result;
  assert.deepEqual(identity, {
    username: 'ada',
    issuer: bed.provider.issuer,
    subject: 'u-ada',
    linkedBy: 'root',
  });
  assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000);
  assert.deepEqual((await bed.call('GET', '/profiles/v2/ada/identities')).json.result, [linked.json.result]);
  bed.context.auth.forget();
  assert.equal((await whoIs(jwt)).json.result.username, 'ada');
  const own = (await bed.call('POST', '/tokens/v2', { as: 'ada', body: { name: 'by hand' } })).json.result;
  const seen = (await bed.call('GET', '/tokens/v2', { token: jwt })).json.result;
  assert.ok(seen.some(({ id }: { id: string }) => id === own.id));
});

test('an identity signs in to one account, and an account has one identity', async () => {
  await link('bob', { subject: 'u-bob' });
  const another = await link('bob', { subject: 'u-bob-2' });
  assert.deepEqual([another.status, codeOf(another)], [409, 'identity.taken']);
  const twice = await link('eve', { subject: 'u-bob' });
  assert.deepEqual([twice.status, codeOf(twice)], [409, 'identity.taken']);
  assert.match(twice.json.message, /account bob/);
  assert.equal((await link('nobody', { subject: 'u-x' })).status, 404);
  assert.equal(
    (await link('eve', { issuer: 'not an address', subject: 'u-x' })).json.errors[0].field,
    'issuer',
  );
});

test('who is parted gets in no more, and what the identity opened ends', async () => {
  await link('eve', { subject: 'u-eve' });
  const jwt = await tokenOf('u-eve', { preferred_username: 'eve' });
  const child = (await bed.call('POST', '/tokens/v2', { token: jwt, body: { name: 'child' } })).json.result;
  assert.equal((await whoIs(child.token)).status, 200);
  const begun = await bed.call('POST', '/tokens/v2/device', { as: null, body: { client_id: 'plotter' } });
  const { user_code, device_code } = begun.json;
  await bed.call('POST', `/tokens/v2/device/${user_code}`, { as: 'eve', body: { decision: 'APPROVE' } });
  assert.equal((await unlink('eve')).status, 200);
  assert.equal(codeOf(await whoIs(jwt)), 'auth.account-unusable');
  assert.equal((await whoIs(child.token)).status, 401);
  assert.equal((await whoIs(bed.tokens.eve)).status, 200);
  const asked = { grant_type: DEVICE_GRANT, client_id: 'plotter', device_code };
  assert.equal((await bed.call('POST', '/token', { as: null, body: asked })).json.error, 'access_denied');
  assert.equal(codeOf(await unlink('eve')), 'identity.not-found');
  const history = (await bed.call('GET', '/profiles/v2/eve/identities/history')).json.result;
  assert.deepEqual(
    history.map(({ action, subject, createdBy }: Record<string, string>) => [action, subject, createdBy]),
    [
      ['UNLINKED', 'u-eve', 'root'],
      ['LINKED', 'u-eve', 'root'],
    ],
  );
  assert.ok(bed.logged.some(({ msg, username }) => msg === 'identity.linked' && username === 'eve'));
});

test('a sign-in that is under way when its account is parted opens nothing', async () => {
  // As read from the account before it was parted.
  const read = { username: 'bob', issuer: bed.provider.issuer, subject: 'u-parted' };
  const expires = new Date(Date.now() + 60_000);
  const issued = { id: bed.context.newId('token'), name: 'Lab login', expires };
  const hashes = { tokenHash: hashToken('late'), signedHash: hashToken('late, signed') };
  assert.equal(await keepIssuedToken(bed.db, { ...read, ...issued, ...hashes }), null);
  const proof = {
    begunWith: null,
    scopes: null,
    endsBy: null,
    signInHash: hashToken('late, too'),
    userAgent: '',
  };
  await assert.rejects(bed.context.beginSession({ ...proof, username: 'bob', identity: read }), {
    code: 'session.sign-in-failed',
  });
});

test('an account that the provider made by mistake gives its identity to the right one', async () => {
  const jwt = await tokenOf('u-root', { preferred_username: 'root2' });
  assert.equal((await whoIs(jwt)).json.result.username, 'root2');
  assert.equal((await bed.call('GET', '/profiles/v2/root2/identities')).json.result[0].linkedBy, null);
  await unlink('root2');
  await link('root', { subject: 'u-root' });
  const { username, admin } = (await whoIs(jwt)).json.result;
  // The provider, whose claim makes administrators, says nothing of an account that it did not bring.
  assert.deepEqual([username, admin], ['root', true]);
});

test('a limited token of an administrator joins nothing', async () => {
  const body = { name: 'limited', scopes: ['profiles:write'] };
  const { token } = (await bed.call('POST', '/tokens/v2', { body })).json.result;
  assert.equal(codeOf(await link('ada', { subject: 'u-thief' }, token)), 'access.scope-missing');
});

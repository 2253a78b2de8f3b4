import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OPERATION_IDS, parameterNames, routeOf } from '../../packages/contract/src/index.ts';
import { hashToken } from '../../packages/server/src/auth/token.ts';
import { disableProfile } from '../../packages/server/src/database/profiles.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import {
  addSystems,
  codeOf,
  type HttpBed,
  localSystem,
  openHttpBed,
  wordCount,
} from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await bed.call('POST', '/systems/v2', { body: localSystem('hidden', bed.root, 'EXECUTION') });
  const app = await bed.call('POST', '/apps/v2', { body: wordCount() });
  const hidden = await bed.call('POST', '/notifications/v2', {
    body: { url: 'https://hidden.example.org/', event: '*', associatedUuid: app.json.result.uuid },
  });
  HIDDEN['Notifications'] = { id: hidden.json.result.id, attemptId: ATTEMPT };
});
after(() => bed.close());

/** Names of things that exist and that only root may see. */
const HIDDEN: Record<string, Readonly<Record<string, string>>> = {
  Systems: { id: 'hidden', username: 'root' },
  Apps: { id: 'wc-1.0' },
  Profiles: { username: 'nobody' },
  Files: { systemId: 'hidden', path: 'home/apps/wc/wrapper.sh' },
};

/** Of the right form, and nobody's. */
const ATTEMPT = '174000000000000000-00000000-0000-042';

/** Names of things that nobody has. */
const MISSING: Readonly<Record<string, string>> = {
  id: '1674389564419740136-242ac113-0001-007',
  username: 'nobody',
  path: 'out.txt',
};

/** Whatever the address names becomes the caller's own; its tests say that nobody else's changes. */
const MAKES_OWN: readonly string[] = ['saveFilter'];

/** Its answer has no end; the tests of streams say that it shows only what may be read. */
const ENDLESS: readonly string[] = ['streamEvents'];

const SIGNED_IN = OPERATION_IDS.filter((id) => routeOf(id).access !== 'public');

function urlsOf(id: (typeof OPERATION_IDS)[number], names: Readonly<Record<string, string>>): string[] {
  const { path, aliases = [] } = routeOf(id);
  return [path, ...aliases].map((template) =>
    parameterNames(template).reduce(
      (url, name) => url.replace(`{${name}}`, names[name] ?? MISSING[name] ?? 'x'),
      template,
    ),
  );
}

const MALFORMED = [
  ['', 'auth.missing'],
  ['Bearer', 'auth.invalid'],
  ['Basic cm9vdDpyb290', 'auth.invalid'],
  ['Bearer garbage', 'auth.invalid'],
  ['Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.', 'auth.invalid'],
  [`Bearer ${'x'.repeat(600)}`, 'auth.invalid'],
] as const;

for (const id of SIGNED_IN) {
  test(`${id} is closed without a valid token, before its body is read`, async () => {
    const { method } = routeOf(id);
    for (const url of urlsOf(id, MISSING)) {
      for (const [authorization, code] of MALFORMED) {
        const answer = await bed.call(method, url, {
          as: null,
          headers: { authorization, 'content-type': 'application/json' },
        });
        assert.deepEqual([answer.status, codeOf(answer)], [401, code], `${url} ${authorization}`);
        assert.equal('result' in answer.json, false);
      }
    }
  });

  if (MAKES_OWN.includes(id) || ENDLESS.includes(id)) continue;

  test(`${id} does not show or change what is not the caller's`, async () => {
    const route = routeOf(id);
    for (const url of urlsOf(id, HIDDEN[route.tag] ?? MISSING)) {
      const answer = await bed.call(route.method, url, { as: 'eve', body: forbiddenBody(id) });
      if (route.access === 'admin') assert.equal(codeOf(answer), 'access.admin-only', url);
      else if (route.params !== undefined) assert.equal(answer.status, 404, `${url} ${answer.text}`);
      else assert.doesNotMatch(answer.text, /hidden|wc-1\.0/, url);
    }
  });
}

/** A body that passes the schema, so that it is the rule that refuses. */
function forbiddenBody(id: string): unknown {
  const bodies: Readonly<Record<string, unknown>> = {
    updateSystem: { name: 'taken over' },
    actOnSystem: { action: 'disable' },
    setSystemQueue: { name: 'taken' },
    setSystemCredentials: { connection: 'login', auth: { type: 'LOCAL' } },
    grantSystemRole: { username: 'eve', role: 'OWNER' },
    updateApp: wordCount(),
    actOnApp: { action: 'disable' },
    actOnJob: { action: 'stop' },
    uploadFile: { urlToIngest: 'https://hidden.example.org/file' },
    manageFile: { action: 'rename', path: 'taken' },
    grantFilePermission: { username: 'eve', permission: 'ALL' },
    grantJobPermission: { username: 'eve', permission: 'ALL' },
    setJobPermission: { permission: 'ALL' },
    updateNotification: { url: 'eve@example.org' },
    createNotification: { url: 'eve@example.org', event: '*', associatedUuid: '*' },
    previewNotification: { url: 'eve@example.org', jobId: MISSING['id'] },
  };
  return bodies[id] ?? {};
}

test('missing and hidden things are answered alike', async () => {
  for (const url of ['/systems/v2/', '/apps/v2/']) {
    const hidden = await bed.call('GET', `${url}${url.includes('apps') ? 'wc-1.0' : 'hidden'}`, {
      as: 'eve',
    });
    const missing = await bed.call('GET', `${url}${url.includes('apps') ? 'xx-1.0' : 'absent'}`, {
      as: 'eve',
    });
    assert.deepEqual({ ...hidden.json, requestId: '' }, { ...missing.json, requestId: '' });
  }
});

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

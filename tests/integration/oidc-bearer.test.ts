import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { exportSPKI, generateKeyPair, importJWK, type JWTPayload } from 'jose';
import { type BedAnswer, codeOf } from '../support/http-bed.ts';
import { type OidcBed, openOidcBed } from '../support/oidc-bed.ts';
import type { SignOptions } from '../support/oidc-provider.ts';

let bed: OidcBed;
before(async () => {
  bed = await openOidcBed();
});
after(() => bed?.close());

const whoIs = (token: string) => bed.call('GET', '/profiles/v2/me', { token });

async function show(claims: JWTPayload, options: SignOptions = {}): Promise<BedAnswer> {
  return whoIs(await bed.provider.sign(claims, options));
}

test('a token of the provider makes the account of its user at the first time and names it from then on', async () => {
  const claims = {
    sub: 'u-lin',
    preferred_username: 'lin',
    email: 'lin@example.org',
    given_name: 'Lin',
    family_name: 'Đỗ',
  };
  const { username, email, full_name, admin } = (await show(claims)).json.result;
  assert.deepEqual(
    { username, email, full_name, admin },
    { username: 'lin', email: 'lin@example.org', full_name: 'Lin Đỗ', admin: false },
  );
  const renamed = await show({ ...claims, preferred_username: 'linh' });
  assert.equal(renamed.json.result.username, 'lin');
  assert.equal((await bed.call('GET', '/profiles/v2/linh')).status, 404);
});

test('the claim of administrators makes and unmakes them, with each new token', async () => {
  const person = { sub: 'u-ops', preferred_username: 'ops' };
  for (const [groups, expected] of [
    [['staff', 'arras-admin'], true],
    [['staff'], false],
    ['arras-admin', true],
    [undefined, false],
  ] as const) {
    const answer = await show({ ...person, groups });
    assert.equal(answer.json.result.admin, expected, JSON.stringify(groups));
  }
});

test('an account of this service is not had by its name at the provider', async () => {
  for (const preferred_username of ['ada', 'root']) {
    const answer = await show({ sub: `thief-of-${preferred_username}`, preferred_username });
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'auth.account-unusable']);
  }
});

test('names that cannot be names of users here are refused', async () => {
  for (const preferred_username of ['Ada', 'me', '../x', 'a'.repeat(33), '', 7, null, ['x'], undefined])
    assert.equal(
      codeOf(await show({ sub: `odd ${String(preferred_username)}`, preferred_username })),
      'auth.account-unusable',
      String(preferred_username),
    );
});

test('an address that the provider has not verified, or that is none, is left out', async () => {
  const unverified = {
    sub: 'u-m1',
    preferred_username: 'm1',
    email: 'boss@example.org',
    email_verified: false,
  };
  assert.equal((await show(unverified)).json.result.email, null);
  const broken = { sub: 'u-m2', preferred_username: 'm2', email: 'a@b\r\nBcc: c@d', given_name: 'x\ny' };
  const { email, first_name } = (await show(broken)).json.result;
  assert.deepEqual([email, first_name], [null, null]);
});

test('a token that ends is refused in the form that makes clients refresh', async () => {
  const answer = await show({}, { expires: -60 });
  assert.deepEqual([answer.status, codeOf(answer), answer.json.fault.code], [401, 'auth.expired', 900904]);
});

test('tokens for others, of others, too early or without an end are refused', async () => {
  const soon = Math.floor(Date.now() / 1000) + 600;
  const wrong: readonly [JWTPayload, SignOptions?][] = [
    [{ aud: 'another-service' }],
    [{ aud: ['another', 'third'] }],
    [{ iss: 'https://evil.example' }],
    [{ iss: `${bed.provider.issuer}/` }],
    [{ nbf: soon }],
    [{}, { expires: null }],
    [{ sub: '' }],
    [{ sub: 'x'.repeat(256) }],
  ];
  for (const [claims, options] of wrong)
    assert.equal(codeOf(await show(claims, options)), 'auth.invalid', JSON.stringify(claims));
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('signatures that anybody can make are refused', async () => {
  const { provider } = bed;
  const good = await provider.sign();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const publicKey = await importJWK(provider.publicJwk('first') ?? {}, 'RS256', { extractable: true });
  assert.ok(publicKey instanceof CryptoKey);
  const pem = new TextEncoder().encode(await exportSPKI(publicKey));
  const stranger = (await generateKeyPair('RS256')).privateKey;
  const forged = [
    `${encode({ alg: 'none' })}.${payload}.`,
    `${encode({ alg: 'none', kid: 'first' })}.${payload}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    `${header}.${encode({ sub: 'u-1' })}.${signature}`,
    await provider.sign({}, { alg: 'HS256', key: pem }),
    await provider.sign({}, { key: stranger }),
    await provider.sign({}, { alg: 'HS512', key: randomBytes(64) }),
    `${good}.`,
    `${good}.${signature}`,
    good.replace(/^ey/, 'Ey'),
  ];
  for (const token of forged) assert.equal(codeOf(await whoIs(token)), 'auth.invalid', token);
  // A key that the token brings itself is not looked at.
  const jwk = { kty: 'oct', k: 'AAAA' };
  const own = `${encode({ alg: 'HS256', jwk, jku: 'https://evil.example/keys', kid: '../../keys' })}.${payload}.AA`;
  assert.equal(codeOf(await whoIs(own)), 'auth.invalid');
});

test('each of the four kinds of signatures counts, and no weaker one', async () => {
  for (const alg of ['PS256', 'ES256', 'EdDSA']) {
    await bed.provider.addKey(alg, `key-${alg}`);
    // The bed keeps the keys that it knows for half a minute.
    const { auth } = bed.service();
    const token = await bed.provider.sign({ sub: 'u-lin' }, { kid: `key-${alg}` });
    assert.equal((await auth?.authenticate({ authorization: `Bearer ${token}` }))?.username, 'lin', alg);
  }
  await bed.provider.addKey('RS512', 'strong-but-other');
  const { auth } = bed.service();
  const token = await bed.provider.sign({}, { kid: 'strong-but-other' });
  await assert.rejects(async () => auth?.authenticate({ authorization: `Bearer ${token}` }), {
    code: 'auth.invalid',
  });
});

test('whoever names unknown keys does not make the service call the provider again and again', async () => {
  const { provider } = bed;
  const { auth } = bed.service();
  const stranger = (await generateKeyPair('RS256')).privateKey;
  provider.requests.length = 0;
  for (let count = 0; count < 20; count++) {
    const token = await provider.sign({}, { kid: `unknown-${count}`, key: stranger });
    await assert.rejects(async () => auth?.authenticate({ authorization: `Bearer ${token}` }), {
      code: 'auth.invalid',
    });
  }
  assert.deepEqual(provider.requests, ['/.well-known/openid-configuration', '/keys']);
});

test('a token that was taken in needs the provider no more, can be revoked, and is listed', async () => {
  const token = await bed.provider.sign({ sub: 'u-lin' });
  assert.equal((await whoIs(token)).status, 200);
  bed.provider.broken = 500;
  try {
    bed.context.auth.forget();
    assert.equal((await whoIs(token)).status, 200);
    const listed = (await bed.call('GET', '/tokens/v2', { token })).json.result;
    const { id, kind, name } = listed[0];
    assert.deepEqual([kind, name], ['issued', 'Lab login']);
    assert.equal((await bed.call('DELETE', `/tokens/v2/${id}`, { token })).status, 200);
    assert.equal(codeOf(await whoIs(token)), 'auth.revoked');
  } finally {
    bed.provider.broken = null;
  }
});

test('a token that was revoked does not come back with its signature written in another way', async () => {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const token = await bed.provider.sign({ sub: 'u-lin' });
  // The last digit has bits that mean nothing.
  const other = `${token.slice(0, -1)}${digits[digits.indexOf(token.at(-1) ?? '') ^ 1]}`;
  assert.equal((await whoIs(token)).status, 200);
  assert.equal((await whoIs(other)).status, 200);
  assert.equal((await bed.call('DELETE', '/sessions/v2/current', { token })).status, 200);
  for (const each of [token, other]) assert.equal(codeOf(await whoIs(each)), 'auth.revoked');
});

test('what a token of the provider makes ends with it', async () => {
  const token = await bed.provider.sign({ sub: 'u-lin' });
  const made = await bed.call('POST', '/tokens/v2', { token, body: { name: 'x' } });
  assert.equal(made.status, 201, made.text);
  assert.ok(Date.parse(made.json.result.expires) <= Date.now() + 300_000);
});

test('a provider that is away, redirects, says nonsense or is forbidden means 503 and not 401', async () => {
  const { provider } = bed;
  const token = await provider.sign();
  const ask = async (service: ReturnType<OidcBed['service']>) => {
    await assert.rejects(async () => service.auth?.authenticate({ authorization: `Bearer ${token}` }), {
      code: 'auth.issuer-unreachable',
      status: 503,
    });
  };
  for (const status of [500, 302, 404]) {
    provider.broken = status;
    await ask(bed.service());
  }
  provider.broken = null;
  assert.ok(!provider.requests.includes('/elsewhere'));
  provider.metadata = { issuer: 'https://evil.example' };
  await ask(bed.service());
  provider.metadata = { jwks_uri: 'file:///etc/passwd' };
  await ask(bed.service());
  provider.metadata = { padding: 'x'.repeat(300_000) };
  await ask(bed.service());
  provider.metadata = { jwks_uri: 'http://10.0.0.1/keys' };
  await ask(bed.service());
  provider.metadata = {};
  provider.requests.length = 0;
  await ask(bed.service({}, []));
  assert.deepEqual(provider.requests, []);
});

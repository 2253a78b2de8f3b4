import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JWTPayload } from 'jose';
import { disableProfile } from '../../packages/server/src/database/profiles.ts';
import type { BedAnswer } from '../support/http-bed.ts';
import { type OidcBed, openOidcBed } from '../support/oidc-bed.ts';

const CALLBACK = 'https://api.example.org/sessions/v2/oidc/callback';

let bed: OidcBed;
before(async () => {
  bed = await openOidcBed();
});
after(() => bed?.close());

interface Begun {
  /** Where the provider is asked. */
  readonly location: URL;
  readonly cookie: string;
}

const visit = (url: string, cookie = '') =>
  bed.call('GET', url, { as: null, headers: cookie === '' ? {} : { cookie } });

async function begin(): Promise<Begun> {
  const answer = await visit('/sessions/v2/oidc');
  assert.equal(answer.status, 302, answer.text);
  const cookies = cookiesOf(answer);
  assert.equal(cookies.length, 1);
  const [cookie = '', ...attributes] = (cookies[0] ?? '').split('; ');
  assert.ok(cookie.startsWith('__Host-'), 'browsers take it from no other host');
  assert.deepEqual(attributes, ['Max-Age=600', 'Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']);
  return { location: new URL(String(answer.headers['location'])), cookie };
}

/** The path to which the provider sends the browser back. */
async function approve(location: URL): Promise<string> {
  const answer = await fetch(location, { redirect: 'manual' });
  assert.equal(answer.status, 302, await answer.text());
  const back = answer.headers.get('location') ?? '';
  assert.ok(back.startsWith(`${CALLBACK}?`), back);
  return back.slice('https://api.example.org'.length);
}

function cookiesOf({ headers }: BedAnswer): readonly string[] {
  return [headers['set-cookie'] ?? []].flat().map(String);
}

/** The session that an answer begins; null: none. */
function sessionOf(answer: BedAnswer): string | null {
  const cookie = cookiesOf(answer).find((text) => text.startsWith('__Host-arras_session='));
  return cookie?.split(';')[0] ?? null;
}

async function signIn(person: JWTPayload): Promise<BedAnswer> {
  bed.provider.person = person;
  const { location, cookie } = await begin();
  return visit(await approve(location), cookie);
}

function refused(answer: BedAnswer, status: number, message: RegExp): void {
  assert.deepEqual([answer.status, sessionOf(answer)], [status, null]);
  assert.match(answer.text, message);
  assert.match(String(answer.headers['content-type']), /^text\/html/);
}

const LIN = { sub: 'u-lin', preferred_username: 'lin', email: 'lin@example.org' };

test('the way to the provider is shown to people', async () => {
  const { oidc } = (await visit('/sessions/v2/ways')).json.result;
  assert.deepEqual(oidc, { name: 'Lab login', href: 'https://api.example.org/sessions/v2/oidc' });
});

test('whoever comes back from the provider has a session, and is taken on by a page of ours', async () => {
  const answer = await signIn(LIN);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.text, /<meta http-equiv="refresh" content="0;url=https:\/\/api\.example\.org\/">/);
  assert.doesNotMatch(String(answer.headers['content-security-policy']), /sandbox|unsafe/);
  assert.ok(cookiesOf(answer).some((text) => text.startsWith('__Host-arras_sign_in=; Max-Age=0;')));
  const current = await visit('/sessions/v2/current', sessionOf(answer) ?? '');
  assert.equal(current.json.result.username, 'lin');
});

test('the request to the provider carries state, nonce and challenge, new each time, and no secret', async () => {
  const [first, second] = [await begin(), await begin()];
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.notEqual(first.location.searchParams.get(name), second.location.searchParams.get(name), name);
  const { state, nonce, code_challenge, ...others } = Object.fromEntries(first.location.searchParams);
  assert.ok(state && nonce && code_challenge);
  assert.deepEqual(others, {
    kept: '1',
    response_type: 'code',
    client_id: 'arras',
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    code_challenge_method: 'S256',
  });
  assert.ok(!first.cookie.includes(state));
});

test('somebody else cannot be made to finish a sign-in, nor one that was not begun', async () => {
  bed.provider.person = LIN;
  const mine = await begin();
  const path = await approve(mine.location);
  const theirs = await begin();
  for (const cookie of [
    '',
    theirs.cookie,
    '__Host-arras_sign_in=',
    '__Host-arras_sign_in=v1.00.x.y.z.w',
    // As a page of a neighbouring host could plant it.
    mine.cookie.replace('__Host-', ''),
    `${mine.cookie}x`,
  ])
    refused(await visit(path, cookie), 400, /not begun in this browser/);
  refused(await visit(path.replace(/state=[^&]*/, 'state='), mine.cookie), 400, /not begun in this browser/);
});

test('a sign-in counts once, although its address and cookie are kept', async () => {
  bed.provider.person = LIN;
  const { location, cookie } = await begin();
  const path = await approve(location);
  assert.equal((await visit(path, cookie)).status, 200);
  refused(await visit(path, cookie), 400, /did not confirm/);
  // With a new code for the old state, as who keeps both could get.
  refused(await visit(await approve(location), cookie), 400, /used already/);
});

test('a session that was there before is not taken over', async () => {
  const before = sessionOf(await signIn(LIN)) ?? '';
  const { location, cookie } = await begin();
  const after = await visit(await approve(location), `${cookie}; ${before}`);
  assert.notEqual(sessionOf(after), before);
});

test('a code or a token of another sign-in, service or provider is refused', async () => {
  const { provider } = bed;
  const attempts: readonly [JWTPayload, number, RegExp][] = [
    [{ nonce: 'of another sign-in' }, 400, /made for another sign-in/],
    [{ nonce: undefined }, 400, /made for another sign-in/],
    [{ aud: 'another-service' }, 401, /token is not known/],
    [{ iss: 'https://evil.example' }, 401, /token is not known/],
    [{ exp: 1 }, 401, /token has expired/],
  ];
  for (const [spoil, status, message] of attempts) {
    provider.spoil = spoil;
    refused(await signIn(LIN), status, message);
  }
  provider.spoil = {};
  const { location, cookie } = await begin();
  const path = await approve(location);
  refused(
    await visit(path.replace(/iss=[^&]*/, 'iss=https://evil.example'), cookie),
    400,
    /did not sign you in/,
  );
  refused(await visit(path.replace(/code=[^&]*/, 'code=guessed'), cookie), 400, /did not confirm/);
});

test('what the provider says of a failure is shown only when it is a plain word', async () => {
  const { location, cookie } = await begin();
  const state = location.searchParams.get('state') ?? '';
  const come = (error: string) =>
    visit(`/sessions/v2/oidc/callback?${new URLSearchParams({ state, error }).toString()}`, cookie);
  refused(await come('access_denied'), 400, /did not sign you in \(access_denied\)\./);
  const hostile = await come('<script>alert(1)</script>');
  refused(hostile, 400, /did not sign you in\./);
  assert.doesNotMatch(hostile.text, /script/);
});

test('who may not sign in here is told so, and gets no session', async () => {
  refused(await signIn({ sub: 'thief', preferred_username: 'ada' }), 403, /user ada already/);
  refused(await signIn({ sub: 'odd', preferred_username: '<b>' }), 403, /holds no name/);
  await signIn({ sub: 'u-gone', preferred_username: 'gone' });
  await disableProfile(bed.db, 'gone');
  refused(await signIn({ sub: 'u-gone' }), 401, /account is disabled/);
});

test('a provider that is away is called so, before and after', async () => {
  const { location, cookie } = await begin();
  const path = await approve(location);
  bed.provider.broken = 500;
  try {
    refused(await visit(path, cookie), 503, /cannot be reached/);
    const { oidc } = bed.service();
    await assert.rejects(async () => oidc?.begin(), { code: 'auth.issuer-unreachable' });
  } finally {
    bed.provider.broken = null;
  }
});

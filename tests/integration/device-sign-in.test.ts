import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Registry } from 'prom-client';
import { DEVICE_GRANT } from '../../packages/contract/src/index.ts';
import { HANDLERS } from '../../packages/server/src/http/routes/handlers.ts';
import { createHttpServer } from '../../packages/server/src/http/server.ts';
import { type BedAnswer, type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

// Signing in on a machine without a browser (RFC 8628).

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed?.close());

const CLIENT = 'arras on login1';

const begin = (more: object = {}) =>
  bed.call('POST', '/tokens/v2/device', { as: null, body: { client_id: CLIENT, ...more } });

async function begun(more: object = {}) {
  const answer = await begin(more);
  assert.equal(answer.status, 200, answer.text);
  const { device_code: deviceCode, user_code: userCode } = answer.json;
  return { deviceCode: String(deviceCode), userCode: String(userCode), codes: answer.json };
}

/** As the program would, with a form. Waits for nothing: the last question is as long ago, or as soon, as it says. */
async function poll(deviceCode: string, { client = CLIENT, soon = false } = {}): Promise<BedAnswer> {
  const ago = soon ? '-1 minute' : '1 hour';
  await bed.database.pool.query('update device_sign_ins set polled_at = now() - $1::interval', [ago]);
  const form = new URLSearchParams({ grant_type: DEVICE_GRANT, device_code: deviceCode, client_id: client });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return bed.call('POST', '/token', { as: null, body: form.toString(), headers });
}

const show = (code: string, as: BedUser = 'ada') => bed.call('GET', `/tokens/v2/device/${code}`, { as });

function decide(code: string, decision = 'APPROVE', as: BedUser = 'ada'): Promise<BedAnswer> {
  return bed.call('POST', `/tokens/v2/device/${code}`, { as, body: { decision } });
}

/** A token of ada's as she makes it herself. */
async function made(body: object): Promise<{ id: string; token: string; expires: string }> {
  const answer = await bed.call('POST', '/tokens/v2', { as: 'ada', body: { name: 'made', ...body } });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

test('a program is signed in once its user has approved it, with a token that is listed and revoked as others', async () => {
  const { deviceCode, userCode, codes } = await begun({ scope: 'jobs:write files:read', lifetime: '3600' });
  assert.match(userCode, /^[B-Z]{4}-[B-Z]{4}$/);
  assert.equal(codes.verification_uri, 'https://api.example.org/ui/device');
  assert.equal(codes.verification_uri_complete, `${codes.verification_uri}?code=${userCode}`);
  assert.deepEqual([codes.expires_in, codes.interval], [600, 5]);
  assert.deepEqual((await poll(deviceCode)).json.error, 'authorization_pending');
  const { client, address, scopes, lifetimeSeconds } = (await show(userCode.toLowerCase())).json.result;
  assert.deepEqual(
    { client, address, scopes, lifetimeSeconds },
    {
      client: CLIENT,
      address: '127.0.0.1',
      scopes: ['files:read', 'jobs:write'],
      lifetimeSeconds: 3600,
    },
  );
  assert.equal((await decide(userCode)).status, 200);
  const granted = await poll(deviceCode);
  assert.equal(granted.status, 200, granted.text);
  const { access_token: token, token_type, expires_in, scope } = granted.json;
  assert.deepEqual([token_type, scope], ['bearer', 'files:read jobs:write']);
  assert.ok(expires_in > 3_500 && expires_in <= 3_600);
  const current = (await bed.call('GET', '/sessions/v2/current', { token })).json.result;
  assert.deepEqual([current.username, current.scopes], ['ada', ['files:read', 'jobs:write']]);
  const listed = (await bed.call('GET', '/tokens/v2', { as: 'ada' })).json.result;
  const row = listed.find((each: { kind: string }) => each.kind === 'device');
  assert.deepEqual([row.name, row.description], [CLIENT, 'signed in from 127.0.0.1']);
  assert.equal((await bed.call('DELETE', `/tokens/v2/${row.id}`, { as: 'ada' })).status, 200);
  assert.equal(codeOf(await bed.call('GET', '/jobs/v2', { token })), 'auth.revoked');
});

test('codes count once, for their own client, and only until they were decided', async () => {
  const { deviceCode, userCode } = await begun();
  assert.equal((await poll(deviceCode, { client: 'another' })).json.error, 'invalid_grant');
  await decide(userCode);
  for (const answer of [await show(userCode), await decide(userCode, 'REFUSE')])
    assert.deepEqual([answer.status, codeOf(answer)], [404, 'device.not-found']);
  const answers = await Promise.all([1, 2, 3, 4].map(() => poll(deviceCode)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal((await poll(deviceCode)).json.error, 'invalid_grant');
});

test('a refused program is told so, and one that asks too often has to wait longer', async () => {
  const { deviceCode, userCode } = await begun();
  await poll(deviceCode);
  const early = await poll(deviceCode, { soon: true });
  assert.deepEqual([early.status, early.json.error], [400, 'slow_down']);
  assert.match(early.json.error_description, /10 seconds/);
  assert.equal((await poll(deviceCode)).json.error, 'authorization_pending');
  await decide(userCode, 'refuse');
  assert.equal((await poll(deviceCode)).json.error, 'access_denied');
});

test('codes end by themselves', async () => {
  const { deviceCode, userCode } = await begun();
  await bed.database.pool.query('update device_sign_ins set expires_at = now()');
  assert.equal(codeOf(await decide(userCode)), 'device.not-found');
  assert.equal((await poll(deviceCode)).json.error, 'expired_token');
});

test('neither code stands in the database', async () => {
  const { deviceCode, userCode } = await begun();
  const { rows } = await bed.database.pool.query('select device_sign_ins::text as text from device_sign_ins');
  for (const { text } of rows as { text: string }[])
    for (const code of [deviceCode, userCode, Buffer.from(userCode).toString('hex')])
      assert.ok(!text.includes(code));
});

test('what cannot be understood is said in the form of OAuth', async () => {
  for (const [more, error] of [
    [{ client_id: undefined }, 'invalid_request'],
    [{ client_id: 'two\nlines' }, 'invalid_request'],
    [{ client_id: 'x'.repeat(65) }, 'invalid_request'],
    [{ client_id: 'a \u202e b' }, 'invalid_request'],
    [{ scope: 'jobs:run' }, 'invalid_scope'],
    [{ lifetime: 'long' }, 'invalid_request'],
  ] as const) {
    const answer = await begin(more);
    assert.deepEqual([answer.status, answer.json.error], [400, error], JSON.stringify(more));
  }
});

test('a program gets no more than the token has with which it was approved, and ends with it', async () => {
  const limited = await made({ scopes: ['jobs:read', 'tokens:write'], lifetimeSeconds: 600 });
  const whole = await begun();
  const approve = (code: string) =>
    bed.call('POST', `/tokens/v2/device/${code}`, { token: limited.token, body: { decision: 'APPROVE' } });
  assert.equal((await approve(whole.userCode)).status, 200);
  const granted = (await poll(whole.deviceCode)).json;
  assert.equal(granted.scope, 'jobs:read tokens:write');
  assert.ok(granted.expires_in <= 600);
  const more = await begun({ scope: 'apps:write' });
  assert.equal(codeOf(await approve(more.userCode)), 'access.scope-missing');
  const late = await begun();
  await approve(late.userCode);
  await bed.call('DELETE', `/tokens/v2/${limited.id}`, { as: 'ada' });
  assert.equal((await poll(late.deviceCode)).json.error, 'access_denied');
  assert.equal(codeOf(await bed.call('GET', '/jobs/v2', { token: granted.access_token })), 'auth.revoked');
});

test('a user who was disabled after the approval signs nobody in, also when enabled again', async () => {
  const { deviceCode, userCode } = await begun();
  await decide(userCode, 'APPROVE', 'eve');
  await bed.call('DELETE', '/profiles/v2/eve');
  const enabled = await bed.call('POST', '/profiles/v2/eve', { body: { status: 'ACTIVE' } });
  assert.equal(enabled.status, 200, enabled.text);
  assert.equal((await poll(deviceCode)).json.error, 'access_denied');
});

test('pages of other origins cannot approve with the session of a browser', async () => {
  const session = await bed.call('POST', '/sessions/v2', { as: null, body: { token: bed.tokens.ada } });
  const cookie = String(session.headers['set-cookie']).split(';')[0] ?? '';
  const { deviceCode, userCode } = await begun();
  const by = (origin: string) =>
    bed.call('POST', `/tokens/v2/device/${userCode}`, {
      as: null,
      body: { decision: 'APPROVE' },
      headers: { cookie, origin },
    });
  assert.equal(codeOf(await by('https://evil.example')), 'access.foreign-origin');
  assert.equal((await by('https://api.example.org')).status, 200);
  assert.equal((await poll(deviceCode)).status, 200);
});

test('replicas share the codes: one begins, another approves, a third gives the token', async () => {
  const others = [1, 2].map(() => createHttpServer({ ...bed.context, metrics: new Registry() }, HANDLERS));
  const { deviceCode, userCode } = await begun();
  const [second, third] = others;
  const approved = await second?.inject({
    method: 'POST',
    url: `/tokens/v2/device/${userCode}`,
    headers: { authorization: `Bearer ${bed.tokens.ada}` },
    payload: { decision: 'APPROVE' },
  });
  assert.equal(approved?.statusCode, 200);
  const payload = { grant_type: DEVICE_GRANT, device_code: deviceCode, client_id: CLIENT };
  const granted = await third?.inject({ method: 'POST', url: '/token', payload });
  assert.equal(granted?.statusCode, 200, granted?.payload);
  await Promise.all(others.map((server) => server.close()));
});

test('who tries codes that there are not has to wait, without keeping others from theirs', async () => {
  const known = await begun();
  for (let index = 0; index < 60; index += 1)
    assert.equal((await show(known.userCode, 'bob')).status, 200, 'codes that there are do not count');
  // At the same time, so that none of them could know of the others.
  const answers = await Promise.all(Array.from({ length: 80 }, () => show('BCDF-GHJK', 'bob')));
  const codes = answers.map(codeOf);
  // The burst of the bed, and what came back meanwhile.
  assert.ok(codes.filter((code) => code === 'device.not-found').length < 60);
  assert.ok(codes.includes('rate.limited'));
  const { userCode } = await begun();
  assert.equal(codeOf(await decide(userCode, 'APPROVE', 'bob')), 'rate.limited');
  assert.equal((await decide(userCode)).status, 200);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { profileSchema } from '../../packages/contract/src/index.ts';
import { type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed.close());

async function found(query: string, as: BedUser = 'ada'): Promise<string> {
  const answer = await bed.call('GET', `/profiles/v2${query}`, { as });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result.map(({ username }: { username: string }) => username).join(' ');
}

test('users change their own profile, and are found by what is in it', async () => {
  const names = { first_name: 'Ada', last_name: 'Lovelace', phone: '+44 20 123', mobile_phone: '(0)7/1' };
  const changed = await bed.call('POST', '/profiles/v2/me', {
    as: 'ada',
    body: { email: 'Ada@Example.org', ...names },
  });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(profileSchema.parse(changed.json.result), changed.json.result);
  assert.equal(changed.json.result.full_name, 'Ada Lovelace');
  assert.equal(changed.json.result.phone, '+44 20 123');
  const part = await bed.call('PUT', '/profiles/v2/ada', {
    as: 'ada',
    body: { phone: '', last_name: 'King' },
  });
  const { phone, last_name, first_name, email, mobile_phone } = part.json.result;
  assert.deepEqual(
    [phone, last_name, first_name, email, mobile_phone],
    [null, 'King', 'Ada', 'Ada@Example.org', '(0)7/1'],
  );
  for (const [query, expected] of [
    ['?email=ada@example.org', 'ada'],
    ['?email.eq=ADA@example.org', 'ada'],
    ['?email.like=*example*', 'ada'],
    ['?email=ada', ''],
    ['?username=ada', 'ada'],
    ['?username.in=bob,eve', 'bob eve'],
    ['?name=ada king', 'ada'],
    ['?first_name=ADA&last_name.like=k*', 'ada'],
    ['?Mobile_Phone.like=*7*', 'ada'],
    ['?username.nlike=*a*', 'bob eve root'],
    ['?username.like=%25', ''],
    ['?unknown=1&limit=1', 'ada'],
    ["?name=' or 1=1 --", ''],
  ] as const)
    assert.equal(await found(query.replaceAll(' ', '%20')), expected, query);
  assert.equal(codeOf(await bed.call('GET', '/profiles/v2?email.gt=x')), 'request.bad-query');
});

test('nobody changes the profile of another but administrators, nor what only these decide', async () => {
  const change = (name: string, body: object, as: BedUser) =>
    bed.call('POST', `/profiles/v2/${name}`, { as, body });
  assert.equal(codeOf(await change('ada', { first_name: 'x' }, 'bob')), 'access.forbidden');
  assert.equal(codeOf(await change('none', { first_name: 'x' }, 'bob')), 'profile.not-found');
  assert.equal((await change('bob', { status: 'ACTIVE', is_admin: true, username: 'x' }, 'bob')).status, 200);
  assert.equal(codeOf(await change('bob', { admin: true }, 'bob')), 'access.admin-only');
  assert.equal((await bed.call('GET', '/profiles/v2/bob')).json.result.admin, false);
  assert.equal(codeOf(await change('bob', { status: 'DISABLED' }, 'bob')), 'access.admin-only');
  assert.equal(codeOf(await change('bob', { status: 'DISABLED' }, 'root')), 'request.invalid');
  for (const [body, field] of [
    [{ email: 'x' }, 'email'],
    [{ phone: 'call me' }, 'phone'],
    [{ first_name: 'a\nb' }, 'first_name'],
    [{ password: 'short' }, 'password'],
  ] as const)
    assert.equal((await change('bob', body, 'root')).json.errors[0].field, field);

  assert.equal((await bed.call('DELETE', '/profiles/v2/eve')).status, 200);
  assert.equal(codeOf(await bed.call('GET', '/profiles/v2/me', { as: 'eve' })), 'auth.disabled');
  assert.equal(codeOf(await change('eve', { first_name: 'x' }, 'bob')), 'profile.not-found');
  assert.equal((await change('eve', { status: 'ACTIVE' }, 'root')).json.result.status, 'ACTIVE');
  assert.equal(await found('?username=eve'), 'eve');
  // What the user had before stays ended.
  assert.equal(codeOf(await bed.call('GET', '/profiles/v2/me', { as: 'eve' })), 'auth.revoked');
});

test('administrators make and unmake others administrators, which counts at once, but not themselves', async () => {
  const setAdmin = async (name: string, admin: boolean, as: BedUser) =>
    bed.call('PUT', `/profiles/v2/${name}`, { as, body: { admin } });
  assert.equal((await setAdmin('bob', true, 'root')).json.result.admin, true);
  assert.equal((await bed.call('DELETE', '/profiles/v2/nobody', { as: 'bob' })).status, 404);
  assert.equal(codeOf(await setAdmin('bob', false, 'bob')), 'conflict');
  assert.equal((await setAdmin('bob', false, 'root')).json.result.admin, false);
  assert.equal(codeOf(await bed.call('DELETE', '/profiles/v2/nobody', { as: 'bob' })), 'access.admin-only');
});

test('a limited token of an administrator gives nobody rights without limits', async () => {
  const made = await bed.call('POST', '/tokens/v2', { body: { name: 'x', scopes: ['profiles:write'] } });
  const { token } = made.json.result;
  const ada = (body: object) => bed.call('POST', '/profiles/v2/ada', { token, body });
  assert.equal((await ada({ first_name: 'Ada', admin: false })).status, 200);
  assert.equal(codeOf(await ada({ password: 'taken over by me' })), 'access.scope-missing');
  assert.equal(codeOf(await ada({ admin: true })), 'access.scope-missing');
  const body = { username: 'second', email: 'second@example.org', password: 'correct horse', admin: true };
  assert.equal(codeOf(await bed.call('POST', '/profiles/v2', { token, body })), 'access.scope-missing');
  assert.equal(
    (await bed.call('POST', '/profiles/v2', { token, body: { ...body, admin: false } })).status,
    201,
  );
});

/** The tokens of ada that are valid, by name. */
async function validTokens(): Promise<string[]> {
  const { rows } = await bed.database.pool.query<{ name: string }>(
    `select name from tokens where username = 'ada' and revoked_at is null order by name`,
  );
  return rows.map(({ name }) => name);
}

test('a new password takes the old one, and ends what the old one opened', async () => {
  const { pool } = bed.database;
  const setPassword = (body: object, as: BedUser = 'ada') =>
    bed.call('POST', '/profiles/v2/ada', { as, body });
  const none = await setPassword({ password: 'first password', current_password: 'x' });
  assert.match(none.text, /ask an administrator/);
  assert.equal((await setPassword({ password: 'first password' }, 'root')).status, 200);
  await pool.query(`
    insert into tokens (id, token_hash, username, name, kind)
    select kind, sha256(kind::bytea), 'ada', kind, kind from unnest(array['session', 'client', 'personal']) kind`);
  await pool.query(`
    insert into clients (username, name, consumer_key, secret_hash, tier) values ('ada', 'c', 'key', '\\x00', 'x');
    insert into refresh_tokens (token_hash, consumer_key, username, expires_at)
    values ('\\x01', 'key', 'ada', now() + interval '1 day')`);
  for (const body of [{}, { current_password: 'wrong' }]) {
    const refused = await setPassword({ password: 'second password', ...body });
    assert.deepEqual([refused.status, refused.json.errors[0].field], [400, 'current_password']);
    assert.doesNotMatch(refused.text, /second/);
  }
  assert.ok((await validTokens()).includes('session'));
  const changed = await setPassword({ password: 'second password', current_password: 'first password' });
  assert.equal(changed.status, 200, changed.text);
  const left = await validTokens();
  assert.ok(left.includes('test') && left.includes('personal'), left.join(' '));
  assert.ok(!left.includes('session') && !left.includes('client'), left.join(' '));
  assert.equal((await pool.query('select from refresh_tokens')).rowCount, 0);
  const signIn = async (password: string) =>
    (await bed.context.checkPassword({ username: 'ada', password, address: 'x' })).kind;
  assert.deepEqual([await signIn('first password'), await signIn('second password')], ['wrong', 'right']);
});

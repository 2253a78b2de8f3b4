import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hashToken } from '../../packages/server/src/auth/token.ts';
import { inTransaction } from '../../packages/server/src/database/connection.ts';
import { endToken, findTokenHolder, insertMadeToken } from '../../packages/server/src/database/tokens.ts';
import { eventually } from '../support/eventually.ts';
import { type BedCall, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

// What was made with a token ends when that is revoked.

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed?.close());

interface Made {
  readonly id: string;
  readonly token: string;
  readonly madeWith: string | null;
}

async function make(call: BedCall, more: object = {}): Promise<Made> {
  const answer = await bed.call('POST', '/tokens/v2', { ...call, body: { name: 'made', ...more } });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

async function session(body: object): Promise<BedCall> {
  const answer = await bed.call('POST', '/sessions/v2', { as: null, body });
  assert.equal(answer.status, 201, answer.text);
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return { as: null, headers: { cookie, origin: 'https://api.example.org' } };
}

const stateOf = async (call: BedCall) => {
  const answer = await bed.call('GET', '/profiles/v2/me', call);
  return answer.status === 200 ? 'valid' : codeOf(answer);
};

test('revoking a token ends what was made with it, and what was made with that, sessions included', async () => {
  const parent = await make({ as: 'ada' });
  const child = await make({ token: parent.token });
  const browser = await session({ token: child.token });
  const grandchild = await make(browser);
  assert.deepEqual([child.madeWith, grandchild.madeWith], [parent.id, child.id]);
  const other = await make({ as: 'ada' });
  const listed = (await bed.call('GET', '/tokens/v2', { as: 'ada' })).json.result;
  const shown = listed.find(({ id }: Made) => id === grandchild.id);
  assert.equal(shown.madeWith, child.id);
  const revoked = await bed.call('DELETE', `/tokens/v2/${parent.id}`, { as: 'ada' });
  assert.equal(revoked.status, 200);
  for (const call of [{ token: parent.token }, { token: child.token }, browser, { token: grandchild.token }])
    assert.equal(await stateOf(call), 'auth.revoked');
  assert.equal(await stateOf({ token: other.token }), 'valid');
});

test('a token that an administrator made for somebody else ends with the one it was made with', async () => {
  const admin = await make({ as: 'root' });
  const given = await make({ token: admin.token }, { username: 'bob' });
  await bed.call('DELETE', `/tokens/v2/${admin.id}`);
  assert.equal(await stateOf({ token: given.token }), 'auth.revoked');
});

test('signing out ends the token and its sessions alone, and revoking it later the rest as well', async () => {
  const parent = await make({ as: 'ada' });
  const child = await make({ token: parent.token });
  const browser = await session({ token: parent.token });
  assert.equal((await bed.call('DELETE', '/sessions/v2/current', { token: parent.token })).status, 200);
  assert.equal(await stateOf(browser), 'auth.revoked');
  assert.equal(await stateOf({ token: child.token }), 'valid');
  assert.equal((await bed.call('DELETE', `/tokens/v2/${parent.id}`, { as: 'ada' })).status, 200);
  assert.equal(await stateOf({ token: child.token }), 'auth.revoked');
  assert.equal(codeOf(await bed.call('DELETE', `/tokens/v2/${parent.id}`, { as: 'ada' })), 'token.not-found');
});

test('a session that is being begun while its token is ended does not survive it', async () => {
  const parent = await make({ as: 'ada' });
  const id = bed.context.newId('token');
  const tokenHash = hashToken(id);
  const session = { id, token_hash: tokenHash, username: 'ada', name: 'browser', kind: 'session' as const };
  const { ending } = await inTransaction(bed.db, async (tx) => {
    const row = { ...session, scopes: null, begun_with: parent.id as typeof id };
    await insertMadeToken(tx, row, { lifetimeSeconds: 3_600, endsBy: null });
    const ending = endToken(bed.db, parent.id as typeof id);
    await eventually('the end waits for the session', async () => {
      const { rows } = await bed.database.pool.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    // In an object: a promise itself would be waited for before the commit.
    return { ending };
  });
  assert.equal(await ending, true);
  assert.equal((await findTokenHolder(bed.db, tokenHash))?.state, 'revoked');
});

test('what somebody makes who signed in with a password stays when the session ends', async () => {
  const grace = { username: 'grace', email: 'grace@example.org', password: 'correct horse battery' };
  await bed.call('POST', '/profiles/v2', { body: grace });
  const browser = await session({ username: 'grace', password: grace.password });
  const lasting = await make(browser);
  assert.equal(lasting.madeWith, null);
  await bed.call('DELETE', '/sessions/v2/current', browser);
  assert.equal(await stateOf({ token: lasting.token }), 'valid');
});

test('what is being made while its origin is revoked does not survive it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const parent = await make({ as: 'ada' });
    const making = [1, 2, 3, 4].map(() =>
      bed.call('POST', '/tokens/v2', { token: parent.token, body: { name: 'race' } }),
    );
    const revoking = bed.call('DELETE', `/tokens/v2/${parent.id}`, { as: 'ada' });
    const answers = await Promise.all(making);
    assert.equal((await revoking).status, 200);
    for (const answer of answers) {
      if (answer.status === 201)
        assert.equal(await stateOf({ token: answer.json.result.token }), 'auth.revoked');
      else assert.equal(codeOf(answer), 'auth.revoked');
    }
  }
});

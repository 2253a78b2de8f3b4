import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { createAuthenticator } from '../../packages/server/src/auth/authenticate.ts';
import {
  type AdministratorSettings,
  ensureAdministrator,
  UnusableSetting,
} from '../../packages/server/src/auth/first-start.ts';
import { verifyPassword } from '../../packages/server/src/auth/password.ts';
import { type Db, openDatabase } from '../../packages/server/src/database/connection.ts';
import { findProfile } from '../../packages/server/src/database/profiles.ts';
import { createIdSource } from '../../packages/server/src/domain/id-source.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.pool);
});
afterEach(() => database.drop());

const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });

function start(settings: Partial<AdministratorSettings> = {}) {
  const all = { username: 'admin', password: null, token: null, ...settings };
  return ensureAdministrator({ db, newId, randomBytes, settings: all });
}

/** Who a token speaks for now: nothing is remembered between two questions. */
function holderOf(token: string) {
  const cookies = { read: () => null };
  return createAuthenticator({ db, cookies, issuedTokens: null, now: () => 0 }).authenticate({
    authorization: `Bearer ${token}`,
  });
}

test('the first start without settings makes an administrator and one token, later ones nothing', async () => {
  const { newToken } = await start();
  assert.ok(newToken);
  const { tokenId: _, ...holder } = await holderOf(newToken);
  assert.deepEqual(holder, { username: 'admin', isAdmin: true, scopes: null });
  assert.deepEqual(await start(), { newToken: null });
  assert.deepEqual(await start({ username: 'somebody' }), { newToken: null });
});

test('of replicas that start first at the same time one makes the token', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => start()));
  assert.equal(made.filter(({ newToken }) => newToken !== null).length, 1);
});

test('the token of the settings is valid at every start, and a new one replaces it', async () => {
  const [first, second] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  assert.deepEqual(await start({ token: first }), { newToken: null });
  await start({ token: first });
  assert.equal((await holderOf(first)).username, 'admin');
  await start({ token: second });
  await assert.rejects(holderOf(first), { code: 'auth.revoked' });
  assert.equal((await holderOf(second)).isAdmin, true);
  await start({ token: first });
  assert.equal((await holderOf(first)).isAdmin, true);
});

test('the password of the settings is stored as a hash', async () => {
  await start({ password: 'correct horse' });
  const stored = (await findProfile(db, 'admin'))?.password_hash ?? '';
  assert.doesNotMatch(stored, /horse/);
  assert.equal(await verifyPassword('correct horse', stored), true);
});

test('a token that is short or cannot travel in a header is refused with what to do', async () => {
  await assert.rejects(
    start({ token: 'x'.repeat(31) }),
    (error) => error instanceof UnusableSetting && /32 to 512.*openssl/.test(error.message),
  );
  await assert.rejects(start({ token: `${'x'.repeat(40)} ` }), UnusableSetting);
  assert.equal(await findProfile(db, 'admin'), null);
});

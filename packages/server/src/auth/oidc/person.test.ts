import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPerson } from './person.ts';
import type { OidcSettings } from './settings.ts';

const SETTINGS: OidcSettings = {
  issuer: 'https://login.example.org',
  audience: 'arras',
  clientId: null,
  clientSecret: null,
  usernameClaim: 'preferred_username',
  admin: null,
  name: 'Lab login',
};

const isAdmin = (claim: string, claims: object) =>
  readPerson({ sub: '1', ...claims }, { ...SETTINGS, admin: { claim, value: 'boss' } }).isAdmin;

test('claims become an account, and what they lack is left out', () => {
  const claims = { sub: '1', preferred_username: 'lin', email: 'lin@example.org', given_name: ' Lin ' };
  assert.deepEqual(readPerson(claims, SETTINGS), {
    issuer: 'https://login.example.org',
    subject: '1',
    username: 'lin',
    email: 'lin@example.org',
    firstName: 'Lin',
    lastName: '',
    isAdmin: null,
  });
});

test('another claim may name users', () => {
  const settings = { ...SETTINGS, usernameClaim: 'uid' };
  assert.equal(readPerson({ sub: '1', uid: 'lin', preferred_username: 'x' }, settings).username, 'lin');
});

test('administrators are told by a list, a word, a flag, or a claim within a claim', () => {
  assert.equal(isAdmin('groups', { groups: ['staff', 'boss'] }), true);
  assert.equal(isAdmin('role', { role: 'boss' }), true);
  assert.equal(isAdmin('realm_access.roles', { realm_access: { roles: ['boss'] } }), true);
  assert.equal(isAdmin('https://example.org/roles', { 'https://example.org/roles': ['boss'] }), true);
  assert.equal(
    readPerson({ boss: true }, { ...SETTINGS, admin: { claim: 'boss', value: 'true' } }).isAdmin,
    true,
  );
});

test('nobody becomes an administrator by a claim of another form', () => {
  for (const groups of [undefined, null, '', 'bosses', 'a boss', ['Boss'], [['boss']], { boss: true }, 1])
    assert.equal(isAdmin('groups', { groups }), false, JSON.stringify(groups));
  assert.equal(isAdmin('constructor.name', {}), false);
  assert.equal(isAdmin('realm_access.roles', { realm_access: 'boss' }), false);
});

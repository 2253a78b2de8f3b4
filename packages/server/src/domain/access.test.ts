import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_ROLES } from '@arras/contract';
import { isHostLocal, mayRegisterApp, mayUseSystem, ownsApp, type SystemUse, usesOpenSsh } from './access.ts';

const LEAST: Readonly<Record<SystemUse, string>> = {
  run: 'USER',
  readFiles: 'USER',
  registerApp: 'USER',
  registerAppBesideService: 'PUBLISHER',
  change: 'ADMIN',
  grantOwner: 'OWNER',
};

for (const [use, least] of Object.entries(LEAST) as [SystemUse, string][]) {
  test(`${use} takes the role ${least} or a higher one`, () => {
    const allowed = SYSTEM_ROLES.filter((role) => mayUseSystem(role, use));
    assert.deepEqual(allowed, SYSTEM_ROLES.slice(SYSTEM_ROLES.indexOf(least as never)));
  });
}

test('a system is host-local when its programs or its files are on the host of the service', () => {
  assert.equal(isHostLocal({ storage: { protocol: 'LOCAL' } }), true);
  assert.equal(isHostLocal({ storage: { protocol: 'SFTP' }, login: { protocol: 'LOCAL' } }), true);
  assert.equal(isHostLocal({ storage: { protocol: 'SFTP' }, login: { protocol: 'SSH' } }), false);
});

test("a system is entered by the server's ssh program when either of its connections is", () => {
  const storage = { protocol: 'SFTP' };
  assert.equal(usesOpenSsh({ storage, login: { protocol: 'SSH', transport: 'BUILTIN' } }), false);
  assert.equal(usesOpenSsh({ storage, login: { protocol: 'SSH', transport: 'OPENSSH' } }), true);
  assert.equal(usesOpenSsh({ storage: { ...storage, transport: 'OPENSSH' } }), true);
});

test('apps come to a host-local system only from its publishers', () => {
  const local = { storage: { protocol: 'LOCAL' } };
  const remote = { storage: { protocol: 'SFTP' } };
  assert.equal(mayRegisterApp('USER', local), false);
  assert.equal(mayRegisterApp('PUBLISHER', local), true);
  assert.equal(mayRegisterApp('USER', remote), true);
  assert.equal(mayRegisterApp('GUEST', remote), false);
});

test('an app is deleted by its owner and by administrators', () => {
  const app = { owner: 'ada' };
  assert.equal(ownsApp({ username: 'ada', isAdmin: false }, app), true);
  assert.equal(ownsApp({ username: 'bob', isAdmin: false }, app), false);
  assert.equal(ownsApp({ username: 'bob', isAdmin: true }, app), true);
});

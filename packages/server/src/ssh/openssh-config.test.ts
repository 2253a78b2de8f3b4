import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenSshEndpoint, renderOpenSshFiles } from './openssh-config.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const ENDPOINT: OpenSshEndpoint = {
  host: 'login1.example.org',
  port: 22,
  username: 'jdoe',
  auth: { kind: 'account', configFile: '/etc/a b/ssh_config' },
  hostKeys: [KEY],
  via: null,
};

function configOf(endpoint: OpenSshEndpoint): string {
  return renderOpenSshFiles(endpoint, '/private').find(({ name }) => name === 'config')?.text ?? '';
}

test('hosts on the way have their own keys, proofs and names', () => {
  const auth = { kind: 'key', privateKey: 'PRIVATE', certificate: 'CERTIFICATE' } as const;
  const files = renderOpenSshFiles(
    { ...ENDPOINT, via: { ...ENDPOINT, host: '10.0.0.1', port: 2222, auth } },
    '/private',
  );
  assert.deepEqual(
    files.map(({ name }) => name),
    ['config', 'known_hosts', 'target-1.key', 'target-1-cert.pub'],
  );
  assert.equal(files[1]?.text, `target ${KEY}\ntarget-1 ${KEY}\n`);
  const config = files[0]?.text ?? '';
  assert.match(
    config,
    /Host target\n(.*\n)*ProxyJump target-1\n(.*\n)*\nHost target-1\nHostName 10\.0\.0\.1\n/,
  );
  assert.doesNotMatch(config, /PRIVATE|CERTIFICATE/);
  assert.match(config, /\nMatch final all\nInclude "\/etc\/a b\/ssh_config"\n$/);
});

test('no value can add a line, an option or a variable', () => {
  for (const bad of [
    { host: 'a\nProxyCommand true' },
    { host: '-oProxyCommand=true' },
    { host: 'a b' },
    { username: 'jdoe\nLocalCommand true' },
    { username: '-l' },
    { username: 'a"b' },
    { auth: { kind: 'account', configFile: '/run/a"\nProxyCommand true' } },
    { auth: { kind: 'account', configFile: '/etc/ssh/*' } },
    { hostKeys: ['* ssh-ed25519 AAAA'] },
  ] as const) {
    assert.throws(() => configOf({ ...ENDPOINT, ...bad }), RangeError, JSON.stringify(bad));
  }
});

test('a percent sign in the private directory begins no token', () => {
  const [config] = renderOpenSshFiles(ENDPOINT, '/data/100%');
  assert.match(config?.text ?? '', /UserKnownHostsFile "\/data\/100%%\/known_hosts"/);
});

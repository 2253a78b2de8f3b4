import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithmsOf, parseHostKey, renderFingerprint, renderHostKey } from './host-keys.ts';

// ssh-keygen -t ed25519 and ssh-keygen -lf of OpenSSH 9.2
const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const RSA_BLOB = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-rsa'), Buffer.alloc(9)]);

test('a key is read from a line of a public key file and rendered again', () => {
  const key = parseHostKey(`${ED25519} root@login1\n`);
  assert.equal(key.type, 'ssh-ed25519');
  assert.equal(renderHostKey(key.blob), ED25519);
  assert.match(renderFingerprint(key.blob), /^ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/);
});

test('what is no key, or says another type than it is, is refused', () => {
  for (const line of [
    '',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    ED25519.replace('ssh-ed25519', 'ssh-rsa'),
    ED25519.replace('ssh-ed25519 ', ''),
    `${ED25519}\nssh-rsa AAAA`,
    `ssh-dss ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-dss')]).toString('base64')}`,
  ]) {
    assert.throws(() => parseHostKey(line), RangeError, line);
  }
});

test('keys are proven without SHA-1, best first', () => {
  const rsa = { type: 'ssh-rsa', blob: RSA_BLOB };
  assert.deepEqual(algorithmsOf([rsa]), ['rsa-sha2-512', 'rsa-sha2-256']);
  assert.deepEqual(algorithmsOf([rsa, parseHostKey(ED25519)])[0], 'ssh-ed25519');
  assert.deepEqual(algorithmsOf([]), []);
});

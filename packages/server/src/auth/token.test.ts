import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hashPassword, verifyPassword } from './password.ts';
import { hashToken, makeToken } from './token.ts';

test('a token has a prefix, 43 characters that carry all 256 bits, and a checksum', () => {
  const zero = makeToken(new Uint8Array(32));
  const full = makeToken(new Uint8Array(32).fill(255));
  assert.match(zero, /^arras_0{43}[0-9A-Za-z]{6}$/);
  assert.match(full, /^arras_[0-9A-Za-z]{49}$/);
  assert.notEqual(makeToken(randomBytes(32)), makeToken(randomBytes(32)));
});

test('another number of random bytes is refused', () => {
  assert.throws(() => makeToken(new Uint8Array(31)), RangeError);
});

test('the hash of a token is its SHA-256', () => {
  assert.equal(hashToken('abc').toString('hex').slice(0, 16), 'ba7816bf8f01cfea');
});

test('a password is recognised by its hash, in either form of its accents', async () => {
  const stored = await hashPassword('Caf\u00e9 au lait', randomBytes(16));
  assert.doesNotMatch(stored, /Caf/);
  assert.equal(await verifyPassword('Cafe\u0301 au lait', stored), true);
  assert.equal(await verifyPassword('Cafe au lait', stored), false);
  assert.equal(await verifyPassword('anything', 'not a hash'), false);
});

test('two hashes of one password differ by their salt', async () => {
  assert.notEqual(await hashPassword('same', randomBytes(16)), await hashPassword('same', randomBytes(16)));
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createUserCodeHash, makeUserCode, readUserCode, USER_CODE_RANDOM_BYTES } from './device-codes.ts';

test('codes are eight consonants in two groups, each as likely as the others', () => {
  const seen = new Map<string, number>();
  for (let index = 0; index < 2_000; index += 1) {
    const code = makeUserCode(randomBytes(USER_CODE_RANDOM_BYTES));
    assert.match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    for (const letter of code.replace('-', '')) seen.set(letter, (seen.get(letter) ?? 0) + 1);
  }
  assert.equal(seen.size, 20);
  // 800 each are expected; a dozen standard deviations are no accident.
  for (const count of seen.values()) assert.ok(Math.abs(count - 800) < 340, String(count));
});

test('a code is known again however it is typed, and what cannot be one is none', () => {
  for (const typed of ['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'W-D-J-B–MJHT'])
    assert.equal(readUserCode(typed), 'WDJB-MJHT', typed);
  for (const typed of ['', 'WDJB', 'WDJB-MJHA', 'WDJB-MJHT-B', 'WDJB-MJH0'])
    assert.equal(readUserCode(typed), null);
});

test('a stored code tells nothing without the key of the service', () => {
  const hash = createUserCodeHash([new Uint8Array(32)]);
  assert.deepEqual(hash('WDJB-MJHT'), hash('WDJB-MJHT'));
  assert.notDeepEqual(hash('WDJB-MJHT'), createUserCodeHash([new Uint8Array(32).fill(1)])('WDJB-MJHT'));
});

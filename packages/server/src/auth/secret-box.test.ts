import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createSecretBox, isSameSecret, keyIdOf, UnopenableSecret } from './secret-box.ts';

const PLACE = { table: 'subscriptions', row: '1-011', column: 'secret' };
const [first, second] = [randomBytes(32), randomBytes(32)];
const box = createSecretBox({ keys: [first], randomBytes });

test('a secret comes back as it was, and is sealed differently every time', () => {
  for (const secret of ['', 'whsec_abc', 'ä€𝄞'.repeat(100)])
    assert.equal(box.open(box.seal(secret, PLACE), PLACE), secret);
  assert.notEqual(box.seal('x', PLACE), box.seal('x', PLACE));
  assert.equal(box.seal('canary', PLACE).includes('canary'), false);
});

test('a sealed secret opens only at its place', () => {
  const sealed = box.seal('x', PLACE);
  for (const other of [{ table: 'other' }, { row: '2-011' }, { column: 'credentials' }])
    assert.throws(() => box.open(sealed, { ...PLACE, ...other }), UnopenableSecret);
});

test('a change of any part is noticed', () => {
  const parts = box.seal('secret', PLACE).split('.');
  for (const index of parts.keys()) {
    const changed = parts.map((part, at) =>
      at === index ? `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}` : part,
    );
    assert.throws(() => box.open(changed.join('.'), PLACE), UnopenableSecret, `part ${index}`);
  }
  for (const broken of ['', 'v1', parts.slice(0, 4).join('.'), parts.join(' ')])
    assert.throws(() => box.open(broken, PLACE), UnopenableSecret);
});

test('older keys open what they sealed, the first one seals, and a missing one is named', () => {
  const both = createSecretBox({ keys: [second, first], randomBytes });
  assert.equal(both.open(box.seal('old', PLACE), PLACE), 'old');
  const sealed = both.seal('new', PLACE);
  assert.throws(() => box.open(sealed, PLACE), new RegExp(`key ${keyIdOf(second)}`));
});

test('secrets are compared whole', () => {
  assert.equal(isSameSecret('abc', 'abc'), true);
  assert.equal(isSameSecret('abc', 'abd'), false);
  assert.equal(isSameSecret('', 'abc'), false);
});

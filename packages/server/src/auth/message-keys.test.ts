import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createMessageKeys } from './message-keys.ts';

const [OLD, NEW] = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
const TAG = 'tj-1674389564419740136-242ac113-0001-007-1';

/** What a host does with the two blocks. */
function sign(blocks: Uint8Array, signed: Uint8Array): string {
  const inner = createHash('sha256').update(blocks.subarray(0, 64)).update(signed).digest();
  return createHash('sha256').update(blocks.subarray(64)).update(inner).digest('hex');
}

test('two hashes over two blocks make the signature that is verified, for this try and these bytes only', () => {
  const keys = createMessageKeys([NEW ?? new Uint8Array()]);
  const blocks = keys.blocksOf(TAG);
  assert.equal(blocks.length, 128);
  const signed = Buffer.from('anything \0 é');
  const signature = sign(blocks, signed);
  assert.equal(keys.isSignedBy(TAG, signed, signature), true);
  assert.equal(keys.isSignedBy(TAG.replace(/1$/, '2'), signed, signature), false);
  assert.equal(keys.isSignedBy(TAG, Buffer.from('anything else'), signature), false);
  assert.equal(keys.isSignedBy(TAG, signed, signature.replace(/^./, 'g')), false);
});

test('what was signed before the key of the service changed stays good', () => {
  const before = createMessageKeys([OLD ?? new Uint8Array()]);
  const after = createMessageKeys([NEW ?? new Uint8Array(), OLD ?? new Uint8Array()]);
  const signed = Buffer.from('x');
  const signature = sign(before.blocksOf(TAG), signed);
  assert.equal(after.isSignedBy(TAG, signed, signature), true);
  assert.equal(createMessageKeys([NEW ?? new Uint8Array()]).isSignedBy(TAG, signed, signature), false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeName, encodeName, isName, isTextName } from './name-bytes.ts';

test('every name on disk has one string, and the string gives the same bytes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 255 }), (bytes) => {
      assert.deepEqual(Uint8Array.from(encodeName(decodeName(bytes))), Uint8Array.from(bytes));
    }),
  );
});

test('valid UTF-8 is its text, also with a replacement character', () => {
  for (const name of ['plain', 'ü\u{1f600}', 'a\ufffdb', 'new\nline']) {
    assert.equal(decodeName(Buffer.from(name)), name);
    assert.ok(isTextName(name));
  }
});

test('a path mixes text parts and other parts', () => {
  const raw = decodeName(Buffer.of(0x61, 0xff));
  assert.ok(!isTextName(raw));
  assert.deepEqual(encodeName(`/ü/${raw}`), Buffer.concat([Buffer.from('/ü/a'), Buffer.of(0xff)]));
});

test('a lone surrogate that stands for no byte is no name', () => {
  assert.throws(() => encodeName('a\ud800'), RangeError);
  assert.throws(() => encodeName('a\udc41'), RangeError);
  assert.deepEqual(['a\ud800', 'a\udc41', 'a\udc80', 'a'].map(isName), [false, false, true, true]);
});

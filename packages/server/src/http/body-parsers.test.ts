import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '@arras/contract';
import { scanBody } from '../domain/body-scan.ts';
import { parseForm, parseJsonBody } from './body-parsers.ts';

const bytes = (text: string) => Buffer.from(text);

const REFUSED: readonly (readonly [title: string, body: Buffer, code: string])[] = [
  ['depth 65', bytes('['.repeat(65) + ']'.repeat(65)), 'request.too-deep'],
  ['depth 100,000, never closed', bytes('{"a":'.repeat(100_000)), 'request.too-deep'],
  [
    '100,000 keys',
    bytes(`{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join(',')}}`),
    'request.malformed',
  ],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'request.not-utf8'],
  ['UTF-8 of a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'request.not-utf8'],
  ['a cut document', bytes('{"a":'), 'request.malformed'],
  ['two documents', bytes('{}{}'), 'request.malformed'],
  ['__proto__', bytes('{"__proto__":{"admin":true}}'), 'request.malformed'],
  ['an escaped __proto__', bytes('{"__proto\\u005f_":{"admin":true}}'), 'request.malformed'],
  ['constructor.prototype', bytes('{"a":{"constructor":{"prototype":{"admin":true}}}}'), 'request.malformed'],
];

for (const [title, body, code] of REFUSED) {
  test(`a JSON body with ${title} is refused`, () => {
    assert.throws(
      () => parseJsonBody(body),
      (error) => error instanceof ApiError && error.code === code,
    );
  });
}

test('a byte order mark is dropped, and depth 64 is fine', () => {
  const deep = `${'['.repeat(64)}${']'.repeat(64)}`;
  assert.deepEqual(parseJsonBody(bytes('\ufeff{"a":1}')), { a: 1 });
  assert.doesNotThrow(() => parseJsonBody(bytes(deep)));
});

test('brackets and colons in texts do not count, whatever is escaped before them', () => {
  const body = bytes(JSON.stringify({ a: '[[[[{{{{::::"\\', 'b"[[': '\\\\' }));
  assert.equal(scanBody(body, { depth: 1, keys: 2 }), 'fine');
  assert.equal(scanBody(body, { depth: 1, keys: 1 }), 'too-many-keys');
});

test('a form is decoded once, and the last value of a name wins', () => {
  assert.deepEqual(parseForm(bytes('a=1&b=x+y%26z&a=2&c&%C3%A9=%3D')), { a: '2', b: 'x y&z', c: '', é: '=' });
  assert.equal(parseForm(bytes('')), undefined);
});

test('a form with reserved names or broken escapes is refused', () => {
  for (const form of ['__proto__=1', '%5f_proto__=1', 'constructor=1', 'a=%ff', 'a=%', 'a&'.repeat(2_000)]) {
    assert.throws(() => parseForm(bytes(form)), ApiError, form.slice(0, 20));
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepHead, parseHead, renderHead, secretWords, withoutSecrets } from './exchange.ts';

test('secrets are taken out of a text, the longest first; what is too short to be one stays', () => {
  const secrets = secretWords(['pass', 'passphrase', 'abc', '']);
  assert.equal(withoutSecrets('pass passphrase abc', secrets), '*** *** abc');
});

test('a head keeps what can be shown: cookies and tokens are masked, controls go', () => {
  const headers = {
    'content-type': 'text/plain',
    'set-cookie': ['a=1', 'b=2'],
    'x-api-key': 'k',
    'x-echo': 'Basic c2VjcmV0',
    'x-odd': 'a\u009bb',
    absent: undefined,
  };
  const { head, isCut } = keepHead(headers, ['c2VjcmV0']);
  assert.equal(
    renderHead(head),
    'content-type: text/plain\nset-cookie: ***\nset-cookie: ***\nx-api-key: ***\nx-echo: Basic ***\nx-odd: ab\n',
  );
  assert.deepEqual([parseHead(renderHead(head)), isCut], [head, false]);
});

test('a head is cut after 4 KiB, and each value after one', () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`x-${index}`, 'v'.repeat(2_000)]));
  const { head, isCut } = keepHead(many, []);
  assert.equal(isCut, true);
  assert.deepEqual(
    head.map(([name, value]) => [name, value.length]),
    [
      ['x-0', 1_024],
      ['x-1', 1_024],
      ['x-2', 1_024],
    ],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepHead, parseHead, renderHead, secretWords, withoutSecrets } from './exchange.ts';
import { secretsOf } from './webhook.ts';

test('secrets are taken out of a text, the longest first; what is too short to be one stays', () => {
  const secrets = secretWords(['pass', 'passphrase', 'abc', '']);
  assert.equal(withoutSecrets('pass passphrase abc', secrets), '*** *** abc');
});

test('secrets are found in the ways in which programs write down what they got', () => {
  const password = 'a/"b"?é+ü';
  const key = Buffer.alloc(32, 255);
  const secrets = secretsOf({ secrets: [`whsec_${key.toString('base64')}`] }, { username: 'ada', password });
  const token = Buffer.from(`ada:${password}`);
  const ways = [
    password,
    `ada:${password}`,
    encodeURIComponent(password),
    JSON.stringify(password),
    JSON.stringify(token.toString('base64')).replaceAll('/', String.raw`\/`),
    token.toString('base64').replace(/=+$/, ''),
    token.toString('base64url'),
    key.toString('base64url'),
    encodeURIComponent(key.toString('base64')),
  ];
  for (const way of ways) {
    const shown = withoutSecrets(`got ${way}.`, secrets);
    assert.match(shown, /^got "?\*\*\*(?:=|%3D)?"?\.$/, `${way} became ${shown}`);
  }
  assert.equal(keepHead({ 'x-got': 'a/"b"\u0080?é+ü' }, secrets).head[0]?.[1], '***');
});

test('a name without a password is a key, and with one it is a name', () => {
  const alone = secretsOf({ secrets: [] }, { username: 'sk_live_1234', password: '' });
  assert.equal(withoutSecrets('no such key: sk_live_1234', alone), 'no such key: ***');
  const named = secretsOf({ secrets: [] }, { username: 'ada_l', password: 'hunter22' });
  assert.equal(withoutSecrets('not ada_l', named), 'not ada_l');
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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMailAddress, parseMailAddress, parseSender } from './mail-address.ts';

test('plain addresses are understood, domains in their ASCII form', () => {
  assert.deepEqual(parseMailAddress('ada.l+job-1@example.org'), {
    local: 'ada.l+job-1',
    domain: 'example.org',
  });
  assert.deepEqual(parseMailAddress("o'brien@mail.Example.ORG"), {
    local: "o'brien",
    domain: 'mail.example.org',
  });
  assert.deepEqual(parseMailAddress('ada@bücher.example'), { local: 'ada', domain: 'xn--bcher-kva.example' });
  assert.deepEqual(parseMailAddress('ada@xn--bcher-kva.example')?.domain, 'xn--bcher-kva.example');
});

test('whatever could hold a second recipient or a header is refused', () => {
  const wrong = [
    '',
    'ada',
    '@example.org',
    'ada@',
    'ada@localhost',
    'ada@example.org\r\nBcc: evil@example.net',
    'ada@example.org, evil@example.net',
    'ada@example.org,evil@example.net',
    'ada@example.org evil@example.net',
    '"ada b"@example.org',
    '"a\\"b"@example.org',
    'ada(comment)@example.org',
    'ada@example.org(comment)',
    'Group: ada@example.org;',
    'Ada <ada@example.org>',
    '<ada@example.org>',
    'ada@@example.org',
    'ada@evil.example@example.org',
    '.ada@example.org',
    'ada.@example.org',
    'a..b@example.org',
    'ada@example..org',
    'ada@-example.org',
    'ada@example-.org',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'ada@0x7f.1',
    'ada@example.org:25',
    'ada@example.org/x',
    'ada@exam%70le.org',
    'ada\0@example.org',
    'ada@example.org\0',
    'ada\u202e@example.org',
    'ädä@example.org',
    `${'a'.repeat(65)}@example.org`,
    `ada@${'a'.repeat(64)}.org`,
    `ada@${'a.'.repeat(125)}org`,
    `${'a'.repeat(400)}@example.org`,
  ];
  for (const text of wrong) assert.equal(parseMailAddress(text), null, JSON.stringify(text));
});

test('what is understood is one address of printable ASCII that reads the same again', () => {
  const text = fc.oneof(
    fc.emailAddress(),
    fc.string({ unit: 'binary' }).map((part) => `${part}@example.org`),
  );
  fc.assert(
    fc.property(text, (given) => {
      const address = parseMailAddress(given);
      if (address === null) return;
      const written = formatMailAddress(address);
      assert.match(written, /^[!-~]+$/);
      assert.doesNotMatch(written, /[\s,;:<>()"\\[\]]/);
      assert.deepEqual(parseMailAddress(written), address);
    }),
  );
});

test('a sender is an address, with a name or without', () => {
  assert.deepEqual(parseSender('Arras <noreply@example.org>'), {
    name: 'Arras',
    address: 'noreply@example.org',
  });
  assert.deepEqual(parseSender(' noreply@example.org '), { name: '', address: 'noreply@example.org' });
  assert.equal(parseSender('Arras\n<noreply@example.org>'), null);
  assert.equal(parseSender('Arras <noreply@example.org>, x@example.org'), null);
});

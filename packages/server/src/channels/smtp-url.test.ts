import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSmtpUrl } from './smtp-url.ts';

test('host, port, login and TLS are read', () => {
  assert.deepEqual(parseSmtpUrl('smtp://mail.example.org'), {
    host: 'mail.example.org',
    port: 25,
    implicitTls: false,
    startTls: 'when-offered',
    credentials: null,
  });
  assert.deepEqual(parseSmtpUrl('smtps://ada:p%40ss@mail.example.org'), {
    host: 'mail.example.org',
    port: 465,
    implicitTls: true,
    startTls: 'required',
    credentials: { user: 'ada', pass: 'p@ss' },
  });
  assert.equal(parseSmtpUrl('smtp://[::1]:2525/').host, '::1');
  assert.equal(parseSmtpUrl('smtp://127.0.0.1:2525?starttls=required').startTls, 'required');
});

test('a password crosses a network only under TLS, unless that is switched off by word', () => {
  assert.equal(parseSmtpUrl('smtp://ada:pw@mail.example.org').startTls, 'required');
  assert.equal(parseSmtpUrl('smtp://ada:pw@localhost').startTls, 'when-offered');
  assert.equal(parseSmtpUrl('smtp://ada:pw@mail.example.org?starttls=never').startTls, 'never');
});

test('what cannot be read is refused without repeating it', () => {
  const wrong = [
    'mail.secret.org',
    'http://secret/',
    'smtp://',
    'smtp://secret/path',
    'smtp://a:secret@h?starttls=maybe',
    'smtp://a:secret@h?tls=1',
    'smtp://a:%zzsecret@h',
  ];
  for (const text of wrong)
    assert.throws(() => parseSmtpUrl(text), /^Error: an address such as smtp:(?!.*secret)/);
});

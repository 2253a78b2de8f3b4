import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptCurl } from './attempt-curl.ts';

const quote = (text: string) => `'${text}'`;
const headers = [
  { name: 'Host', value: 'example.org' },
  { name: 'webhook-id', value: 'e.s' },
  { name: 'Authorization', value: 'Basic ***' },
  { name: 'Content-Length', value: '2' },
];

test('an attempt is made again with its bytes and headers, and the password is a variable', () => {
  const request = { headers, body: '{}', mail: null };
  assert.equal(
    attemptCurl({ url: 'https://example.org/{a}', request }, quote),
    [
      `curl --globoff --request POST 'https://example.org/{a}' \\`,
      `  --user "$WEBHOOK_USER" \\`,
      `  --header 'webhook-id: e.s' \\`,
      `  --data-raw '{}'`,
    ].join('\n'),
  );
});

test('a mail, and what was not sent, cannot be made again by curl', () => {
  const mail = { from: 'a@b.org', to: 'c@d.org', subject: 's', text: 't', html: 'h' };
  assert.equal(attemptCurl({ url: 'c@d.org', request: { headers, body: null, mail } }, quote), null);
  assert.equal(attemptCurl({ url: 'https://example.org', request: null }, quote), null);
});

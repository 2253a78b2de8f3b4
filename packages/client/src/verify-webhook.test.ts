import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type IncomingWebhook, verifyWebhook, WebhookRefusal } from './verify-webhook.ts';
import { signWebhook } from './webhook-signature.ts';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const SECRET = newSecret();
const NOW = new Date('2026-03-04T10:15:31.700Z');
const SECONDS = Math.floor(NOW.getTime() / 1_000);
const BODY = JSON.stringify({ id: 'j-007', name: 'naïve ✓', event: { seq: 3, name: 'FINISHED' } });

/** A call that the public package has signed. */
function signed(secret = SECRET, sentAt = NOW): { body: string; headers: Record<string, string> } {
  const headers = {
    'webhook-id': 'e-028.n-011',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('e-028.n-011', sentAt, BODY),
  };
  return { body: BODY, headers };
}

/** Why a call is refused; null when it is not. */
async function refusalOf(incoming: Partial<IncomingWebhook>): Promise<string | null> {
  try {
    await verifyWebhook({ ...signed(), secret: SECRET, now: NOW, ...incoming });
    return null;
  } catch (error) {
    assert.ok(error instanceof WebhookRefusal, String(error));
    return error.reason;
  }
}

test('what the public package signs is verified, as text and as bytes, and parsed', async () => {
  const { body, headers } = signed();
  for (const given of [body, Buffer.from(body)]) {
    const verified = await verifyWebhook({ body: given, headers, secret: SECRET, now: NOW });
    assert.equal(verified.id, 'e-028.n-011');
    assert.equal(verified.sentAt.getTime(), SECONDS * 1_000);
    assert.deepEqual(verified.payload, JSON.parse(BODY));
  }
});

test('what we sign the public package verifies', async () => {
  const now = new Date();
  const timestampSeconds = Math.floor(now.getTime() / 1_000);
  const signature = await signWebhook({ id: 'm', timestampSeconds, body: BODY }, SECRET);
  const headers = {
    'webhook-id': 'm',
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signature,
  };
  assert.deepEqual(new Webhook(SECRET).verify(BODY, headers), JSON.parse(BODY));
  assert.equal(signature, new Webhook(SECRET).sign('m', now, BODY));
});

test('headers are read from fetch, from Node, and in any case', async () => {
  const { headers } = signed();
  const upper = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]),
  );
  for (const given of [new Headers(headers), headers, upper])
    assert.equal(await refusalOf({ headers: given }), null);
});

test('any of several secrets may match any of several signatures, as while a secret is rotated', async () => {
  const next = newSecret();
  const both = `${signed().headers['webhook-signature']} ${signed(next).headers['webhook-signature']}`;
  const headers = { ...signed().headers, 'webhook-signature': `v1a,AAAA ${both}` };
  assert.equal(await refusalOf({ headers, secret: next }), null);
  assert.equal(await refusalOf({ secret: [next, SECRET] }), null);
  assert.equal(await refusalOf({ headers, secret: [newSecret(), newSecret()] }), 'signature-wrong');
});

test('a changed body, id or time has the wrong signature', async () => {
  const { headers } = signed();
  assert.equal(await refusalOf({ body: BODY.replace('FINISHED', 'FAILED') }), 'signature-wrong');
  assert.equal(await refusalOf({ headers: { ...headers, 'webhook-id': 'other' } }), 'signature-wrong');
  const later = { ...headers, 'webhook-timestamp': String(SECONDS + 1) };
  assert.equal(await refusalOf({ headers: later }), 'signature-wrong');
  const cut = { ...headers, 'webhook-signature': String(headers['webhook-signature']).slice(0, -8) };
  assert.equal(await refusalOf({ headers: cut }), 'signature-wrong');
  assert.equal(await refusalOf({ secret: [] }), 'signature-wrong');
});

test('old and future calls are refused outside the tolerance', async () => {
  const at = (seconds: number) => ({ now: new Date((SECONDS + seconds) * 1_000) });
  assert.equal(await refusalOf(at(300)), null);
  assert.equal(await refusalOf(at(301)), 'too-old');
  assert.equal(await refusalOf(at(-301)), 'too-new');
  assert.equal(await refusalOf({ ...at(11), toleranceSeconds: 10 }), 'too-old');
});

test('each thing that is missing or unreadable has its own reason', async () => {
  const { headers } = signed();
  for (const name of Object.keys(headers))
    assert.equal(await refusalOf({ headers: { ...headers, [name]: undefined } }), 'header-missing');
  const withHeader = (name: string, value: string) => refusalOf({ headers: { ...headers, [name]: value } });
  assert.equal(await withHeader('webhook-timestamp', '1e9'), 'timestamp-unreadable');
  assert.equal(await withHeader('webhook-signature', 'v1a,AAAA v2,BBBB'), 'signature-unreadable');
  assert.equal(await withHeader('webhook-signature', 'v1,###'), 'signature-unreadable');
  const text = new Webhook(SECRET).sign('e-028.n-011', NOW, 'no json');
  const plain = { body: 'no json', headers: { ...headers, 'webhook-signature': text } };
  assert.equal(await refusalOf(plain), 'body-unreadable');
});

test('a secret that cannot be read is an error that does not repeat it', async () => {
  await assert.rejects(
    verifyWebhook({ ...signed(), secret: 'whsec_not base64!', now: NOW }),
    (error: Error) => error instanceof TypeError && !error.message.includes('not base64!'),
  );
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { formatSigningSecret, isSigningSecret, signatureHeaders } from './signature.ts';

const SIGNED = {
  messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1_614_265_330,
  body: Buffer.from('{"test": 2432232314}'),
};

test('the example of the specification has its signature', () => {
  const headers = signatureHeaders(SIGNED, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
  assert.deepEqual(headers, {
    'webhook-id': SIGNED.messageId,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('while a secret is replaced, receivers with the old and with the new one accept the same call', () => {
  const secrets = [randomBytes(32), randomBytes(32)].map(formatSigningSecret);
  const body = Buffer.from('{"name":"é"}');
  const timestampSeconds = Math.floor(Date.now() / 1_000);
  const headers = signatureHeaders({ messageId: 'm1', timestampSeconds, body }, secrets);
  for (const secret of secrets) {
    assert.deepEqual(new Webhook(secret).verify(body.toString(), headers), { name: 'é' });
  }
  const stranger = new Webhook(formatSigningSecret(randomBytes(32)));
  assert.throws(() => stranger.verify(body.toString(), headers), /signature/i);
});

test('without a secret nothing is signed', () => assert.deepEqual(signatureHeaders(SIGNED, []), {}));

test('a secret is whsec_ and the base64 of 24 to 64 bytes', () => {
  assert.ok(isSigningSecret(formatSigningSecret(randomBytes(24))));
  assert.ok(isSigningSecret(formatSigningSecret(randomBytes(64))));
  const raw = randomBytes(32).toString('base64');
  for (const wrong of [raw, `whsec_${raw.slice(0, 8)}`, `whsec_${raw}!`, `whsec_ ${raw}`, 'whsec_', '']) {
    assert.ok(!isSigningSecret(wrong), wrong);
  }
  assert.throws(() => formatSigningSecret(randomBytes(8)), /24 to 64/);
});

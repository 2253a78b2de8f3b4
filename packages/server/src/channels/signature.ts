import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** Bytes of a signing secret (Standard Webhooks 1.0, "Signature scheme"): enough to be unguessable, no more than HMAC uses. */
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** `whsec_<base64>`: a signing secret as people and libraries write it. Throws for a key of the wrong length. */
export function formatSigningSecret(key: Uint8Array): string {
  const secret = `${PREFIX}${Buffer.from(key).toString('base64')}`;
  if (!isSigningSecret(secret)) throw new Error(`a signing key has ${MIN_BYTES} to ${MAX_BYTES} bytes`);
  return secret;
}

/** Whether a text is a signing secret that receivers' libraries can use. */
export function isSigningSecret(text: string): boolean {
  if (!text.startsWith(PREFIX) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(PREFIX.length))) return false;
  const key = keyOf(text);
  // Base64 decoders read over what is no base64; only a text that comes back the same was understood whole.
  const isWhole = key.toString('base64') === text.slice(PREFIX.length);
  return isWhole && key.length >= MIN_BYTES && key.length <= MAX_BYTES;
}

/** What is signed: the same bytes that are sent. */
export interface Signed {
  readonly messageId: string;
  readonly timestampSeconds: number;
  readonly body: Uint8Array;
}

/** The three headers of Standard Webhooks 1.0; a signature for each secret, so that a receiver may know either. */
export function signatureHeaders(signed: Signed, secrets: readonly string[]): Record<string, string> {
  if (secrets.length === 0) return {};
  return {
    'webhook-id': signed.messageId,
    'webhook-timestamp': String(signed.timestampSeconds),
    'webhook-signature': secrets.map((secret) => sign(signed, secret)).join(' '),
  };
}

function sign({ messageId, timestampSeconds, body }: Signed, secret: string): string {
  const mac = createHmac('sha256', keyOf(secret)).update(`${messageId}.${timestampSeconds}.`).update(body);
  return `v1,${mac.digest('base64')}`;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}

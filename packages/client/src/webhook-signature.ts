/** What Standard Webhooks signs: the id, the second of sending, and the body as it travels. */
export interface SignedContent {
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestampSeconds: number;
  readonly body: string | Uint8Array;
}

const PREFIX = 'whsec_';

/**
 * The `v1` signature of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, as `v1,<base64>`.
 *
 * @throws TypeError for a secret that is not `whsec_` and base64; the secret is not repeated.
 */
export async function signWebhook(content: SignedContent, secret: string): Promise<string> {
  return `v1,${encodeBase64(await computeMac(content, secret))}`;
}

/** True when one of the signatures is right under one of the secrets. Takes the same time wherever they differ. */
export async function matchesSignature(
  content: SignedContent,
  signatures: readonly Uint8Array[],
  secrets: readonly string[],
): Promise<boolean> {
  let found = false;
  for (const secret of secrets) {
    const expected = await computeMac(content, secret);
    // Every pair is compared to its end: an early exit would tell how much was right.
    for (const signature of signatures) found = equalBytes(expected, signature) || found;
  }
  return found;
}

/** The bytes of a base64 text; null when it is none. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null; // The only thing that atob throws for.
  }
}

// WebCrypto and not node:crypto, so that the same file works in Node, browsers and edge runtimes.
async function computeMac(content: SignedContent, secret: string): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', keyOf(secret), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, signedBytes(content)));
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = decodeBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (key !== null && key.length > 0) return key;
  throw new TypeError(
    'Expected a signing secret such as whsec_…, with base64 behind the prefix, got something else',
  );
}

function signedBytes({ id, timestampSeconds, body }: SignedContent): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = encoder.encode(`${id}.${timestampSeconds}.`);
  const rest = typeof body === 'string' ? encoder.encode(body) : body;
  const whole = new Uint8Array(head.length + rest.length);
  whole.set(head);
  whole.set(rest, head.length);
  return whole;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

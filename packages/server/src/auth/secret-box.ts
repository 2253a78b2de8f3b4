import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

/** Where a secret belongs; it opens nowhere else, so a sealed value cannot be moved to another row. */
export interface SecretPlace {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** Seals secrets that the service must be able to read again. */
export interface SecretBox {
  seal(secret: string, place: SecretPlace): string;
  /** Throws {@link UnopenableSecret}. */
  open(sealed: string, place: SecretPlace): string;
}

/** A sealed value that cannot be opened: with this service's keys, or not at its place. */
export class UnopenableSecret extends Error {
  override readonly name = 'UnopenableSecret';
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Names a key without telling anything about it. */
export function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('arras key id').update(key).digest('hex').slice(0, 8);
}

/**
 * Envelopes (RELIABILITY R16): each secret under a random key of its own, which is wrapped by the service's first
 * key, so that a change of that key rewraps 32 bytes. Stored as `v1.KEYID.WRAPPED.IV.TEXT.TAG`. The other keys only
 * open what they sealed.
 */
export function createSecretBox(parts: {
  readonly keys: readonly [Uint8Array, ...Uint8Array[]];
  readonly randomBytes: (size: number) => Uint8Array;
}): SecretBox {
  const { keys, randomBytes } = parts;
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  return {
    seal(secret, place) {
      const dataKey = randomBytes(KEY_BYTES);
      const id = keyIdOf(keys[0]);
      const wrapped = encrypt(keys[0], randomBytes(IV_BYTES), dataKey, `${aadOf(place)}|${id}`);
      const sealed = encrypt(dataKey, randomBytes(IV_BYTES), Buffer.from(secret, 'utf8'), aadOf(place));
      const parts = [
        Buffer.concat([wrapped.iv, wrapped.text, wrapped.tag]),
        sealed.iv,
        sealed.text,
        sealed.tag,
      ];
      return ['v1', id, ...parts.map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed, place) {
      const [version, id = '', ...rest] = sealed.split('.');
      const [wrapped, iv, text, tag] = rest.map((part) => Buffer.from(part, 'base64url'));
      if (
        version !== 'v1' ||
        wrapped === undefined ||
        iv === undefined ||
        text === undefined ||
        tag === undefined
      )
        throw new UnopenableSecret(`${nameOf(place)} is not a sealed secret`);
      const key = byId.get(id);
      if (key === undefined)
        throw new UnopenableSecret(
          `${nameOf(place)} was sealed with the key ${id}, and this service has ${[...byId.keys()].join(', ')}: set ARRAS_SERVICE_KEY as it was`,
        );
      const dataKey = decrypt(
        key,
        {
          iv: wrapped.subarray(0, IV_BYTES),
          text: wrapped.subarray(IV_BYTES, -TAG_BYTES),
          tag: wrapped.subarray(-TAG_BYTES),
        },
        `${aadOf(place)}|${id}`,
        place,
      );
      return decrypt(dataKey, { iv, text, tag }, aadOf(place), place).toString('utf8');
    },
  };
}

/** Compares secrets in a time that says nothing about where they differ. */
export function isSameSecret(given: string, known: string): boolean {
  const [a, b] = [given, known].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

interface Encrypted {
  readonly iv: Uint8Array;
  readonly text: Buffer;
  readonly tag: Buffer;
}

function encrypt(key: Uint8Array, iv: Uint8Array, plain: Uint8Array, aad: string) {
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(aad));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { iv: Buffer.from(iv), text, tag: cipher.getAuthTag() };
}

function decrypt(key: Uint8Array, { iv, text, tag }: Encrypted, aad: string, place: SecretPlace): Buffer {
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch (cause) {
    throw new UnopenableSecret(`${nameOf(place)} was changed, or was sealed for another place`, { cause });
  }
}

function aadOf({ table, row, column }: SecretPlace): string {
  return `arras|${table}|${row}|${column}|v1`;
}

function nameOf({ table, row, column }: SecretPlace): string {
  return `the ${column} of ${row} in ${table}`;
}

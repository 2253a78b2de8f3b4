import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Random bytes of a token: 256 bits cannot be guessed. */
export const TOKEN_RANDOM_BYTES = 32;

const PREFIX = 'arras_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Digits in base 62 that hold 256 and 32 bits. */
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

/**
 * A bearer token: `arras_`, 43 random characters, 6 characters of checksum. Prefix and checksum let secret scanners
 * recognise one that was published by mistake.
 */
export function makeToken(random: Uint8Array): string {
  if (random.length !== TOKEN_RANDOM_BYTES) {
    throw new RangeError(`expected ${TOKEN_RANDOM_BYTES} random bytes, got ${random.length}`);
  }
  const secret = toBase62(BigInt(`0x${Buffer.from(random).toString('hex')}`), SECRET_DIGITS);
  return `${PREFIX}${secret}${toBase62(BigInt(crc32(secret)), CHECKSUM_DIGITS)}`;
}

/** What is stored of a token. A plain hash is enough: there are no weak tokens to guess. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function toBase62(value: bigint, digits: number): string {
  const text = Array.from({ length: digits }, (_, index) => {
    const place = 62n ** BigInt(digits - 1 - index);
    return ALPHABET[Number((value / place) % 62n)];
  });
  return text.join('');
}

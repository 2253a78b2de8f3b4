import { createHmac } from 'node:crypto';
import type { ServiceKeys } from './service-key.ts';

/**
 * No vowels, so that no words come about, and nothing that is read as something else (RFC 8628 section 6.1). 20^8 codes:
 * with ten tries a minute it takes half a century to have one chance in a hundred.
 */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** Random bytes that {@link makeUserCode} takes: many more than it needs, because some are thrown away. */
export const USER_CODE_RANDOM_BYTES = 64;

/** A code such as `WDJB-MJHT`, which people compare and type. */
export function makeUserCode(random: Uint8Array): string {
  // Bytes above the last multiple of the alphabet's length would make some letters likelier than others.
  const fair = random.filter((byte) => byte < 256 - (256 % ALPHABET.length)).subarray(0, LENGTH);
  if (fair.length < LENGTH) throw new RangeError(`expected ${USER_CODE_RANDOM_BYTES} random bytes`);
  const letters = Array.from(fair, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
}

/** A code as it is compared, however it was typed: `wdjb mjht`; null: it cannot be one. */
export function readUserCode(typed: string): string | null {
  const letters = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  const isCode = CODE.test(letters);
  return isCode ? `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}` : null;
}

/** What is stored of a user code. */
export type HashUserCode = (code: string) => Buffer;

/** Codes are so short that a plain hash would tell them: this one takes the key of the service. */
export function createUserCodeHash([key]: ServiceKeys): HashUserCode {
  return (code) => createHmac('sha256', key).update(code).digest();
}

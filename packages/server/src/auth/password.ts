import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const deriveKey = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** 32 MiB and three passes: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const KEY_BYTES = 32;

/** Bytes of salt that {@link hashPassword} takes. */
export const SALT_BYTES = 16;

/** What is stored of a password: `scrypt$32768$8$3$SALT$KEY`, so that the cost can rise later. */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const key = await derive(password, salt, COST);
  const text = [salt, key].map((bytes) => Buffer.from(bytes).toString('base64url'));
  return ['scrypt', COST.N, COST.r, COST.p, ...text].join('$');
}

/** Takes the same time for every wrong password. False for a stored text of another form. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{1,64})\$([\w-]{43})$/.exec(stored);
  if (match === null) return false;
  const [, n, r, p, salt = '', key = ''] = match;
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return timingSafeEqual(derived, Buffer.from(key, 'base64url'));
}

function derive(password: string, salt: Uint8Array, cost: typeof COST | { N: number; r: number; p: number }) {
  // One form for a text that keyboards write in two (é as one character or as e and an accent).
  const text = password.normalize('NFC');
  return deriveKey(text, salt, KEY_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r });
}

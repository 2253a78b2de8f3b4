import type { Db } from '../database/connection.ts';
import { findProfile } from '../database/profiles.ts';
import type { ProfileRow } from '../database/tables.ts';
import { hashPassword, SALT_BYTES, verifyPassword } from './password.ts';

/** What came of a password. */
export type PasswordVerdict =
  | { readonly kind: 'right'; readonly profile: ProfileRow }
  /** The user is unknown or disabled, has no password, or has another one; nobody learns which. */
  | { readonly kind: 'wrong' }
  /** Too many were tried for this user from there, or for any: it was not looked at. */
  | { readonly kind: 'limited' };

/** Somebody who says who they are. */
export interface PasswordAttempt {
  readonly username: string;
  readonly password: string;
  /** Where it comes from: who floods a name from one place does not lock out its owner elsewhere. */
  readonly address: string;
}

/** Checks passwords. */
export type CheckPassword = (attempt: PasswordAttempt) => Promise<PasswordVerdict>;

/** How often something may be tried for a subject. */
export interface AttemptLimit {
  admits(subject: string): boolean;
}

/** Passwords checked at the same time: each takes 96 MiB-passes of one core, and requests must go on meanwhile. */
const AT_ONCE = 1;

/**
 * Checks passwords one after the other, so that a flood of them slows nothing but itself, and in the same time whether the
 * user exists or not.
 */
export function createPasswordCheck(seams: {
  readonly db: Db;
  /** By user and place. */
  readonly limit: AttemptLimit;
  /** By place, or whoever goes through names would make everybody wait for their turn. */
  readonly addressLimit: AttemptLimit;
  readonly randomBytes: (size: number) => Uint8Array;
}): CheckPassword {
  const inTurn = takingTurns(AT_ONCE);
  // What those who have no password are compared with: it matches nothing that anybody knows.
  let nobodys: Promise<string> | null = null;
  const makeNobodys = () =>
    inTurn(() =>
      hashPassword(Buffer.from(seams.randomBytes(32)).toString('hex'), seams.randomBytes(SALT_BYTES)),
    );
  return async ({ username, password, address }) => {
    const isAdmitted = seams.limit.admits(`${address} ${username}`) && seams.addressLimit.admits(address);
    if (!isAdmitted) return { kind: 'limited' };
    const profile = await findProfile(seams.db, username);
    const mayEnter = profile !== null && profile.disabled_at === null && profile.password_hash !== null;
    const compared = await (nobodys ??= makeNobodys());
    const stored = mayEnter ? (profile.password_hash ?? '') : compared;
    const isRight = await inTurn(() => verifyPassword(password, stored));
    return isRight && mayEnter ? { kind: 'right', profile } : { kind: 'wrong' };
  };
}

/** Lets so many run at a time, the others in the order in which they came. */
function takingTurns(atOnce: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

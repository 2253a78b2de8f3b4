import type { DeviceDecision, Scope, TokenId } from '@arras/contract';
import { type Generated, type Insertable, type Selectable, sql } from 'kysely';
import type { Db } from './connection.ts';

export interface DeviceSignInsTable {
  device_hash: Buffer;
  user_code_hash: Buffer;
  client: string;
  address: string;
  scopes: readonly Scope[] | null;
  lifetime_seconds: number;
  interval_seconds: number;
  created_at: Generated<Date>;
  expires_at: Date;
  polled_at: Generated<Date | null>;
  decision: Generated<DeviceDecision['decision'] | null>;
  username: Generated<string | null>;
  made_with: Generated<TokenId | null>;
  ends_by: Generated<Date | null>;
}

/** A program that wants to be signed in. */
export type DeviceSignInRow = Selectable<DeviceSignInsTable>;

const isOpen = sql<boolean>`decision is null and expires_at > clock_timestamp()`;

/** Stores a sign-in that is to be decided within so many seconds; null when its user code is taken. */
export async function insertDeviceSignIn(
  db: Db,
  signIn: Omit<Insertable<DeviceSignInsTable>, 'expires_at'>,
  seconds: number,
): Promise<DeviceSignInRow | null> {
  const row = await db
    .insertInto('device_sign_ins')
    .values({ ...signIn, expires_at: sql<Date>`clock_timestamp() + ${seconds} * interval '1 second'` })
    .onConflict((oc) => oc.column('user_code_hash').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The sign-in that waits with this code; null: none, or it was decided, or its time is over. */
export async function findOpenSignIn(db: Db, userCodeHash: Buffer): Promise<DeviceSignInRow | null> {
  const row = await db
    .selectFrom('device_sign_ins')
    .selectAll()
    .where('user_code_hash', '=', userCodeHash)
    .where(isOpen)
    .executeTakeFirst();
  return row ?? null;
}

/** Who approves a sign-in, and what the token may be at most. */
export interface Approval {
  readonly username: string;
  readonly scopes: readonly Scope[] | null;
  readonly madeWith: TokenId | null;
  readonly endsBy: Date | null;
}

/** Decides a sign-in that waits, once; null refuses. False when somebody else did, or its time is over. */
export async function decideSignIn(
  db: Db,
  userCodeHash: Buffer,
  approval: Approval | null,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('device_sign_ins')
    .set(
      approval === null
        ? { decision: 'REFUSE' }
        : {
            decision: 'APPROVE',
            username: approval.username,
            scopes: approval.scopes,
            made_with: approval.madeWith,
            ends_by: approval.endsBy,
          },
    )
    .where('user_code_hash', '=', userCodeHash)
    .where(isOpen)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** A sign-in as its program finds it, and whether the program asks too soon. */
export type PolledSignIn = DeviceSignInRow & { readonly isOver: boolean; readonly isTooSoon: boolean };

/**
 * The sign-in of a device code, locked: of two that ask at once the second finds what the first has left. Null: there is
 * none, or what it was good for was given out.
 */
export async function lockSignIn(tx: Db, deviceHash: Buffer): Promise<PolledSignIn | null> {
  const row = await tx
    .selectFrom('device_sign_ins')
    .selectAll()
    .select([
      sql<boolean>`expires_at <= clock_timestamp()`.as('isOver'),
      // A second less than was said: the way here takes its time now and then.
      sql<boolean>`coalesce(
        polled_at > clock_timestamp() - (interval_seconds - 1) * interval '1 second', false
      )`.as('isTooSoon'),
    ])
    .where('device_hash', '=', deviceHash)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Notes that the program has asked, and how long it has to wait from now on. */
export async function notePoll(tx: Db, deviceHash: Buffer, intervalSeconds: number): Promise<void> {
  await tx
    .updateTable('device_sign_ins')
    .set({ polled_at: sql<Date>`clock_timestamp()`, interval_seconds: intervalSeconds })
    .where('device_hash', '=', deviceHash)
    .execute();
}

/** Forgets a sign-in: each gives one token at most. */
export async function removeSignIn(tx: Db, deviceHash: Buffer): Promise<void> {
  await tx.deleteFrom('device_sign_ins').where('device_hash', '=', deviceHash).execute();
}

/** Takes back what a user has approved and no program has fetched yet. */
export async function refuseApproved(tx: Db, username: string): Promise<void> {
  await tx
    .updateTable('device_sign_ins')
    .set({ decision: 'REFUSE', username: null, made_with: null })
    .where('username', '=', username)
    .execute();
}

/** Forgets sign-ins whose time was over an hour ago: until then their programs are told so. */
export async function forgetOldSignIns(db: Db): Promise<void> {
  await db
    .deleteFrom('device_sign_ins')
    .where('expires_at', '<', sql<Date>`clock_timestamp() - interval '1 hour'`)
    .execute();
}

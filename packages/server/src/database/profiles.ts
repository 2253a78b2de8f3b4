import type { TokenId } from '@arras/contract';
import type { Insertable } from 'kysely';
import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import { refuseApproved } from './device-sign-ins.ts';
import type { ProfileRow, ProfilesTable } from './tables.ts';

/** Stores a new user; null when the name is taken. */
export async function insertProfile(db: Db, profile: Insertable<ProfilesTable>): Promise<ProfileRow | null> {
  const row = await db
    .insertInto('profiles')
    .values(profile)
    .onConflict((oc) => oc.column('username').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findProfile(db: Db, username: string): Promise<ProfileRow | null> {
  return (
    (await db.selectFrom('profiles').selectAll().where('username', '=', username).executeTakeFirst()) ?? null
  );
}

/** The user with this id. */
export async function findProfileByUuid(db: Db, uuid: string): Promise<ProfileRow | null> {
  const row = await db
    .selectFrom('profiles')
    .selectAll()
    .where('uuid', '=', uuid as ProfileRow['uuid'])
    .executeTakeFirst();
  return row ?? null;
}

/** What can be changed of a user; what is left out stays. */
export type ProfileChange = Partial<
  Pick<
    ProfileRow,
    | 'email'
    | 'first_name'
    | 'last_name'
    | 'phone'
    | 'mobile_phone'
    | 'password_hash'
    | 'disabled_at'
    | 'is_admin'
  >
>;

/** Changes a user; null when there is none of the name. */
export async function updateProfile(
  db: Db,
  username: string,
  change: ProfileChange,
): Promise<ProfileRow | null> {
  const row = await db
    .updateTable('profiles')
    .set(change)
    .where('username', '=', username)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Those of some names that are names of users. */
export async function findKnownNames(db: Db, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const rows = await db
    .selectFrom('profiles')
    .select('username')
    .where('username', '=', sql<string>`any(${[...names]}::text[])`)
    .execute();
  return new Set(rows.map(({ username }) => username));
}

/**
 * Bars a user from signing in, and ends all that lets anybody act for them, also for the time when they are enabled again.
 * Returns false when there is no such active user.
 */
export async function disableProfile(db: Db, username: string): Promise<boolean> {
  const result = await db
    .updateTable('profiles')
    .set({ disabled_at: sql`clock_timestamp()` })
    .where('username', '=', username)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await db
    .updateTable('tokens')
    .set({ revoked_at: sql`clock_timestamp()` })
    .where('username', '=', username)
    .where('revoked_at', 'is', null)
    .execute();
  await db.deleteFrom('refresh_tokens').where('username', '=', username).execute();
  await db.deleteFrom('postits').where('creator', '=', username).execute();
  await refuseApproved(db, username);
  announce(db, { kind: 'tokens' });
  return true;
}

/** Ends what a password opened: sessions, and what was granted to clients. One token, if it is of these, stays. */
export async function endPasswordGrants(db: Db, username: string, kept: TokenId): Promise<void> {
  await db
    .updateTable('tokens')
    .set({ revoked_at: sql`clock_timestamp()` })
    .where('username', '=', username)
    .where('kind', 'in', ['client', 'session'])
    .where('id', '<>', kept)
    .where('revoked_at', 'is', null)
    .execute();
  await db.deleteFrom('refresh_tokens').where('username', '=', username).execute();
  await db.deleteFrom('device_sign_ins').where('username', '=', username).execute();
  announce(db, { kind: 'tokens' });
}

/** Makes sure that the user exists, is an admin and may sign in. */
export async function ensureAdmin(db: Db, profile: Insertable<ProfilesTable>): Promise<void> {
  await db
    .insertInto('profiles')
    .values({ ...profile, is_admin: true })
    .onConflict((oc) =>
      oc.column('username').doUpdateSet({
        is_admin: true,
        disabled_at: null,
        ...(profile.password_hash ? { password_hash: profile.password_hash } : {}),
      }),
    )
    .execute();
}

/** Whether anybody has been registered yet. */
export async function hasProfiles(db: Db): Promise<boolean> {
  return (await db.selectFrom('profiles').select('username').limit(1).executeTakeFirst()) !== undefined;
}

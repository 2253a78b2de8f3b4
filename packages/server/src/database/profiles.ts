import type { Insertable } from 'kysely';
import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
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

/** One page of the users by name. Without `withDisabled` only those that may sign in. */
export async function listProfiles(
  db: Db,
  filter: {
    readonly username: string | undefined;
    readonly email: string | undefined;
    readonly withDisabled: boolean;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<ProfileRow[]> {
  const { username, email } = filter;
  return db
    .selectFrom('profiles')
    .selectAll()
    .$if(username !== undefined, (qb) => qb.where('username', '=', username ?? ''))
    .$if(email !== undefined, (qb) => qb.where('email', '=', email ?? ''))
    .$if(!filter.withDisabled, (qb) => qb.where('disabled_at', 'is', null))
    .orderBy('username')
    .limit(filter.limit)
    .offset(filter.offset)
    .execute();
}

/** Bars a user from signing in and revokes all their tokens. Returns false when there is no such active user. */
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
  announce(db, { kind: 'tokens' });
  return true;
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

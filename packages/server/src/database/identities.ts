import type { Generated, Selectable } from 'kysely';
import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import { refuseApproved } from './device-sign-ins.ts';
import type { ProfileRow } from './tables.ts';

export interface IdentityChangesTable {
  id: Generated<string>;
  username: string;
  action: 'LINKED' | 'UNLINKED';
  issuer: string;
  subject: string;
  created_by: string;
  created_at: Generated<Date>;
}

/** Who joined or parted account and identity. */
export type IdentityChangeRow = Selectable<IdentityChangesTable>;

/** Somebody at an OpenID provider. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** The user who signs in with an identity; null: nobody. */
export async function findIdentityHolder(db: Db, { issuer, subject }: Identity): Promise<string | null> {
  const row = await db
    .selectFrom('profiles')
    .select('username')
    .where('oidc_issuer', '=', issuer)
    .where('oidc_subject', '=', subject)
    .executeTakeFirst();
  return row?.username ?? null;
}

/** Whether an identity signs in to an account; nobody parts them before the transaction ends. */
export async function holdsIdentity(
  tx: Db,
  username: string,
  { issuer, subject }: Identity,
): Promise<boolean> {
  const row = await tx
    .selectFrom('profiles')
    .select('username')
    .where('username', '=', username)
    .where('oidc_issuer', '=', issuer)
    .where('oidc_subject', '=', subject)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Joins an account that has no identity with one, and writes down who did it. Null when it has one already. Throws what
 * `findDatabaseTrouble` calls taken when the identity is another account's.
 */
export async function linkIdentity(
  tx: Db,
  username: string,
  { issuer, subject, by }: Identity & { readonly by: string },
): Promise<ProfileRow | null> {
  const row = await tx
    .updateTable('profiles')
    .set({
      oidc_issuer: issuer,
      oidc_subject: subject,
      oidc_linked_by: by,
      oidc_linked_at: sql<Date>`clock_timestamp()`,
    })
    .where('username', '=', username)
    .where('oidc_subject', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  await record(tx, { username, action: 'LINKED', issuer, subject, created_by: by });
  return row;
}

/**
 * Parts an account from its identity, ends what that opened, and writes down who did it. Null when it has none. The
 * tokens of the provider are forgotten and not revoked: each may be good for another account then.
 */
export async function unlinkIdentity(tx: Db, username: string, by: string): Promise<Identity | null> {
  const known = await tx
    .selectFrom('profiles')
    .select(['oidc_issuer as issuer', 'oidc_subject as subject'])
    .where('username', '=', username)
    .forUpdate()
    .executeTakeFirst();
  if (known === undefined || known.issuer === null || known.subject === null) return null;
  await tx
    .updateTable('profiles')
    .set({ oidc_issuer: null, oidc_subject: null, oidc_linked_by: null, oidc_linked_at: null })
    .where('username', '=', username)
    .execute();
  await endIssued(tx, username);
  await refuseApproved(tx, username);
  const identity = { issuer: known.issuer, subject: known.subject };
  await record(tx, { username, action: 'UNLINKED', ...identity, created_by: by });
  return identity;
}

/** What was made with a token of the provider goes with its row. */
async function endIssued(tx: Db, username: string): Promise<void> {
  await tx
    .deleteFrom('tokens')
    .where('username', '=', username)
    .where('kind', '=', 'issued')
    .where('revoked_at', 'is', null)
    .execute();
  await tx
    .updateTable('tokens')
    .set({ revoked_at: sql<Date>`clock_timestamp()` })
    .where('username', '=', username)
    .where('kind', '=', 'session')
    .where('sign_in_hash', 'is not', null)
    .where('revoked_at', 'is', null)
    .execute();
  announce(tx, { kind: 'tokens' });
}

async function record(tx: Db, change: Omit<IdentityChangeRow, 'id' | 'created_at'>): Promise<void> {
  await tx.insertInto('identity_changes').values(change).execute();
}

/** What was done about the identity of an account, newest first. */
export async function listIdentityChanges(
  db: Db,
  username: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<IdentityChangeRow[]> {
  return db
    .selectFrom('identity_changes')
    .selectAll()
    .where('username', '=', username)
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

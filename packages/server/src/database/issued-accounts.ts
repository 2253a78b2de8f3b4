import type { ProfileId, TokenId } from '@arras/contract';
import { type Db, inTransaction } from './connection.ts';
import { holdsIdentity, type Identity } from './identities.ts';
import type { ProfileRow } from './tables.ts';
import { findIssuedHolder, type TokenHolder } from './tokens.ts';

/** The account of somebody whom the OpenID provider knows. */
export interface IssuedAccount {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** null: it stays as it is. */
  readonly isAdmin: boolean | null;
}

/**
 * The account of somebody; who is an administrator is put in force, except where an administrator has joined an account of
 * this service: the provider knows nothing of its rights. Null: they have none yet.
 */
export async function findIssuedAccount(db: Db, account: IssuedAccount): Promise<ProfileRow | null> {
  const { issuer, subject, isAdmin } = account;
  const row = await db
    .selectFrom('profiles')
    .selectAll()
    .where('oidc_issuer', '=', issuer)
    .where('oidc_subject', '=', subject)
    .executeTakeFirst();
  if (row === undefined || isAdmin === null || row.is_admin === isAdmin) return row ?? null;
  if (row.oidc_linked_by !== null) return row;
  await db.updateTable('profiles').set({ is_admin: isAdmin }).where('username', '=', row.username).execute();
  return { ...row, is_admin: isAdmin };
}

/** Makes the account of somebody; of several at once one makes it. Null: the name belongs to somebody else. */
export async function makeIssuedAccount(
  db: Db,
  account: IssuedAccount & { readonly uuid: ProfileId; readonly username: string },
): Promise<ProfileRow | null> {
  await db
    .insertInto('profiles')
    .values({
      uuid: account.uuid,
      username: account.username,
      email: account.email,
      first_name: account.firstName,
      last_name: account.lastName,
      is_admin: account.isAdmin ?? false,
      oidc_issuer: account.issuer,
      oidc_subject: account.subject,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
  return findIssuedAccount(db, account);
}

/**
 * Remembers a token that the provider signed, so that it can be revoked; of several at once one does. Who has it can write
 * its signature in other ways that verify as well: it is the token that was signed which is remembered, and revoked. Null:
 * the identity and the account were parted meanwhile.
 */
export async function keepIssuedToken(
  db: Db,
  token: Identity & {
    readonly id: TokenId;
    readonly tokenHash: Buffer;
    /** SHA-256 of what was signed. */
    readonly signedHash: Buffer;
    readonly username: string;
    readonly name: string;
    readonly expires: Date;
  },
): Promise<TokenHolder | null> {
  await inTransaction(db, async (tx) => {
    if (!(await holdsIdentity(tx, token.username, token))) return;
    await tx
      .insertInto('tokens')
      .values({
        id: token.id,
        token_hash: token.tokenHash,
        sign_in_hash: token.signedHash,
        username: token.username,
        name: token.name,
        kind: 'issued',
        expires_at: token.expires,
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
  });
  return findIssuedHolder(db, token.signedHash);
}

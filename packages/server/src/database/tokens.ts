import type { TokenId } from '@arras/contract';
import { type Insertable, sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { TokenRow, TokensTable } from './tables.ts';

/** Who a token speaks for. */
export interface TokenHolder {
  readonly tokenId: TokenId;
  readonly username: string;
  readonly isAdmin: boolean;
  readonly state: 'valid' | 'disabled' | 'expired' | 'revoked';
}

// A disabled account says so, although its tokens have been revoked with it.
const tokenState = sql<TokenHolder['state']>`case
  when profiles.disabled_at is not null then 'disabled'
  when tokens.revoked_at is not null then 'revoked'
  when tokens.expires_at <= clock_timestamp() then 'expired'
  else 'valid'
  end`;

/** The holder of the token with this SHA-256, or null when no such token was ever issued. */
export async function findTokenHolder(db: Db, tokenHash: Buffer): Promise<TokenHolder | null> {
  const row = await db
    .selectFrom('tokens')
    .innerJoin('profiles', 'profiles.username', 'tokens.username')
    .select(['tokens.id', 'tokens.username', 'profiles.is_admin', tokenState.as('state')])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (!row) return null;
  return { tokenId: row.id, username: row.username, isAdmin: row.is_admin, state: row.state };
}

/** The holders of these tokens, by the tokens' ids; those that are gone are absent. */
export async function findTokenHolders(
  db: Db,
  ids: readonly TokenId[],
): Promise<ReadonlyMap<TokenId, TokenHolder>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('tokens')
    .innerJoin('profiles', 'profiles.username', 'tokens.username')
    .select(['tokens.id', 'tokens.username', 'profiles.is_admin', tokenState.as('state')])
    .where('tokens.id', '=', sql<TokenId>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(
    rows.map(({ id, username, is_admin, state }) => [
      id,
      { tokenId: id, username, isAdmin: is_admin, state },
    ]),
  );
}

/** Stores a new token. Its lifetime is counted by the clock of the database, which also checks it; null: for ever. */
export async function insertToken(
  db: Db,
  token: Omit<Insertable<TokensTable>, 'expires_at'>,
  lifetimeSeconds: number | null = null,
): Promise<TokenRow> {
  const expires_at =
    lifetimeSeconds === null ? null : sql<Date>`clock_timestamp() + ${lifetimeSeconds} * interval '1 second'`;
  return db
    .insertInto('tokens')
    .values({ ...token, expires_at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Stores a token given by the operator, or leaves it when it is known already. */
export async function ensureToken(db: Db, token: Insertable<TokensTable>): Promise<void> {
  await db
    .insertInto('tokens')
    .values(token)
    .onConflict((oc) => oc.column('token_hash').doUpdateSet({ revoked_at: null, username: token.username }))
    .execute();
}

export async function listOwnedTokens(
  db: Db,
  username: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<TokenRow[]> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .where('username', '=', username)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** Revokes a token, whoever holds it; for administrators. Returns false when there is none such. */
export async function revokeAnyToken(db: Db, id: TokenId): Promise<boolean> {
  const result = await db
    .updateTable('tokens')
    .set({ revoked_at: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  announce(db, { kind: 'tokens' });
  return result.numUpdatedRows > 0n;
}

/** Revokes the user's tokens of a name except the one with this hash. */
export async function revokeOtherTokens(
  db: Db,
  token: { readonly username: string; readonly name: string; readonly tokenHash: Buffer },
): Promise<void> {
  await db
    .updateTable('tokens')
    .set({ revoked_at: sql`clock_timestamp()` })
    .where('username', '=', token.username)
    .where('name', '=', token.name)
    .where('token_hash', '!=', token.tokenHash)
    .where('revoked_at', 'is', null)
    .execute();
  announce(db, { kind: 'tokens' });
}

/** Revokes one of the user's tokens. Returns false when there is none such. */
export async function revokeOwnedToken(db: Db, username: string, id: TokenId): Promise<boolean> {
  const result = await db
    .updateTable('tokens')
    .set({ revoked_at: sql`clock_timestamp()` })
    .where('username', '=', username)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  announce(db, { kind: 'tokens' });
  return result.numUpdatedRows > 0n;
}

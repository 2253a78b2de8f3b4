import type { Scope, TokenId, TokenKind } from '@arras/contract';
import { type Insertable, type RawBuilder, sql } from 'kysely';
import { announce } from './changes.ts';
import { type Db, inTransaction } from './connection.ts';
import type { TokenRow, TokensTable } from './tables.ts';

/** Who a token speaks for. */
export interface TokenHolder {
  readonly tokenId: TokenId;
  readonly username: string;
  readonly isAdmin: boolean;
  readonly state: 'valid' | 'disabled' | 'expired' | 'revoked';
  readonly kind: TokenKind;
  /** null: everything that the user may do. */
  readonly scopes: readonly Scope[] | null;
  /** The last use that is noted is a minute old or older. */
  readonly isUseUnnoted: boolean;
}

// A disabled account says so, although its tokens have been revoked with it.
const tokenState = sql<TokenHolder['state']>`case
  when profiles.disabled_at is not null then 'disabled'
  when tokens.revoked_at is not null then 'revoked'
  when tokens.expires_at <= clock_timestamp() then 'expired'
  else 'valid'
  end`;

// Tokens of clients and of the OpenID provider are many, and nobody looks after single ones.
const isUseUnnoted = sql<boolean>`tokens.kind in ('personal', 'session', 'device')
  and coalesce(tokens.last_used_at < clock_timestamp() - interval '1 minute', true)`;

function selectHolders(db: Db) {
  return db
    .selectFrom('tokens')
    .innerJoin('profiles', 'profiles.username', 'tokens.username')
    .select([
      'tokens.id as tokenId',
      'tokens.username',
      'profiles.is_admin as isAdmin',
      tokenState.as('state'),
      'tokens.kind',
      'tokens.scopes',
      isUseUnnoted.as('isUseUnnoted'),
    ]);
}

/** The holder of the token with this SHA-256, or null when no such token was ever issued. */
export async function findTokenHolder(db: Db, tokenHash: Buffer): Promise<TokenHolder | null> {
  return (await selectHolders(db).where('token_hash', '=', tokenHash).executeTakeFirst()) ?? null;
}

/** The holder of the token of the OpenID provider in which this was signed, given as SHA-256. */
export async function findIssuedHolder(db: Db, signedHash: Buffer): Promise<TokenHolder | null> {
  return (await selectHolders(db).where('sign_in_hash', '=', signedHash).executeTakeFirst()) ?? null;
}

/** The holders of these tokens, by the tokens' ids; those that are gone are absent. */
export async function findTokenHolders(
  db: Db,
  ids: readonly TokenId[],
): Promise<ReadonlyMap<TokenId, TokenHolder>> {
  if (ids.length === 0) return new Map();
  const rows = await selectHolders(db)
    .where('tokens.id', '=', sql<TokenId>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(rows.map((holder) => [holder.tokenId, holder]));
}

/** Notes that a token is used; of several at once one writes. */
export async function noteTokenUse(db: Db, id: TokenId): Promise<void> {
  await db
    .updateTable('tokens')
    .set({ last_used_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where(isUseUnnoted)
    .execute();
}

/** A token by its id, whoever holds it and whether it counts or not. */
export async function findToken(db: Db, id: TokenId): Promise<TokenRow | null> {
  return (await db.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** When a new token ends. */
export interface TokenEnd {
  /** Counted by the clock of the database, which also checks it; null: for ever. */
  readonly lifetimeSeconds: number | null;
  /** It ends by then in any case; null: nothing limits it. */
  readonly endsBy: Date | null;
}

/** Stores a new token, by default one that does not end. */
export async function insertToken(
  db: Db,
  token: Omit<Insertable<TokensTable>, 'expires_at'>,
  { lifetimeSeconds, endsBy }: TokenEnd = { lifetimeSeconds: null, endsBy: null },
): Promise<TokenRow> {
  // Of null and a time, `least` takes the time.
  const expires_at = sql<Date>`least(
    clock_timestamp() + ${lifetimeSeconds}::double precision * interval '1 second',
    ${endsBy}::timestamptz
  )`;
  return db
    .insertInto('tokens')
    .values({ ...token, expires_at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * As {@link insertToken}, in a transaction, for a token that was made with another. Null when that is revoked, or is being revoked: its row is
 * locked meanwhile, so that of the two one sees the other.
 */
export async function insertMadeToken(
  tx: Db,
  token: Omit<Insertable<TokensTable>, 'expires_at'> & { readonly begun_with: TokenId | null },
  end: TokenEnd,
): Promise<TokenRow | null> {
  const { begun_with: origin } = token;
  if (origin === null) return insertToken(tx, token, end);
  const counting = await tx
    .selectFrom('tokens')
    .select('id')
    .where('id', '=', origin)
    .where('revoked_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return counting === undefined ? null : insertToken(tx, token, end);
}

/** Stores a token given by the operator, or leaves it when it is known already. */
export async function ensureToken(db: Db, token: Insertable<TokensTable>): Promise<void> {
  await db
    .insertInto('tokens')
    .values(token)
    .onConflict((oc) => oc.column('token_hash').doUpdateSet({ revoked_at: null, username: token.username }))
    .execute();
}

/** Those that were not revoked; ended ones only where their user made them. */
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
    .where(sql<boolean>`(kind = 'personal' or expires_at > clock_timestamp())`)
    .orderBy('created_at', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/**
 * Revokes a token with all that was made with it, whoever holds it; for administrators. Returns false when there is nothing to
 * revoke. One that was ended otherwise still takes along what was made with it.
 */
export function revokeAnyToken(db: Db, id: TokenId): Promise<boolean> {
  return revoke(db, sql`id = ${id}`);
}

/** Revokes one of the user's tokens with all that was made with it. Returns false when there is nothing to revoke. */
export function revokeOwnedToken(db: Db, username: string, id: TokenId): Promise<boolean> {
  return revoke(db, sql`id = ${id} and username = ${username}`);
}

/**
 * Ends a token and the sessions that were begun with it. Tokens that were made with it stay: who signs out, or gets a new
 * token in place of one, does not mean those that they made for others and for programs.
 */
export function endToken(db: Db, id: TokenId): Promise<boolean> {
  return end(db, sql`id = ${id}`);
}

/** Ends the user's tokens of a name except the one with this hash, as {@link endToken} does. */
export async function endOtherTokens(
  db: Db,
  {
    username,
    name,
    tokenHash,
  }: { readonly username: string; readonly name: string; readonly tokenHash: Buffer },
): Promise<void> {
  await end(db, sql`username = ${username} and name = ${name} and token_hash <> ${tokenHash}`);
}

/** Until nothing is left, as {@link revoke} does: also a session that is being begun meanwhile. */
async function end(db: Db, condition: RawBuilder<unknown>): Promise<boolean> {
  let total = 0n;
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      with chosen as (select id from tokens where ${condition})
      update tokens
      set revoked_at = clock_timestamp()
      from chosen
      where (tokens.id = chosen.id or (tokens.begun_with = chosen.id and tokens.kind = 'session'))
        and revoked_at is null`.execute(db);
    total += numAffectedRows;
    if (numAffectedRows === 0n) break;
  }
  announce(db, { kind: 'tokens' });
  return total > 0n;
}

/** Until nothing is left: what was being made with one of them is there when its lock is free ({@link insertMadeToken}). */
async function revoke(db: Db, condition: RawBuilder<unknown>): Promise<boolean> {
  const revoked = await inTransaction(db, async (tx) => {
    let total = 0n;
    for (;;) {
      const { numAffectedRows = 0n } = await sql`
        with recursive chosen as (
          select id from tokens where ${condition}
          union
          select tokens.id from tokens join chosen on tokens.begun_with = chosen.id
        )
        update tokens
        set revoked_at = clock_timestamp()
        from chosen
        where tokens.id = chosen.id
          and revoked_at is null`.execute(tx);
      total += numAffectedRows;
      if (numAffectedRows === 0n) return total;
    }
  });
  announce(db, { kind: 'tokens' });
  return revoked > 0n;
}

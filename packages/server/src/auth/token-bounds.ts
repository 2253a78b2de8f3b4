import { ApiError, holdsScope, type Scope, type TokenId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { findToken } from '../database/tokens.ts';
import type { Principal } from './authenticate.ts';

/**
 * The scopes of a token that somebody makes; where nothing is asked for, those of their own. Throws ApiError for what their
 * own lacks.
 */
export function boundScopes(
  { scopes }: Principal,
  asked: readonly Scope[] | undefined,
): readonly Scope[] | null {
  if (asked === undefined) return scopes;
  const missing = asked.find((scope) => !holdsScope(scopes, scope));
  if (missing === undefined) return asked;
  throw new ApiError('access.scope-missing', {
    message: `A token cannot give what it has not: it lacks the scope ${missing}, and has ${scopes?.join(', ')}.`,
  });
}

/**
 * Refuses a limited token what gives rights without limits to whoever asks, such as a new administrator or the password of
 * somebody else. Throws ApiError.
 */
export function refuseLimited({ scopes }: Principal): void {
  if (scopes === null) return;
  throw new ApiError('access.scope-missing', {
    message: `This gives rights without limits, which takes a token without: this one has only ${scopes.join(', ')}.`,
  });
}

/**
 * When a token that somebody makes ends at the latest; null: nothing limits it. What was made with a token does not
 * outlive it, or a stolen one could make itself last. Who signed in to a browser with a password is there in person, and
 * makes tokens that last after the browser is closed.
 */
export async function findLatestEnd(db: Db, viewer: Principal): Promise<Date | null> {
  const origin = await findOrigin(db, viewer);
  return origin === null ? null : ((await findToken(db, origin))?.expires_at ?? null);
}

/**
 * The token with which somebody makes another one, and that takes it along when it is revoked; null: who is there in person
 * makes it. A session stands for the token with which it was begun.
 */
export async function findOrigin(db: Db, { tokenId }: Principal): Promise<TokenId | null> {
  const row = await findToken(db, tokenId);
  return row?.kind === 'session' ? row.begun_with : tokenId;
}

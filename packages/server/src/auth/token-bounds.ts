import { ApiError, holdsScope, type Scope } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { findToken } from '../database/tokens.ts';
import type { Principal } from './authenticate.ts';

/** The scopes among those asked for that somebody cannot give to a token, because their own lacks them. */
export function findExcessScopes({ scopes }: Principal, asked: readonly Scope[]): readonly Scope[] {
  return asked.filter((scope) => !holdsScope(scopes, scope));
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
export async function findLatestEnd(db: Db, { tokenId }: Principal): Promise<Date | null> {
  const row = await findToken(db, tokenId);
  if (row?.kind !== 'session') return row?.expires_at ?? null;
  return row.begun_with === null ? null : ((await findToken(db, row.begun_with))?.expires_at ?? null);
}

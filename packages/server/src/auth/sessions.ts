import { ApiError, type Scope, type TokenId } from '@arras/contract';
import { type Db, inTransaction } from '../database/connection.ts';
import { holdsIdentity, type Identity } from '../database/identities.ts';
import type { TokenRow } from '../database/tables.ts';
import { insertMadeToken } from '../database/tokens.ts';
import type { NewId } from '../domain/id-source.ts';
import type { SessionCookies } from './session-cookie.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from './token.ts';

/** Somebody who has proven who they are. */
export interface SignedIn {
  readonly username: string;
  /** The token that proved it; null: a password, or the OpenID provider. */
  readonly begunWith: TokenId | null;
  readonly scopes: readonly Scope[] | null;
  /** When the proof ends, and the session with it; null: it does not. */
  readonly endsBy: Date | null;
  /** SHA-256 of the state of the sign-in at the OpenID provider: it makes one session at most. */
  readonly signInHash: Buffer | null;
  /** Who came from the OpenID provider: nobody, once they are parted from the account. null: another way. */
  readonly identity: Identity | null;
  /** What the browser calls itself. */
  readonly userAgent: string;
}

/** A session that has begun. */
export interface BegunSession {
  readonly row: TokenRow;
  /** The `Set-Cookie` header that gives it to the browser. */
  readonly cookie: string;
}

/** Begins sessions of browsers. Throws ApiError when what proved who it is has ended meanwhile. */
export type BeginSession = (who: SignedIn) => Promise<BegunSession>;

/** What {@link createSessions} works with. */
export interface SessionSeams {
  readonly db: Db;
  readonly newId: NewId;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly cookies: Pick<SessionCookies, 'begin'>;
  readonly lifetimeMs: number;
  readonly now: () => Date;
}

/** Characters of a browser's name that are kept. */
const KEPT_NAME = 200;

/**
 * A session is a token that only a cookie holds. Its secret is new each time, whatever the browser sent before: nobody
 * can prepare a session for somebody else to sign in to.
 */
export function createSessions(seams: SessionSeams): BeginSession {
  const { db, newId, randomBytes, cookies, lifetimeMs, now } = seams;
  return async (who) => {
    const secret = makeToken(randomBytes(TOKEN_RANDOM_BYTES));
    const session = {
      id: newId('token'),
      token_hash: hashToken(secret),
      username: who.username,
      name: 'browser',
      description: cleanName(who.userAgent),
      kind: 'session' as const,
      scopes: who.scopes,
      begun_with: who.begunWith,
      sign_in_hash: who.signInHash,
    };
    const row = await inTransaction(db, async (tx) => {
      if (who.identity !== null && !(await holdsIdentity(tx, who.username, who.identity)))
        throw new ApiError('session.sign-in-failed', {
          message: 'The account was parted from you just now.',
        });
      return insertMadeToken(tx, session, { lifetimeSeconds: lifetimeMs / 1000, endsBy: who.endsBy });
    });
    if (row === null) throw new ApiError('auth.revoked');
    const leftMs = (row.expires_at?.getTime() ?? 0) - now().getTime();
    return { row, cookie: cookies.begin(secret, Math.max(1, Math.floor(leftMs / 1000))) };
  };
}

/** A header may hold any bytes. */
function cleanName(userAgent: string): string | null {
  const clean = userAgent.replaceAll(/[^\x20-\x7e]/g, '').slice(0, KEPT_NAME);
  return clean === '' ? null : clean;
}

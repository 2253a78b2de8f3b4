import { ApiError, type Scope, type TokenId } from '@arras/contract';
import type { TokenHolder } from '../database/tokens.ts';
import { HolderCache, type HolderCacheSeams } from './holder-cache.ts';
import { RecentHeaders } from './recent-headers.ts';
import type { SessionCookies } from './session-cookie.ts';

/** Who a request comes from. */
export interface Principal {
  readonly username: string;
  readonly isAdmin: boolean;
  /** The token that says so: what goes on for longer than a request ends with it. */
  readonly tokenId: TokenId;
  /** What the token may be used for; null: everything that the user may do. */
  readonly scopes: readonly Scope[] | null;
}

/** The headers of a request that may say who sends it. One with a token wins over the cookie of a session. */
export interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/** Finds out who a request comes from. */
export interface Authenticator {
  /** The holder of the bearer token or of the session. Throws ApiError (`auth.…`) when there is none. */
  authenticate(credentials: Credentials): Promise<Principal>;
  /** The holder if that is known without waiting; null: `authenticate` finds out. */
  recall(credentials: Credentials): Principal | null;
  /** Forgets what is remembered, so that a change of tokens or users counts at once in this process. */
  forget(): void;
}

/** What an authenticator works with. */
export interface AuthenticatorSeams extends HolderCacheSeams {
  readonly cookies: Pick<SessionCookies, 'read'>;
}

/** Ours are short; operators choose theirs themselves, and those of an OpenID provider carry what it says of a user. */
const BEARER = /^Bearer +([\x21-\x7e]{1,10240}) *$/i;

/** Reads tokens from headers only: addresses end up in logs. */
export function createAuthenticator(seams: AuthenticatorSeams): Authenticator {
  const holders = new HolderCache(seams);
  const recent = { bearer: new RecentHeaders(seams.now), cookie: new RecentHeaders(seams.now) };
  const read = ({ authorization, cookie }: Credentials) =>
    authorization === undefined
      ? { by: 'cookie' as const, header: cookie ?? '', token: seams.cookies.read(cookie) }
      : { by: 'bearer' as const, header: authorization, token: BEARER.exec(authorization)?.[1] ?? null };
  return {
    async authenticate(credentials) {
      const { by, header, token } = read(credentials);
      if (token === null) throw new ApiError(isBlank(credentials) ? 'auth.missing' : 'auth.invalid');
      const known = holders.find(token);
      const principal = toPrincipal(await known.holder, by);
      // What was forgotten while the database was asked must not come back.
      if (holders.keeps(known)) recent[by].keep(header, { until: known.until, principal });
      return principal;
    },
    recall: ({ authorization, cookie }) => {
      if (authorization !== undefined) return recent.bearer.find(authorization);
      return cookie === undefined ? null : recent.cookie.find(cookie);
    },
    forget: () => {
      holders.clear();
      recent.bearer.clear();
      recent.cookie.clear();
    },
  };
}

/** Cookies that are not of ours say nothing. */
function isBlank({ authorization = '' }: Credentials): boolean {
  return authorization.trim() === '';
}

function toPrincipal(holder: TokenHolder | null, by: 'bearer' | 'cookie'): Principal {
  // Browsers send cookies without being asked: only what was made for that is taken from there.
  if (holder === null || (by === 'cookie' && holder.kind !== 'session')) throw new ApiError('auth.invalid');
  if (holder.state !== 'valid') throw new ApiError(`auth.${holder.state}`);
  const { username, isAdmin, tokenId, scopes } = holder;
  return { username, isAdmin, tokenId, scopes };
}

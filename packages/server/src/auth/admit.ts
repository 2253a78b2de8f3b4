import { ApiError, holdsScope, type Scope } from '@arras/contract';
import type { Credentials, Principal } from './authenticate.ts';
import { isCausedByOwnPage, type PageHeaders } from './own-pages.ts';
import type { SessionCookies } from './session-cookie.ts';

/** What to tell a principal whose token was not made for this; null: it was. */
export function findMissingScope({ scopes }: Principal, needed: Scope | null): ApiError | null {
  if (needed === null || holdsScope(scopes, needed)) return null;
  return new ApiError('access.scope-missing', {
    message: `The token may not be used for this: it needs the scope ${needed}, and has ${scopes?.join(', ')}.`,
  });
}

/** What to tell the sender of the cookie of a session that a page of another origin made the browser send (S11). */
export function findForeignPage(
  request: {
    readonly isWrite: boolean;
    readonly headers: PageHeaders & Credentials;
  },
  seams: { readonly cookies: Pick<SessionCookies, 'read'>; readonly publicUrl: () => string },
): ApiError | null {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined || cookie === undefined) return null;
  if (isCausedByOwnPage(request, seams.publicUrl) || seams.cookies.read(cookie) === null) return null;
  return new ApiError('access.foreign-origin');
}

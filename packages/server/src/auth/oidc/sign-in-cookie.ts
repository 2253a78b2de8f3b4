import { type SecretBox, type SecretPlace, UnopenableSecret } from '../secret-box.ts';
import { cookieName, readCookie, renderCookie } from '../session-cookie.ts';

/** What a browser keeps between going to the provider and coming back. */
export interface PendingSignIn {
  /** Comes back with the browser: the answer belongs to this request (RFC 6749 section 10.12). */
  readonly state: string;
  /** Comes back in the token: it was made for this request. */
  readonly nonce: string;
  /** Proves to the provider that who has the code also asked for it (RFC 7636). */
  readonly verifier: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const NAME = 'arras_sign_in';

const PLACE: SecretPlace = { table: 'sign-ins', row: 'browser', column: 'cookie' };

/** Time to sign in at the provider. */
export const SIGN_IN_SECONDS = 600;

/** A `Set-Cookie` header that keeps a sign-in, sealed: the service itself keeps nothing. */
export function keepSignIn(secrets: SecretBox, pending: PendingSignIn, publicUrl: string): string {
  return write(secrets.seal(JSON.stringify(pending), PLACE), SIGN_IN_SECONDS, publicUrl);
}

/** A `Set-Cookie` header that forgets it. */
export function forgetSignIn(publicUrl: string): string {
  return write('', 0, publicUrl);
}

/** The sign-in that a browser has begun; null: none that this service sealed. */
export function readSignIn(
  secrets: SecretBox,
  cookieHeader: string | undefined,
  publicUrl: string,
): PendingSignIn | null {
  const sealed = readCookie(cookieHeader ?? '', cookieName(NAME, publicUrl));
  if (sealed === null) return null;
  try {
    // What opens is what was sealed.
    return JSON.parse(secrets.open(sealed, PLACE)) as PendingSignIn;
  } catch (error) {
    if (error instanceof UnopenableSecret) return null;
    throw error;
  }
}

/** The browser comes back from another site, which is why this cookie is not `Strict`; it opens nothing. */
function write(value: string, seconds: number, publicUrl: string): string {
  return renderCookie({ name: NAME, value, seconds, sameSite: 'Lax' }, publicUrl);
}

/** The cookie in which a browser holds its session. */
export interface SessionCookies {
  /** The secret of the session in a `Cookie` header; null: none. */
  read(header: string | undefined): string | null;
  /** A `Set-Cookie` header that begins a session of so many seconds. */
  begin(secret: string, seconds: number): string;
  /** A `Set-Cookie` header that ends the session. */
  end(): string;
}

const PLAIN = 'arras_session';

/** Browsers take it only over TLS and only from this very host: no neighbour can plant one (RFC 6265bis 4.1.3.2). */
const HOST_ONLY = `__Host-${PLAIN}`;

/** Pages cannot read it, and it is sent with no request that another site causes. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** `publicUrl`: where browsers find the service, which decides whether the cookie may travel without TLS. */
export function createSessionCookies(publicUrl: () => string): SessionCookies {
  const isSecure = () => publicUrl().startsWith('https:');
  const write = (value: string, seconds: number) =>
    isSecure()
      ? `${HOST_ONLY}=${value}; Max-Age=${seconds}; ${ATTRIBUTES}; Secure`
      : `${PLAIN}=${value}; Max-Age=${seconds}; ${ATTRIBUTES}`;
  return {
    read: (header) => (header === undefined ? null : readCookie(header, isSecure() ? HOST_ONLY : PLAIN)),
    begin: write,
    end: () => write('', 0),
  };
}

/**
 * The value of a cookie; null when it is absent, empty, or given twice: then it cannot be told which of them is ours.
 * `theme=dark; arras_session=arras_0123`
 */
export function readCookie(header: string, name: string): string | null {
  const values = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return values.length === 1 && values[0] !== '' ? (values[0] ?? null) : null;
}

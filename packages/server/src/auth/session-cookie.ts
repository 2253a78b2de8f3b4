import { servicePathOf } from '../domain/service-path.ts';

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

/** `publicUrl`: where browsers find the service, which decides whether the cookie may travel without TLS. */
export function createSessionCookies(publicUrl: () => string): SessionCookies {
  // Sent with no request that another site causes.
  const write = (value: string, seconds: number) =>
    renderCookie({ name: PLAIN, value, seconds, sameSite: 'Strict' }, publicUrl());
  return {
    read: (header) => (header === undefined ? null : readCookie(header, cookieName(PLAIN, publicUrl()))),
    begin: write,
    end: () => write('', 0),
  };
}

/**
 * A cookie's name. Those with `__Host-` browsers take only over TLS and only from this very host, for all of it: no
 * neighbour can plant one (RFC 6265bis 4.1.3.2). A service below a path shares its host with others, to which its
 * cookies must not go: there the path counts for more.
 */
export function cookieName(plainName: string, publicUrl: string): string {
  if (!publicUrl.startsWith('https:')) return plainName;
  return `${servicePathOf(publicUrl) === '' ? '__Host-' : '__Secure-'}${plainName}`;
}

/** A cookie as it is set. */
export interface NewCookie {
  readonly name: string;
  readonly value: string;
  readonly seconds: number;
  readonly sameSite: 'Strict' | 'Lax';
}

/** A `Set-Cookie` header: sent to the service alone, over TLS where there is some, and out of reach of pages. */
export function renderCookie({ name, value, seconds, sameSite }: NewCookie, publicUrl: string): string {
  const path = servicePathOf(publicUrl) || '/';
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  const attributes = `Path=${path}; HttpOnly; SameSite=${sameSite}${secure}`;
  return `${cookieName(name, publicUrl)}=${value}; Max-Age=${seconds}; ${attributes}`;
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

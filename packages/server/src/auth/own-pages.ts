import type { IncomingHttpHeaders } from 'node:http';

/** What of a request tells which page caused it. */
export type PageHeaders = Pick<IncomingHttpHeaders, 'origin' | 'host' | 'sec-fetch-site' | 'sec-fetch-mode'>;

/** Whether an `Origin` is that of our own pages: the host of the request, or that of our public address. */
export function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string): boolean {
  const parsed = URL.parse(origin);
  return parsed !== null && (parsed.host === host || parsed.origin === URL.parse(publicUrl)?.origin);
}

/**
 * Whether a request that brings the cookie of a session was caused by a page of ours or by the person alone (S11).
 * Browsers say the site in `Sec-Fetch-Site`, which no page can set; those that do not, or without TLS, send `Origin`
 * with everything that changes something. A link on another page may open what is only read.
 */
export function isCausedByOwnPage(
  request: { readonly isWrite: boolean; readonly headers: PageHeaders },
  publicUrl: () => string,
): boolean {
  const { isWrite, headers } = request;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return true;
  if (headers.origin !== undefined) return isOwnOrigin(headers.origin, headers.host, publicUrl());
  if (isWrite) return false;
  return site === undefined || site === 'none' || headers['sec-fetch-mode'] === 'navigate';
}

/** The same for a request without a session, as programs send it as well: only what tells of another page counts. */
export function isCausedByForeignPage(headers: PageHeaders, publicUrl: () => string): boolean {
  const isSilent = headers.origin === undefined && headers['sec-fetch-site'] === undefined;
  return !isSilent && !isCausedByOwnPage({ isWrite: true, headers }, publicUrl);
}

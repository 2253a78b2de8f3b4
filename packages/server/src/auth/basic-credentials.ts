/** A name and a secret from an Authorization header. */
export interface BasicCredentials {
  readonly name: string;
  readonly secret: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]{1,8192}={0,2}) *$/i;

/** Reads HTTP Basic (RFC 7617) as UTF-8, divided at the first colon; null for any other header. */
export function readBasicCredentials(authorization: string | undefined): BasicCredentials | null {
  const encoded = BASIC.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0 || text.includes('\0')) return null;
  return { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}

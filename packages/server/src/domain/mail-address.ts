/** A mail address: `local@domain`, the domain in ASCII. */
export interface MailAddress {
  readonly local: string;
  readonly domain: string;
}

/** The longest address and the longest part before the `@` that mail can carry (RFC 5321 4.5.3.1). */
const MAX_LENGTH = 254;
export const MAX_LOCAL_LENGTH = 64;

/** Words of atoms with single dots between them: no quotes, comments, groups, lists, blanks or controls. */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** `example.org`: at least two labels, none with a dash at its end; the last is no number, so it is no address. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** What a domain may consist of before it is turned to ASCII. URL parsers would drop or reinterpret the rest. */
const INTERNATIONAL = /^[\p{L}\p{M}\p{N}.\-\u{3002}]+$/u;

/**
 * Reads exactly one plain address; null for everything else. Mail libraries read several recipients out of quoted
 * parts, comments, groups and lists, so none of these is understood here (RELIABILITY.md R17). A domain in other
 * letters is turned to its ASCII form.
 */
export function parseMailAddress(text: string): MailAddress | null {
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > MAX_LENGTH) return null;
  const local = text.slice(0, at);
  const domain = toAsciiDomain(text.slice(at + 1));
  if (domain === null || local.length > MAX_LOCAL_LENGTH || !LOCAL.test(local)) return null;
  return local.length + 1 + domain.length > MAX_LENGTH ? null : { local, domain };
}

function toAsciiDomain(domain: string): string | null {
  if (!INTERNATIONAL.test(domain)) return null;
  const ascii = URL.parse(`http://${domain}/`)?.hostname ?? '';
  return DOMAIN.test(ascii) ? ascii : null;
}

/** The text of an address. */
export function formatMailAddress({ local, domain }: MailAddress): string {
  return `${local}@${domain}`;
}

/** Who mails come from: `Arras <noreply@example.org>` or a bare address. Null when it is neither. */
export function parseSender(text: string): { readonly name: string; readonly address: string } | null {
  const match = /^([^<>"\p{Cc}]*)<([^<>]+)>$/u.exec(text.trim());
  const address = parseMailAddress(match?.[2] ?? text.trim());
  return address === null ? null : { name: match?.[1]?.trim() ?? '', address: formatMailAddress(address) };
}

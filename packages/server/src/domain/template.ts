import { TEMPLATE_VARIABLES, type TemplateKind } from '@arras/contract';
import { formatMailAddress, MAX_LOCAL_LENGTH, parseMailAddress } from './mail-address.ts';

/** Literal text, or the name of a variable. */
type Piece = { readonly text: string } | { readonly variable: string };

/** A URL with variables, in parts that a value can never move. */
export interface WebhookTemplate {
  readonly channel: 'webhook';
  /** Scheme, user info, host and port, as written; never with a variable. */
  readonly origin: string;
  /** The path between its slashes; the first is empty when there is a path. */
  readonly segments: readonly (readonly Piece[])[];
  readonly query: readonly Piece[];
  readonly fragment: readonly Piece[];
}

/** A mail address with variables behind the `+` of its local part. */
export interface EmailTemplate {
  readonly channel: 'email';
  /** Up to and with the `+`, or the whole local part. */
  readonly user: string;
  readonly tag: readonly Piece[];
  readonly domain: string;
}

/** What a subscription's `url` can be. */
export type Template = WebhookTemplate | EmailTemplate;

/** `https://ada:pw@example.org:8443` `/hook/${JOB_ID}` `?status=${EVENT}` `#top` */
const WEB_URL = /^(https?:\/\/[^/?#\\]+)([^?#]*)(\?[^#]*)?(#.*)?$/i;

/** `${JOB_ID}` */
const VARIABLE = /\$\{([A-Za-z0-9_.-]+)\}/g;

/**
 * Reads the address of a subscription. `problem` says what is wrong with it and never repeats the URL, which may
 * hold a password. HTML's `&amp;`, which the guide's examples were printed with, counts as `&`.
 */
export function parseTemplate(text: string): Template | { readonly problem: string } {
  if (/[\p{Cc}\s\\]/u.test(text)) return { problem: 'it holds a blank, a control character or a backslash' };
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? parseWebhook(text) : parseEmail(text);
}

function parseWebhook(text: string): WebhookTemplate | { readonly problem: string } {
  const match = WEB_URL.exec(text);
  if (match === null) return { problem: 'it is no http:// or https:// URL' };
  const [, origin = '', path = '', query = '', fragment = ''] = match;
  if (origin.includes('${'))
    return { problem: 'a variable may stand in path, query and fragment, not before' };
  if (!URL.canParse(origin)) return { problem: 'its host or port cannot be understood' };
  return {
    channel: 'webhook',
    origin,
    segments: path.split('/').map(splitPieces),
    query: splitPieces(query.replaceAll('&amp;', '&')),
    fragment: splitPieces(fragment),
  };
}

function parseEmail(text: string): EmailTemplate | { readonly problem: string } {
  const at = text.lastIndexOf('@');
  const plus = text.indexOf('+');
  const end = plus < 0 || plus > at ? at : plus + 1;
  const [user, tag, domain] = [text.slice(0, end), text.slice(end, at), text.slice(at + 1)];
  if (user.includes('${') || domain.includes('${')) {
    return { problem: 'a variable may stand behind the + of a mail address, not elsewhere' };
  }
  // A letter stands for every variable: the length counts when values are known.
  const address = parseMailAddress(`${user}${tag.replaceAll(VARIABLE, 'x')}@${domain}`);
  if (at < 1 || address === null) return { problem: 'it is no plain mail address such as ada@example.org' };
  return { channel: 'email', user, tag: splitPieces(tag), domain: address.domain };
}

function splitPieces(text: string): Piece[] {
  // Splitting by a pattern with one group puts the groups at the odd places.
  const parts = text.split(VARIABLE);
  return parts.map((part, index) => (index % 2 === 0 ? { text: part } : { variable: part }));
}

/** The names in `${…}` that mean nothing for the resource, once each, in their order. */
export function findUnknownVariables(url: string, kind: TemplateKind): string[] {
  const names = [...url.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].filter((name) => !Object.hasOwn(TEMPLATE_VARIABLES[kind], name));
}

/**
 * Fills in the values, once: a `${…}` inside a value is data. Every value is encoded so that it can change neither
 * scheme, host, port and user info nor the number of path segments. Unknown variables stay, encoded.
 */
export function resolveTemplate(template: Template, values: Readonly<Record<string, string>>): string {
  if (template.channel === 'email') return resolveEmail(template, values);
  const path = template.segments.map((segment) =>
    keepSegment(segment, resolve(segment, values, encodeValue)),
  );
  const query = resolve(template.query, values, encodeValue);
  return `${template.origin}${path.join('/')}${query}${resolve(template.fragment, values, encodeValue)}`;
}

type Encode = (value: string) => string;

function resolve(pieces: readonly Piece[], values: Readonly<Record<string, string>>, encode: Encode): string {
  return pieces
    .map((piece) => {
      if ('text' in piece) return piece.text;
      const { variable } = piece;
      return encode(Object.hasOwn(values, variable) ? (values[variable] ?? '') : `\${${variable}}`);
    })
    .join('');
}

/** As encodeURIComponent, and what that leaves: brackets and quotes end URLs in texts and attributes. */
function encodeValue(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * A segment that came out as `.` or `..` would be taken out of the path, by URL parsers even when its dots are
 * encoded (`%2e`). Encoded twice it stays a segment everywhere.
 */
function keepSegment(pieces: readonly Piece[], segment: string): string {
  const isDynamic = pieces.some((piece) => 'variable' in piece);
  return isDynamic && /^(?:\.|%2e){1,2}$/i.test(segment) ? segment.replace(/\.|%2e/gi, '%252E') : segment;
}

function resolveEmail(
  { user, tag, domain }: EmailTemplate,
  values: Readonly<Record<string, string>>,
): string {
  const local = `${user}${resolve(tag, values, encodeTag)}`;
  // Cut rather than refused: the part before the + still reaches the right person.
  const fitting = local.slice(0, MAX_LOCAL_LENGTH).replace(/\.+$/, '');
  return formatMailAddress({ local: fitting, domain });
}

/** What every mail system takes in a tag. Dots are kept only between other characters. */
function encodeTag(value: string): string {
  return value
    .replace(/[^A-Za-z0-9._-]/gu, '-')
    .replace(/^\.+|\.+$|\.{2,}/g, (dots) => '-'.repeat(dots.length));
}

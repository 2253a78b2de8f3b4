import { cleanPath, decodePercent } from './paths.ts';

/** Schemes of inputs that are not on a registered system. `ftps` is FTP with TLS from its first command on. */
export const INPUT_URL_SCHEMES = ['http', 'https', 'ftp', 'ftps'] as const;
export type InputUrlScheme = (typeof INPUT_URL_SCHEMES)[number];

/** Schemes of hosts that let nobody in without credentials, which only a registered system has. */
const SYSTEM_SCHEMES: readonly string[] = ['sftp', 's3'];

/**
 * Where a job input is. `system` paths keep the v2 notation (a leading `/` means below rootDir, anything else
 * below homeDir) and go through `resolveSystemPath` once the system is known.
 */
export type InputLocation =
  | { readonly kind: 'system'; readonly systemId: string; readonly path: string }
  | {
      readonly kind: 'url';
      readonly scheme: InputUrlScheme;
      readonly url: string;
      /** The file's name in a work directory: the last part of the address, made harmless. */
      readonly name: string;
    }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Samples: `agave://store.example.org/ex1.bam`, `https://example.org/a.csv`. Group 2 is all after `//`. */
const URI_SHAPE = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;

/** Ids of systems: at most 64 of these characters (the rule of the systems resource). */
const SYSTEM_ID_SHAPE = /^[0-9a-zA-Z.-]{1,64}$/;

/** Browsers' URL rules drop tabs and newlines and turn `\` into `/`: what was checked would not be what is fetched. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const MISREAD_IN_URLS = /[\u0000-\u0020\u007f\\]/;

/**
 * Reads one value of a job input: a relative path, an absolute path (both on the user's default storage
 * system), `agave://system/relative-to-home`, `agave://system//absolute`, the same with `tapis://`, or the
 * address of a file elsewhere. Plain paths are literal; in addresses `%` begins an escape.
 */
export function parseInputUri(value: string, defaults: { readonly systemId: string }): InputLocation {
  const [, scheme, rest = ''] = URI_SHAPE.exec(value) ?? [];
  if (scheme === undefined) return locateOnSystem(defaults.systemId, value);
  const lower = scheme.toLowerCase();
  if (lower === 'agave' || lower === 'tapis') return parseSystemUri(rest);
  const known = INPUT_URL_SCHEMES.find((one) => one === lower);
  if (SYSTEM_SCHEMES.includes(lower)) {
    return invalid(
      `${lower}:// needs credentials: register the host as a storage system and write agave://SYSTEM/PATH`,
    );
  }
  if (known === undefined) {
    return invalid(`inputs cannot come from "${lower}://": use agave, ${INPUT_URL_SCHEMES.join(', ')}`);
  }
  return parseOutsideUrl(known, value);
}

/** `store.example.org/ex1.bam` is below the home directory, `store.example.org//ex1.bam` below the root. */
function parseSystemUri(rest: string): InputLocation {
  const slash = rest.indexOf('/');
  const systemId = slash === -1 ? rest : rest.slice(0, slash);
  if (!SYSTEM_ID_SHAPE.test(systemId)) {
    return invalid('expected the id of a system after "://", as in agave://storage.example.org/data.csv');
  }
  const decoded = decodePercent(slash === -1 ? '' : rest.slice(slash + 1));
  return decoded.ok ? locateOnSystem(systemId, decoded.path) : invalid(decoded.reason);
}

function locateOnSystem(systemId: string, path: string): InputLocation {
  const clean = cleanPath(path);
  if (!clean.ok) return invalid(clean.reason);
  return { kind: 'system', systemId, path: path.startsWith('/') ? clean.path : clean.path.slice(1) };
}

function parseOutsideUrl(scheme: InputUrlScheme, value: string): InputLocation {
  if (MISREAD_IN_URLS.test(value)) {
    return invalid(
      'an address cannot hold blanks, control characters or "\\": write them as %20 and the like',
    );
  }
  const url = URL.parse(value);
  if (url === null || url.hostname === '') return invalid('expected an address such as https://host/path');
  if (url.username !== '' || url.password !== '') {
    return invalid('an address cannot hold a user name or password: register the host as a system instead');
  }
  const name = fileNameOf(url);
  if (name === '') return invalid('expected an address that ends with the name of a file');
  return { kind: 'url', scheme, url: url.href, name };
}

/** Characters that would end a path or a line, or hide a name in a terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const HARMFUL = /[/\u0000-\u001f\u007f]/g;

/** `https://host/a/b%20c.csv?x=1` is the file `b c.csv`. Hidden names with the service's own beginning are the service's. */
function fileNameOf({ pathname }: URL): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  const decoded = decodePercent(last);
  const name = (decoded.ok ? decoded.path : last).replace(HARMFUL, '_').replace(/^\.+(?=arras)/, '');
  return truncateBytes(name, MAX_NAME_BYTES);
}

/** File systems take no longer names. */
const MAX_NAME_BYTES = 255;

/** Cuts between characters. */
function truncateBytes(text: string, limit: number): string {
  const encoder = new TextEncoder();
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > limit) return kept;
    kept += character;
  }
  return kept;
}

function invalid(reason: string): InputLocation {
  return { kind: 'invalid', reason };
}

// How the texts of settings are read. Each parser throws with what was expected.

/** Any text. */
export const text = (value: string): string => value;
/** Any text; null for none. */
export const optionalText = (value: string): string | null => (value === '' ? null : value);

/** 32 bytes in base64; null for none. */
export function serviceKey(value: string): Uint8Array | null {
  if (value === '') return null;
  const key = Buffer.from(value, 'base64');
  if (key.length === 32) return key;
  throw new Error('32 bytes in base64, as `openssl rand -base64 32` prints them');
}

/** Items with commas between them. */
export function list(value: string): readonly string[] {
  return value.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}

/** A whole number in a range. */
export function integer(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new Error(`a whole number from ${min} to ${max}`);
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `12h`, `7d` as milliseconds. */
export function duration(value: string): number {
  const match = /^([0-9]+)([smhd])$/.exec(value);
  const unit = UNIT_MS[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined)
    throw new Error('a length of time such as 30s, 15m, 12h or 7d');
  return Number(match[1]) * unit;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** `512KiB`, `64MiB`, `2GiB` as bytes. */
export function size(value: string): number {
  const match = /^([0-9]{1,6})(KiB|MiB|GiB)$/.exec(value);
  const unit = UNIT_BYTES[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) throw new Error('a size such as 512KiB, 64MiB or 2GiB');
  return Number(match[1]) * unit;
}

/** A size in bytes; null for none. */
export function optionalSize(value: string): number | null {
  return value === '' ? null : size(value);
}

const ROLES = ['api', 'worker'] as const;

/** What a process does: answer requests, work on jobs, or both. */
export type Role = (typeof ROLES)[number];

/** What a process does. */
export function roles(value: string): ReadonlySet<Role> {
  const chosen = value.split(',').map((role) => ROLES.find((known) => known === role.trim()));
  if (chosen.includes(undefined)) throw new Error(`a list of ${ROLES.join(' and ')}`);
  return new Set(chosen.filter((role) => role !== undefined));
}

const ARCHIVE_CHECKS = ['hash', 'size'] as const;

/** How archives are checked. */
export function archiveCheck(value: string): (typeof ARCHIVE_CHECKS)[number] {
  const check = ARCHIVE_CHECKS.find((known) => known === value);
  if (check) return check;
  throw new Error(`one of ${ARCHIVE_CHECKS.join(', ')}`);
}

/** Least to most important. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** How much is logged. */
export function logLevel(value: string): (typeof LOG_LEVELS)[number] {
  const level = LOG_LEVELS.find((known) => known === value);
  if (level) return level;
  throw new Error(`one of ${LOG_LEVELS.join(', ')}`);
}

/** The name of a time zone. */
export function timeZone(value: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    throw new Error('the name of a time zone such as UTC or America/Chicago');
  }
}

/** Paths that mean the same in addresses, cookies and redirects. */
const PLAIN_PATH = /^(?:\/[\w.~%+@:-]+)*\/*$/;

/** An address without a slash at its end; null for none. */
export function publicUrl(value: string): string | null {
  if (value === '') return null;
  const url = URL.parse(value);
  const isPlain =
    url?.search === '' && url.hash === '' && url.username === '' && PLAIN_PATH.test(url.pathname);
  if (isPlain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '');
  throw new Error('an address such as https://jobs.example.org or https://hpc.example.org/arras');
}

/** The letters count: tokens name their issuer in the same ones. */
export function issuer(value: string): string | null {
  if (value === '') return null;
  const url = URL.parse(value);
  const isLoopback = /^(localhost|127\.[0-9.]+|\[::1\])$/.test(url?.hostname ?? '');
  const isGood = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
  if (isGood && url?.search === '' && url.hash === '' && url.username === '') return value;
  throw new Error('the https:// address of an OpenID provider, such as https://login.example.org/realms/lab');
}

/** A token of printable characters; null for none. */
export function adminToken(value: string): string | null {
  if (value === '') return null;
  if (value.length >= 32 && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new Error('at least 32 printable characters without blanks');
}

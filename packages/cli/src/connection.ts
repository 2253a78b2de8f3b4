import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '@arras/contract';
import { EXIT } from './exit-codes.ts';
import { Refusal } from './refusal.ts';
import type { Environment } from './terminal.ts';

/** Where the service is and as whom to speak to it. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** A connection, and what named it. */
export interface FoundConnection extends Connection {
  /** `the environment`, or the file with the token. */
  readonly source: string;
}

/** What the command line says about it. */
export interface ConnectionFlags {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** This machine, as far as the search goes. */
export interface Host {
  readonly env: Environment;
  readonly isRoot: boolean;
  readonly home: string;
}

/** The file in which the command line of Tapis keeps its session; that of a service which speaks its API is as good. */
export function tapisSessionPath({ env, home }: Host): string {
  const directory = given(env.TAPIS_CACHE_DIR) ?? given(env.AGAVE_CACHE_DIR) ?? join(home, '.agave');
  return join(directory, 'current');
}

/** This machine, really. */
export function thisHost(env: Environment): Host {
  return { env, isRoot: process.getuid?.() === 0, home: homedir() };
}

/**
 * Flags, else the environment, else the profile file, else what a service on this machine has left in its data
 * directory, else the session of the command line of Tapis. A profile that is named is the only file that counts. A
 * token from a file goes only to the address in the same file.
 */
export function findConnection(flags: ConnectionFlags, host: Host): Connection {
  const { url, token } = traceConnection(flags, host);
  return { url, token };
}

/** The same with its source. @throws Refusal as it does. */
export function traceConnection(flags: ConnectionFlags, host: Host): FoundConnection {
  const url = flags.url ?? given(host.env.ARRAS_URL);
  const token = flags.token ?? given(host.env.ARRAS_TOKEN);
  if (url !== undefined && token !== undefined) {
    const isFlag = flags.url !== undefined && flags.token !== undefined;
    return { url: checkUrl(url), token, source: isFlag ? 'the command line' : 'the environment' };
  }
  const profile = profilePath(host);
  const others = [join(dataDirectory(host), 'cli.json'), tapisSessionPath(host)];
  const files = given(host.env.ARRAS_PROFILE) === undefined ? [profile, ...others] : [profile];
  for (const path of files) {
    const stored = readStored(path);
    if (stored === null || (url !== undefined && trimSlash(url) !== trimSlash(stored.url))) continue;
    if (token === undefined && stored.token === undefined) continue;
    return { url: checkUrl(url ?? stored.url), token: token ?? stored.token ?? '', source: path };
  }
  throw notFound({ url, token, files, profile: given(host.env.ARRAS_PROFILE) });
}

/**
 * Where the profile file is: `{"url": …, "token": …}`, readable only by its owner. ARRAS_PROFILE names another one than
 * the usual.
 *
 * @throws Refusal for what can be no name of one.
 */
export function profilePath({ env, home }: Host): string {
  const directory = join(given(env.XDG_CONFIG_HOME) ?? join(home, '.config'), 'arras');
  const name = given(env.ARRAS_PROFILE);
  if (name === undefined) return join(directory, 'config.json');
  if (PROFILE_NAME.test(name)) return join(directory, 'profiles', `${name}.json`);
  throw new Refusal({
    what: `"${name}" is no name for a profile.`,
    why: 'Expected letters, digits, - and _, at most 64.',
    todo: 'Write --profile work.',
  });
}

/** It is the name of a file. */
const PROFILE_NAME = /^[\w-]{1,64}$/;

/** The data directory of the service on this machine. */
export function dataDirectory({ env, home, isRoot }: Host): string {
  if (given(env.ARRAS_DATA_DIR) !== undefined) return env.ARRAS_DATA_DIR ?? '';
  return isRoot ? '/var/lib/arras' : join(given(env.XDG_DATA_HOME) ?? join(home, '.local', 'share'), 'arras');
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** What a file remembers; null when there is none. @throws Refusal for one that others can read, or that is something else. */
export function readStored(path: string): { url: string; token: string | undefined } | null {
  const text = readIfThere(path);
  if (text === null) return null;
  const stored = parseOrNull(text);
  // The names that Tapis has for the same: {"baseurl": "https://…", "access_token": "…", …}.
  const url = isRecord(stored) ? (stored.url ?? stored['baseurl']) : undefined;
  const token = isRecord(stored) ? (stored.token ?? stored['access_token']) : undefined;
  if (typeof url !== 'string') {
    throw new Refusal({
      what: `The file ${path} cannot be used.`,
      why: 'Expected {"url": "http://…", "token": "…"}.',
      todo: 'Correct the file or remove it.',
    });
  }
  refuseOpenFile(path);
  return { url, token: typeof token === 'string' ? token : undefined };
}

/** A token that others can read is not a secret. */
function refuseOpenFile(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Refusal({
    what: `The file ${path} can be read by others.`,
    why: `It holds a token, and its mode is ${mode.toString(8)}.`,
    todo: `chmod 600 ${path}`,
  });
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // A data directory of another account is not ours to use: go on as if it were not there.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null;
    throw error;
  }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The caller says what was expected.
  }
}

/** The address of a service without a slash at its end. @throws Refusal for what is none. */
export function checkUrl(url: string): string {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return trimSlash(url);
  throw new Refusal({
    what: `"${url}" is not the address of a service.`,
    why: 'Expected an address that begins with http:// or https://.',
    todo: 'Correct it; --url and ARRAS_URL name a service too, such as http://127.0.0.1:8383.',
  });
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function notFound(state: {
  url: string | undefined;
  token: string | undefined;
  files: readonly string[];
  profile: string | undefined;
}): Refusal {
  const sought = `Looked at the flags, the environment, ${state.files.join(' and ')}.`;
  if (state.url !== undefined)
    return new Refusal({
      what: `There is no token for ${state.url}.`,
      why: sought,
      todo: 'Sign in with "arras login", or set ARRAS_TOKEN.',
      exitCode: EXIT.forbidden,
    });
  if (state.profile !== undefined)
    return new Refusal({
      what: `There is no profile ${state.profile}.`,
      why: sought,
      todo: `Make it: arras login --profile ${state.profile}`,
      exitCode: EXIT.forbidden,
    });
  return new Refusal({
    what: 'No service is known.',
    why: sought,
    todo: 'Start one with "arras serve", or sign in to one with "arras login".',
    exitCode: EXIT.unreachable,
  });
}

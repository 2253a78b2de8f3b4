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

/** This machine, really. */
export function thisHost(env: Environment): Host {
  return { env, isRoot: process.getuid?.() === 0, home: homedir() };
}

/**
 * Flags, else the environment, else the profile file, else what a service on this machine has left in its data
 * directory. A token from a file goes only to the address in the same file.
 */
export function findConnection(flags: ConnectionFlags, host: Host): Connection {
  const url = flags.url ?? given(host.env.ARRAS_URL);
  const token = flags.token ?? given(host.env.ARRAS_TOKEN);
  if (url !== undefined && token !== undefined) return { url: checkUrl(url), token };
  const files = [profilePath(host), join(dataDirectory(host), 'cli.json')];
  for (const path of files) {
    const stored = readStored(path);
    if (stored === null || (url !== undefined && trimSlash(url) !== trimSlash(stored.url))) continue;
    if (token === undefined && stored.token === undefined) continue;
    return { url: checkUrl(url ?? stored.url), token: token ?? stored.token ?? '' };
  }
  throw notFound({ url, token, files });
}

/** Where the profile file is: `{"url": …, "token": …}`, readable only by its owner. */
export function profilePath({ env, home }: Host): string {
  return join(given(env.XDG_CONFIG_HOME) ?? join(home, '.config'), 'arras', 'config.json');
}

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
  if (!isRecord(stored) || typeof stored.url !== 'string') {
    throw new Refusal({
      what: `The file ${path} cannot be used.`,
      why: 'Expected {"url": "http://…", "token": "…"}.',
      todo: 'Correct the file or remove it.',
    });
  }
  refuseOpenFile(path);
  return { url: stored.url, token: typeof stored.token === 'string' ? stored.token : undefined };
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
}): Refusal {
  const sought = `Looked at the flags, the environment, ${state.files.join(' and ')}.`;
  if (state.url !== undefined)
    return new Refusal({
      what: `There is no token for ${state.url}.`,
      why: sought,
      todo: 'Sign in with "arras login", or set ARRAS_TOKEN.',
      exitCode: EXIT.forbidden,
    });
  return new Refusal({
    what: 'No service is known.',
    why: sought,
    todo: 'Start one with "arras serve", or sign in to one with "arras login".',
    exitCode: EXIT.unreachable,
  });
}

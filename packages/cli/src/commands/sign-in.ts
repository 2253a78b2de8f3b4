import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { ApiFailure, createClient } from '@arras/client';
import { ask } from '../ask.ts';
import { checkUrl, profilePath, readStored, thisHost } from '../connection.ts';
import { createCookieFetch } from '../cookie-fetch.ts';
import { removeProfile, writeProfile } from '../profile-file.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { parseTime } from './watch.ts';

/** Options of signing in. */
export interface SignInOptions {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly tokenStdin?: boolean;
  readonly lifetime: string;
  readonly scopes?: string;
}

/** Where a service listens that was told nothing else. */
const USUAL_URL = 'http://127.0.0.1:8383';

/** Signs in to a service and remembers it: later commands need neither address nor token. */
export async function signIn({ session, options }: Invocation<SignInOptions>, typed?: string): Promise<void> {
  const url = checkUrl(typed ?? (await ask({ text: 'Address of the service', usual: USUAL_URL })));
  const token = options.tokenStdin === true ? await readSecret() : await createToken(url, options);
  const { username } = await createClient({ url, token }).call('showSession', {});
  const path = profilePath(thisHost(session.env));
  writeProfile(path, { url, token });
  session.say(`Signed in to ${url} as ${username}. ${path} remembers it.\n`);
  const before = (['ARRAS_URL', 'ARRAS_TOKEN'] as const).filter((name) => (session.env[name] ?? '') !== '');
  if (before.length > 0)
    session.warn(`In this shell ${before.join(' and ')} still goes before it: unset ${before.join(' ')}\n`);
}

/** A token of this machine's own, got with the password; the session that asks for it is ended again. */
async function createToken(url: string, options: SignInOptions): Promise<string> {
  const lifetimeMs = parseTime('--lifetime', options.lifetime) ?? 0;
  const username = options.username ?? (await ask({ text: 'Name' }));
  const password =
    options.passwordStdin === true ? await readSecret() : await ask({ text: 'Password', isSecret: true });
  const { call } = createClient({ url, fetch: createCookieFetch(url) });
  await call('createSession', { body: { username, password } });
  try {
    const { token } = await call('createToken', {
      body: {
        name: `arras on ${hostname()}`.slice(0, 64),
        lifetimeSeconds: Math.ceil(lifetimeMs / 1_000),
        ...(options.scopes !== undefined && { scopes: options.scopes }),
      },
    });
    return token;
  } finally {
    await call('deleteSession', {});
  }
}

/** Secrets come from the standard input: arguments can be seen by everybody on the machine. */
async function readSecret(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

/** Revokes the token that is remembered, and forgets it. */
export async function signOut({ session }: Invocation<unknown>): Promise<void> {
  const path = profilePath(thisHost(session.env));
  const { url, token } = findRemembered(session, path);
  // One that is no longer good needs no revoking; an outage must not leave one behind that is.
  await createClient({ url, token })
    .call('deleteSession', {})
    .catch((error: unknown) => {
      if (!(error instanceof ApiFailure && error.status === 401)) throw error;
    });
  removeProfile(path);
  session.say(`Signed out of ${url}; the token is revoked.\n`);
}

function findRemembered({ program }: Session, path: string) {
  const stored = readStored(path);
  if (stored?.token !== undefined) return { url: stored.url, token: stored.token };
  throw new Refusal({
    what: 'Nobody is signed in.',
    why: `There is no token in ${path}.`,
    todo: `${program} login`,
  });
}

import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { ApiFailure, createClient } from '@arras/client';
import type { SignInWays } from '@arras/contract';
import { ask } from '../ask.ts';
import { cleanText } from '../clean-text.ts';
import { checkUrl, profilePath, readStored, thisHost } from '../connection.ts';
import { createCookieFetch } from '../cookie-fetch.ts';
import { signInByDevice } from '../device-login.ts';
import { hasDesktop, showInBrowser } from '../open-page.ts';
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
  readonly device?: boolean;
}

/** Where a service listens that was told nothing else. */
const USUAL_URL = 'http://127.0.0.1:8383';

/** Signs in to a service and remembers it: later commands need neither address nor token. */
export async function signIn({ session, options }: Invocation<SignInOptions>, typed?: string): Promise<void> {
  const url = checkUrl(typed ?? (await ask({ text: 'Address of the service', usual: USUAL_URL })));
  const token = await findToken(session, url, options);
  const { username } = await createClient({ url, token }).call('showSession', {});
  const path = profilePath(thisHost(session.env));
  writeProfile(path, { url, token });
  session.say(`Signed in to ${url} as ${username}. ${path} remembers it.\n`);
  const before = (['ARRAS_URL', 'ARRAS_TOKEN'] as const).filter((name) => (session.env[name] ?? '') !== '');
  if (before.length > 0)
    session.warn(`In this shell ${before.join(' and ')} still goes before it: unset ${before.join(' ')}\n`);
}

async function findToken(session: Session, url: string, options: SignInOptions): Promise<string> {
  if (options.tokenStdin === true) return readSecret();
  return (await isByDevice(session, url, options))
    ? askInBrowser(session, url, options)
    : createToken(url, options);
}

/** Where nothing says who signs in, a browser elsewhere does: here is none, or the names are those of a provider. */
async function isByDevice(session: Session, url: string, options: SignInOptions): Promise<boolean> {
  if (options.device !== undefined) return options.device;
  if (options.username !== undefined || options.passwordStdin === true || !process.stdin.isTTY) return false;
  const ways: Partial<SignInWays> = await createClient({ url }).call('listSignInWays', {});
  const { device = false, oidc = null } = ways;
  return device && (oidc !== null || !hasDesktop(session));
}

/** A token that the user approves in a browser, wherever that is. */
function askInBrowser(session: Session, url: string, options: SignInOptions): Promise<string> {
  return signInByDevice({
    url,
    clientName: clientName(),
    lifetimeSeconds: lifetimeOf(options),
    scopes: options.scopes,
    async show({ user_code: code, verification_uri_complete: address }) {
      session.warn(
        `Open this address in a browser, on any machine, and sign in there:\n  ${cleanText(address)}\n` +
          `Approve if it shows the code ${cleanText(code)}. To sign in with a password instead: ${session.program} login ${url} --username NAME\n`,
      );
      await showInBrowser(session, address);
    },
  });
}

function lifetimeOf({ lifetime }: SignInOptions): number {
  return Math.ceil((parseTime('--lifetime', lifetime) ?? 0) / 1_000);
}

/** What the token is called. Service and terminals take plain characters. */
function clientName(): string {
  return `arras on ${hostname().replaceAll(/[^\x21-\x7e]/g, '?')}`.slice(0, 64);
}

/** A token of this machine's own, got with the password; the session that asks for it is ended again. */
async function createToken(url: string, options: SignInOptions): Promise<string> {
  const lifetimeSeconds = lifetimeOf(options);
  const username = options.username ?? (await ask({ text: 'Name' }));
  const password =
    options.passwordStdin === true ? await readSecret() : await ask({ text: 'Password', isSecret: true });
  const { call } = createClient({ url, fetch: createCookieFetch(url) });
  await call('createSession', { body: { username, password } });
  try {
    const { token } = await call('createToken', {
      body: {
        name: clientName(),
        lifetimeSeconds,
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

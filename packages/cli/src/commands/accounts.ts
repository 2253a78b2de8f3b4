import { text } from 'node:stream/consumers';
import type { ProfileView, TokenView } from '@arras/contract';
import { type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';
import type { ListOptions } from './job-list.ts';
import { parseTime } from './watch.ts';

/** Options of a new user. */
export interface CreateProfileOptions extends OutputOptions {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly admin?: boolean;
  readonly passwordStdin?: boolean;
}

/** Options of a new token. */
export interface CreateTokenOptions extends OutputOptions {
  readonly username?: string;
  readonly lifetime?: string;
  readonly scopes?: string;
}

const PROFILE_COLUMNS: Column<ProfileView>[] = [
  { title: 'username', cell: (profile) => profile.username },
  { title: 'name', cell: (profile) => profile.full_name, shrink: 'end' },
  { title: 'email', cell: (profile) => profile.email, shrink: 'end' },
  { title: 'admin', cell: (profile) => (profile.admin ? 'yes' : '') },
  { title: 'status', cell: (profile) => profile.status },
];

/** Lists users. */
export async function listProfiles({ session, client, options }: Invocation<ListOptions>): Promise<void> {
  const rows = await client().profiles.list({ limit: options.limit, offset: options.offset });
  await printRows(session, options, { rows, columns: PROFILE_COLUMNS, whenEmpty: 'No users.' });
}

/** Shows one user; `me` is the caller. */
export async function showProfile(
  { session, client, options }: Invocation<OutputOptions>,
  username: string,
): Promise<void> {
  const profile = await client().profiles.show(username);
  const pairs: [string, unknown][] = PROFILE_COLUMNS.map(({ title, cell }) => [title, cell(profile)]);
  await printPairs(session, options, { result: profile, pairs });
}

/** Creates a user. A password comes from the standard input: arguments can be seen by everybody on the machine. */
export async function createProfile(
  { session, client, options }: Invocation<CreateProfileOptions>,
  username: string,
): Promise<void> {
  const { email, firstName, lastName, admin } = options;
  const password =
    options.passwordStdin === true ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined;
  const profile = await client().profiles.create({
    username,
    email,
    first_name: firstName,
    last_name: lastName,
    admin,
    password,
  });
  await printResult(session, options, { result: profile, human: () => `${profile.username}\n` });
  session.say(
    `Created the user ${profile.username}. A token to sign in with:\n  ${session.program} tokens create first --username ${profile.username}\n`,
  );
}

const TOKEN_COLUMNS: readonly Column<TokenView>[] = [
  { title: 'id', cell: (token) => token.id },
  { title: 'name', cell: (token) => token.name, shrink: 'end' },
  { title: 'user', cell: (token) => token.username },
  { title: 'kind', cell: (token) => token.kind },
  { title: 'scopes', cell: (token) => token.scopes?.join(' ') ?? 'all', shrink: 'end' },
];

/** What a token was made with: its name where it is listed too, else its id. */
function originOf({ madeWith }: TokenView, all: readonly TokenView[]): string | null {
  return all.find(({ id }) => id === madeWith)?.name ?? madeWith;
}

/** Lists the caller's tokens. */
export async function listTokens({ session, client, options }: Invocation<ListOptions>): Promise<void> {
  const rows = await client().tokens.list({ limit: options.limit, offset: options.offset });
  const columns: readonly Column<TokenView>[] = [
    ...TOKEN_COLUMNS,
    { title: 'made with', cell: (token) => originOf(token, rows), shrink: 'end' },
    { title: 'created', cell: (token) => session.ago(token.created) },
    { title: 'expires', cell: (token) => token.expires ?? 'never' },
  ];
  await printRows(session, options, { rows, columns, whenEmpty: 'No tokens.' });
}

/** Creates a token and prints its secret, once. */
export async function createToken(
  { session, client, options }: Invocation<CreateTokenOptions>,
  name: string,
): Promise<void> {
  const lifetimeMs = parseTime('--lifetime', options.lifetime);
  const lifetimeSeconds = lifetimeMs === undefined ? undefined : lifetimeMs / 1_000;
  const { username, scopes } = options;
  const token = await client().tokens.create({ name, username, lifetimeSeconds, scopes });
  await printResult(session, options, { result: token, human: () => `${token.token}\n` });
  session.say(
    `This is the only time the token is shown. To revoke it: ${session.program} tokens revoke ${token.id}\n`,
  );
}

/** Revokes a token, and with it what was made with it. */
export async function revokeToken({ session, client }: Invocation<unknown>, id: string): Promise<void> {
  await client().tokens.revoke(id);
  session.say(`Revoked ${id}, with all that was made with it.\n`);
}

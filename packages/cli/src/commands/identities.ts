import type { IdentityView } from '@arras/contract';
import { type OutputOptions, printPairs, printRows } from '../print.ts';
import type { Invocation } from '../runner.ts';

/** Whom an account is joined with. */
export interface LinkOptions extends OutputOptions {
  readonly subject: string;
  readonly issuer?: string;
}

/** Joins an account with somebody whom the OpenID provider knows. */
export async function linkProfile(
  { session, client, options }: Invocation<LinkOptions>,
  username: string,
): Promise<void> {
  const { subject, issuer } = options;
  const identity = await client().profiles.link(username, { subject, issuer });
  await printPairs(session, options, { result: identity, pairs: pairsOf(identity) });
  session.say(`${subject} signs in to ${username} at ${identity.issuer} from now on.\n`);
}

function pairsOf({ username, issuer, subject, linkedBy, linked }: IdentityView): [string, unknown][] {
  return [
    ['username', username],
    ['issuer', issuer],
    ['subject', subject],
    ['linkedBy', linkedBy],
    ['linked', linked],
  ];
}

/** Parts an account from the OpenID provider. */
export async function unlinkProfile(
  { session, client }: Invocation<unknown>,
  username: string,
): Promise<void> {
  await client().profiles.unlink(username);
  session.say(`Nobody signs in to ${username} at the OpenID provider any more.\n`);
}

/** Shows whom an account was joined with, by whom and when. */
export async function listLinks(
  { session, client, options }: Invocation<OutputOptions>,
  username: string,
): Promise<void> {
  const rows = await client().profiles.links(username);
  await printRows(session, options, {
    rows,
    columns: [
      { title: 'action', cell: (change) => change.action },
      { title: 'subject', cell: (change) => change.subject, shrink: 'end' },
      { title: 'issuer', cell: (change) => change.issuer, shrink: 'end' },
      { title: 'by', cell: (change) => change.createdBy },
      { title: 'when', cell: (change) => session.ago(change.created) },
    ],
    whenEmpty: 'The account was never joined.',
  });
}

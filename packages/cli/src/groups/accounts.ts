import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { CreateProfileOptions, CreateTokenOptions } from '../commands/accounts.ts';
import type { LinkOptions } from '../commands/identities.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';

const load = () => import('../commands/accounts.ts');

/** Everything about users and their tokens. */
export function addAccountCommands(program: Command, { run }: Runner): void {
  const profiles = program.command('profiles').description('users');
  withPage(withOutput(profiles.command('list').description('users by name'), 'listProfiles')).action(
    run<ListOptions, []>(async (call) => (await load()).listProfiles(call)),
  );
  withOutput(profiles.command('show').description('one user'), 'showProfile')
    .argument('[username]', 'default: you', 'me')
    .action(
      run<OutputOptions, [string]>(async (call, username) => (await load()).showProfile(call, username)),
    );
  withOutput(profiles.command('create').description('create a user; needs an administrator'), 'createProfile')
    .argument('<username>')
    .requiredOption('--email <address>', 'e-mail address')
    .option('--first-name <name>', 'first name')
    .option('--last-name <name>', 'last name')
    .option('--admin', 'make the user an administrator')
    .option('--password-stdin', 'read a password from the standard input')
    .action(
      run<CreateProfileOptions, [string]>(async (call, username) =>
        (await load()).createProfile(call, username),
      ),
    );
  addLinkCommands(profiles, run);
  addTokenCommands(program, run);
}

function addLinkCommands(profiles: Command, run: Runner['run']): void {
  const loadLinks = () => import('../commands/identities.ts');
  withOutput(
    profiles
      .command('link')
      .description('let somebody of the OpenID provider sign in to an account; needs an administrator'),
    'linkIdentity',
  )
    .argument('<username>', 'the account')
    .requiredOption('--subject <sub>', 'the claim sub of their tokens')
    .option('--issuer <url>', 'default: the OpenID provider of the service')
    .action(
      run<LinkOptions, [string]>(async (call, username) => (await loadLinks()).linkProfile(call, username)),
    );
  profiles
    .command('unlink')
    .description('part an account from the OpenID provider; needs an administrator')
    .argument('<username>')
    .action(
      run<unknown, [string]>(async (call, username) => (await loadLinks()).unlinkProfile(call, username)),
    );
  withOutput(
    profiles.command('links').description('who joined or parted an account, and when'),
    'listIdentityHistory',
  )
    .argument('<username>')
    .action(
      run<OutputOptions, [string]>(async (call, username) => (await loadLinks()).listLinks(call, username)),
    );
}

function addTokenCommands(program: Command, run: Runner['run']): void {
  const tokens = program.command('tokens').description('bearer tokens, with which programs sign in');
  withPage(
    withOutput(tokens.command('list').description('your tokens, without their secrets'), 'listTokens'),
  ).action(run<ListOptions, []>(async (call) => (await load()).listTokens(call)));
  withOutput(
    tokens.command('create').description('create a token; its secret is printed once'),
    'createToken',
  )
    .argument('<name>', 'to recognise it by')
    .option('--username <name>', 'for whom; needs an administrator')
    .option('--lifetime <time>', 'such as 12h or 30d; default: it does not expire')
    .option('--scopes <names>', 'what it may be used for, such as jobs:write,files:read; default: everything')
    .action(run<CreateTokenOptions, [string]>(async (call, name) => (await load()).createToken(call, name)));
  tokens
    .command('revoke')
    .description('refuse a token from now on')
    .argument('<id>')
    .action(run<unknown, [string]>(async (call, id) => (await load()).revokeToken(call, id)));
}

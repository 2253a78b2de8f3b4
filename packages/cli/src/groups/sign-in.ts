import type { Command } from 'commander';
import type { SignInOptions } from '../commands/sign-in.ts';
import type { Runner } from '../runner.ts';

const load = () => import('../commands/sign-in.ts');

/** Signing in and out. */
export function addSignInCommands(program: Command, { run }: Runner): void {
  program
    .command('login')
    .description('sign in to a service; later commands need neither address nor token')
    .argument('[url]', 'address of the service; default: it is asked for')
    .option('--username <name>', 'default: it is asked for')
    .option('--password-stdin', 'read the password from the standard input')
    .option('--token-stdin', 'read a token from the standard input, instead of name and password')
    .option(
      '--device',
      'approve in a browser, on any machine; default without a browser here, and where the service has an OpenID provider',
    )
    .option('--no-device', 'ask for name and password')
    .option('--lifetime <time>', 'of the token that is made for this machine', '90d')
    .option('--scopes <names>', 'what it may be used for, such as jobs:write,files:read; default: everything')
    .action(run<SignInOptions, [string | undefined]>(async (call, url) => (await load()).signIn(call, url)));
  program
    .command('logout')
    .description('revoke the token of the login and forget it')
    .action(run<unknown, []>(async (call) => (await load()).signOut(call)));
}

import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { CloneOptions } from '../commands/apps.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';

const APP = 'id of the app: name-version';
const USER = 'name of the user';
const load = () => import('../commands/app-permissions.ts');

/** Copies of apps, what happened to them, and who may use them. */
export function addAppSharingCommands(apps: Command, { run }: Runner): void {
  withOutput(
    apps.command('clone').description('make a copy of an app that is yours; prints its id'),
    'actOnApp',
  )
    .argument('<id>', APP)
    .option('--name <name>', 'its name')
    .option('--version <version>', 'its version')
    .option('--execution-system <system>', 'where it runs')
    .action(
      run<CloneOptions, [string]>(async (call, id) =>
        (await import('../commands/apps.ts')).cloneApp(call, id),
      ),
    );
  withPage(withOutput(apps.command('history').description('what happened to an app'), 'listAppHistory'))
    .argument('<id>', APP)
    .action(
      run<ListOptions, [string]>(async (call, id) =>
        (await import('../commands/resource-history.ts')).listAppHistory(call, id),
      ),
    );
  const pems = apps.command('pems').description('who may see, change or run an app');
  withPage(withOutput(pems.command('list').description('the permissions on an app'), 'listAppPermissions'))
    .argument('<id>', APP)
    .action(run<ListOptions, [string]>(async (call, id) => (await load()).listAppPermissions(call, id)));
  withOutput(pems.command('show').description('what a user may do'), 'showAppPermission')
    .argument('<id>', APP)
    .argument('<username>', USER)
    .action(
      run<OutputOptions, [string, string]>(async (call, id, username) =>
        (await load()).showAppPermission(call, id, username),
      ),
    );
  addGranting(pems, run);
}

function addGranting(pems: Command, run: Runner['run']): void {
  withOutput(
    pems.command('grant').description('let a user see, change or run an app; replaces what they had'),
    'grantAppPermission',
  )
    .argument('<id>', APP)
    .argument('<username>', USER)
    .argument('<permission>', 'READ, WRITE, EXECUTE, READ_WRITE, READ_EXECUTE, WRITE_EXECUTE, ALL or NONE')
    .action(
      run<OutputOptions, [string, string, string]>(async (call, id, username, permission) =>
        (await load()).grantAppPermission(call, id, { username, permission }),
      ),
    );
  pems
    .command('revoke')
    .description('take the permission of a user away')
    .argument('<id>', APP)
    .argument('<username>', USER)
    .action(
      run<unknown, [string, string]>(async (call, id, username) =>
        (await load()).revokeAppPermission(call, id, username),
      ),
    );
  pems
    .command('drop')
    .description("take all permissions away but the owner's")
    .argument('<id>', APP)
    .action(run<unknown, [string]>(async (call, id) => (await load()).revokeAppPermission(call, id, null)));
}

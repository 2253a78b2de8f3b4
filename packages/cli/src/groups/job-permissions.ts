import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';
import { JOB } from './job-words.ts';

const USER = 'name of the user; world is everybody who is signed in';
const load = () => import('../commands/job-permissions.ts');

/** Who may see and change a job. */
export function addJobPermissionCommands(jobs: Command, { run }: Runner): void {
  const pems = jobs.command('pems').description('who may see or change a job');
  withPage(withOutput(pems.command('list').description('the permissions on a job'), 'listJobPermissions'))
    .argument('<id>', JOB)
    .action(run<ListOptions, [string]>(async (call, id) => (await load()).listPermissions(call, id)));
  withOutput(
    pems.command('grant').description('let a user see or change a job; replaces what they had'),
    'grantJobPermission',
  )
    .argument('<id>', JOB)
    .argument('<username>', USER)
    .argument('<permission>', 'READ, WRITE, EXECUTE, READ_WRITE, READ_EXECUTE, WRITE_EXECUTE, ALL or NONE')
    .action(
      run<OutputOptions, [string, string, string]>(async (call, id, username, permission) =>
        (await load()).grantPermission(call, id, { username, permission }),
      ),
    );
  pems
    .command('revoke')
    .description('take the permission of a user away')
    .argument('<id>', JOB)
    .argument('<username>', USER)
    .action(
      run<unknown, [string, string]>(async (call, id, username) =>
        (await load()).revokePermission(call, id, username),
      ),
    );
  pems
    .command('drop')
    .description("take all permissions away but the owner's")
    .argument('<id>', JOB)
    .action(run<unknown, [string]>(async (call, id) => (await load()).dropPermissions(call, id)));
}

import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { FileOptions } from '../commands/documents.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { DefaultOptions, SystemListOptions } from '../commands/systems.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';
import { addHostCommands } from './system-hosts.ts';

const SYSTEM = 'id of the system';
const load = () => import('../commands/systems.ts');

/** Everything about systems. */
export function addSystemCommands(program: Command, runner: Runner): void {
  const { run } = runner;
  const systems = program.command('systems').description('places that store data or run jobs');
  withPage(withOutput(systems.command('list').description('systems that you may see'), 'listSystems'))
    .option('--type <type>', 'execution or storage')
    .action(run<SystemListOptions, []>(async (call) => (await load()).listSystems(call)));
  withOutput(systems.command('show').description('one system'), 'showSystem')
    .argument('<id>', SYSTEM)
    .action(run<OutputOptions, [string]>(async (call, id) => (await load()).showSystem(call, id)));
  withOutput(systems.command('create').description('register a system; prints its id'), 'createSystem')
    .requiredOption('-F, --file <file>', 'the description as JSON; - is the standard input')
    .action(run<FileOptions, []>(async (call) => (await load()).createSystem(call)));
  withOutput(
    systems.command('update').description('change a system; takes the whole description'),
    'updateSystem',
  )
    .argument('<id>', SYSTEM)
    .requiredOption('-F, --file <file>', 'the description as JSON; - is the standard input')
    .action(run<FileOptions, [string]>(async (call, id) => (await load()).updateSystem(call, id)));
  for (const action of ['enable', 'disable', 'publish', 'unpublish'] as const) {
    withOutput(systems.command(action).description(ACTIONS[action]), 'actOnSystem')
      .argument('<id>', SYSTEM)
      .action(run<OutputOptions, [string]>(async (call, id) => (await load()).actOnSystem(call, id, action)));
  }
  systems
    .command('delete')
    .description('delete a system that has no unfinished jobs')
    .argument('<id>', SYSTEM)
    .action(run<unknown, [string]>(async (call, id) => (await load()).deleteSystem(call, id)));
  withPage(
    withOutput(systems.command('history').description('what happened to a system'), 'listSystemHistory'),
  )
    .argument('<id>', SYSTEM)
    .action(
      run<ListOptions, [string]>(async (call, id) =>
        (await import('../commands/resource-history.ts')).listSystemHistory(call, id),
      ),
    );
  addDefaults(systems, run);
  addRoles(systems, run);
  addHostCommands(systems, runner);
}

const ACTIONS = {
  enable: 'let a system take jobs again',
  disable: 'keep new jobs away from a system',
  publish: 'open a system to everybody',
  unpublish: 'close a system that was open to everybody',
} as const;

function addDefaults(systems: Command, run: Runner['run']): void {
  const defaults = systems.command('default').description('the systems that are meant when none is named');
  for (const choice of ['set', 'unset'] as const) {
    withOutput(
      defaults.command(choice).description(choice === 'set' ? 'prefer a system' : 'prefer it no longer'),
      'actOnSystem',
    )
      .argument('<id>', SYSTEM)
      .option('-G, --global', 'for everybody; needs an administrator')
      .action(
        run<DefaultOptions, [string]>(async (call, id) => (await load()).preferSystem(call, id, choice)),
      );
  }
}

function addRoles(systems: Command, run: Runner['run']): void {
  const roles = systems.command('roles').description('who may use a system');
  withOutput(roles.command('list').description('the roles on a system'), 'listSystemRoles')
    .argument('<id>', SYSTEM)
    .action(run<OutputOptions, [string]>(async (call, id) => (await load()).listRoles(call, id)));
  withOutput(roles.command('show').description('the role of a user'), 'showSystemRole')
    .argument('<id>', SYSTEM)
    .argument('<username>')
    .action(
      run<OutputOptions, [string, string]>(async (call, id, username) =>
        (await load()).showRole(call, id, username),
      ),
    );
  withOutput(roles.command('grant').description('give a user a role'), 'grantSystemRole')
    .argument('<id>', SYSTEM)
    .argument('<username>')
    .argument('<role>', 'GUEST, USER, PUBLISHER, ADMIN or OWNER; USER and above may run jobs')
    .action(
      run<OutputOptions, [string, string, string]>(async (call, id, username, role) =>
        (await load()).grantRole(call, { id, username, role }),
      ),
    );
  roles
    .command('revoke')
    .description('take the role of a user away')
    .argument('<id>', SYSTEM)
    .argument('<username>')
    .action(
      run<unknown, [string, string]>(async (call, id, username) =>
        (await load()).revokeRole(call, id, username),
      ),
    );
}

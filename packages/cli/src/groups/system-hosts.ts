import type { Command } from 'commander';
import { withOutput } from '../command-options.ts';
import type { FileOptions } from '../commands/documents.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';

const SYSTEM = 'id of the system';
const load = () => import('../commands/system-hosts.ts');

/** How the service enters a system, and what its queues take. */
export function addHostCommands(systems: Command, { run }: Runner): void {
  withOutput(
    systems.command('check').description('enter a system step by step, with the fix for what fails'),
    'checkSystem',
  )
    .argument('<id>', SYSTEM)
    .action(run<OutputOptions, [string]>(async (call, id) => (await load()).checkSystem(call, id)));
  addCredentials(systems, run);
  addQueues(systems, run);
}

function addCredentials(systems: Command, run: Runner['run']): void {
  const credentials = systems
    .command('credentials')
    .description('what the service proves itself with; secrets are never shown');
  withOutput(credentials.command('list').description('which there are'), 'listSystemCredentials')
    .argument('<id>', SYSTEM)
    .action(run<OutputOptions, [string]>(async (call, id) => (await load()).listCredentials(call, id)));
  withOutput(
    credentials.command('set').description('replace those of one connection'),
    'setSystemCredentials',
  )
    .argument('<id>', SYSTEM)
    .requiredOption('-F, --file <file>', 'connection and auth as JSON; - is the standard input')
    .action(run<FileOptions, [string]>(async (call, id) => (await load()).setCredentials(call, id)));
  credentials
    .command('delete')
    .description('delete those of one connection; its jobs wait')
    .argument('<id>', SYSTEM)
    .argument('<connection>', 'login or storage')
    .action(
      run<unknown, [string, string]>(async (call, id, connection) =>
        (await load()).deleteCredentials(call, id, connection),
      ),
    );
}

function addQueues(systems: Command, run: Runner['run']): void {
  const queues = systems.command('queues').description('what the queues of a system take');
  withOutput(queues.command('list').description('the queues of a system'), 'listSystemQueues')
    .argument('<id>', SYSTEM)
    .action(run<OutputOptions, [string]>(async (call, id) => (await load()).listQueues(call, id)));
  withOutput(queues.command('show').description('one queue'), 'showSystemQueue')
    .argument('<id>', SYSTEM)
    .argument('<queue>')
    .action(
      run<OutputOptions, [string, string]>(async (call, id, name) =>
        (await load()).showQueue(call, id, name),
      ),
    );
  withOutput(
    queues.command('set').description('add a queue, or replace the one of its name'),
    'setSystemQueue',
  )
    .argument('<id>', SYSTEM)
    .requiredOption('-F, --file <file>', 'the queue as JSON; - is the standard input')
    .action(run<FileOptions, [string]>(async (call, id) => (await load()).setQueue(call, id)));
  queues
    .command('delete')
    .description('delete a queue; jobs in it go on')
    .argument('<id>', SYSTEM)
    .argument('<queue>')
    .action(
      run<unknown, [string, string]>(async (call, id, name) => (await load()).deleteQueue(call, id, name)),
    );
}

import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { FileOptions } from '../commands/documents.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';
import { addAppSharingCommands } from './app-sharing.ts';

const APP = 'id of the app: name-version';
const load = () => import('../commands/apps.ts');

/** Everything about apps. */
export function addAppCommands(program: Command, runner: Runner): void {
  const { run } = runner;
  const apps = program.command('apps').description('programs that jobs run');
  withPage(withOutput(apps.command('list').description('public apps and your own'), 'listApps')).action(
    run<ListOptions, []>(async (call) => (await load()).listApps(call)),
  );
  withOutput(apps.command('show').description('one app'), 'showApp')
    .argument('<id>', APP)
    .action(run<OutputOptions, [string]>(async (call, id) => (await load()).showApp(call, id)));
  withOutput(apps.command('create').description('register an app; prints its id'), 'createApp')
    .requiredOption('-F, --file <file>', 'the description as JSON; - is the standard input')
    .action(run<FileOptions, []>(async (call) => (await load()).createApp(call)));
  withOutput(apps.command('update').description('change an app; takes the whole description'), 'updateApp')
    .argument('<id>', APP)
    .requiredOption('-F, --file <file>', 'the description as JSON; - is the standard input')
    .action(run<FileOptions, [string]>(async (call, id) => (await load()).updateApp(call, id)));
  for (const action of ['enable', 'disable', 'publish', 'unpublish'] as const) {
    withOutput(apps.command(action).description(ACTIONS[action]), 'actOnApp')
      .argument('<id>', APP)
      .action(run<OutputOptions, [string]>(async (call, id) => (await load()).actOnApp(call, id, action)));
  }
  apps
    .command('delete')
    .description('hide an app; its jobs are not touched')
    .argument('<id>', APP)
    .action(run<unknown, [string]>(async (call, id) => (await load()).deleteApp(call, id)));
  addAppSharingCommands(apps, runner);
}

/** Descriptions that another service exported. */
export function addImportCommand(program: Command, { run }: Runner): void {
  program
    .command('import')
    .description('register systems and apps that were exported from Tapis; prints their ids')
    .argument('<file...>', 'JSON of single ones, lists, or whole answers; - is the standard input')
    .action(
      run<unknown, [string[]]>(async (call, files) =>
        (await import('../commands/import.ts')).importDescriptions(call, files),
      ),
    );
}

const ACTIONS = {
  enable: 'let an app run again',
  disable: 'keep an app from running',
  publish: 'let everybody run an app',
  unpublish: 'let only its owner run an app',
} as const;

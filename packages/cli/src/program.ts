import { basename } from 'node:path';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { acceptSharedEverywhere, withShared } from './command-options.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { addAccountCommands } from './groups/accounts.ts';
import { addAppCommands, addImportCommand } from './groups/apps.ts';
import { addCompletionCommands } from './groups/completion.ts';
import { addFileCommands } from './groups/files.ts';
import { addExamples, addHelpCommand } from './groups/help.ts';
import { addJobCommands } from './groups/jobs.ts';
import { addMetadataCommands } from './groups/metadata.ts';
import { addNotificationCommands } from './groups/notifications.ts';
import { addPostitCommands } from './groups/postits.ts';
import { addServiceCommands } from './groups/service.ts';
import { addSignInCommands } from './groups/sign-in.ts';
import { addSystemCommands } from './groups/systems.ts';
import { shieldNegatedTerms } from './negated-terms.ts';
import { createRunner, type Runner } from './runner.ts';

/** Runs one command line and gives the exit code. Never throws for what a user can cause. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  const name = basename(argv[1] ?? '') === 'tapis' ? 'tapis' : 'arras';
  const runner = createRunner(name);
  const program = buildProgram(name, runner);
  try {
    await program.parseAsync(shieldNegatedTerms(argv));
    return runner.exitCode();
  } catch (error) {
    if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) {
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    return complain(error, name);
  }
}

/** The whole command line as data: what it runs is loaded when it runs. */
export function buildProgram(name: string, runner: Runner): Command {
  const program = new Command(name)
    .description('Submit jobs to an Arras service and know what they are doing.')
    .version(manifest.version)
    .enablePositionalOptions()
    .exitOverride()
    // The reason is told in three lines below; commander's own line would be a fourth.
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError()
    .helpCommand(false);
  withShared(program);
  addJobCommands(program, runner);
  addFileCommands(program, runner);
  addNotificationCommands(program, runner);
  addSystemCommands(program, runner);
  addAppCommands(program, runner);
  addMetadataCommands(program, runner);
  addPostitCommands(program, runner);
  addImportCommand(program, runner);
  addSignInCommands(program, runner);
  addAccountCommands(program, runner);
  addServiceCommands(program, runner);
  addCompletionCommands(program);
  addHelpCommand(program);
  addExamples(program);
  acceptSharedEverywhere(program);
  return program;
}

async function complain(error: unknown, name: string): Promise<ExitCode> {
  const { explainFailure, Refusal, renderComplaint } = await import('./refusal.ts');
  const failure = error instanceof CommanderError ? new Refusal(explainUsage(error, name)) : error;
  const complaint = explainFailure(failure, name);
  process.stderr.write(renderComplaint(complaint));
  return complaint.exitCode;
}

// Sample: error: unknown option '--jsn'\n(Did you mean --json?)
function explainUsage(
  { message }: CommanderError,
  name: string,
): { what: string; why: string; todo: string } {
  const [what = '', hint] = message.replace(/^error: /, '').split('\n');
  const why = hint === undefined ? 'The command line cannot be understood.' : hint.replaceAll(/^\(|\)$/g, '');
  return { what: what.charAt(0).toUpperCase() + what.slice(1), why, todo: `${name} --help` };
}

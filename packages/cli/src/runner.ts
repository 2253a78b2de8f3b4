import type { Client } from '@arras/client';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Session } from './session.ts';

/** One command as called: its options, and what it needs of the world when it needs it. */
export interface Invocation<Options> {
  readonly options: Options;
  readonly session: Session;
  /** The client for the service that flags, environment or files name. */
  readonly client: () => Client;
}

/** What a command does; without a code it went well. */
export type Handler<Options, Args extends readonly unknown[]> = (
  invocation: Invocation<Options>,
  ...args: Args
) => Promise<ExitCode | void>;

/** Ties commands to what they do and keeps the exit code. */
export interface Runner {
  /** An action for commander. `Options` and `Args` are those that the command declares. */
  run<Options, Args extends readonly unknown[]>(
    handler: Handler<Options, Args>,
  ): (...all: unknown[]) => Promise<void>;
  exitCode(): ExitCode;
}

/** The runner of one process. `program` is the name that suggestions use. */
export function createRunner(program: string): Runner {
  let exitCode: ExitCode = EXIT.ok;
  return {
    run<Options, Args extends readonly unknown[]>(handler: Handler<Options, Args>) {
      return async (...all: unknown[]) => {
        // Commander calls with the declared arguments, the options, and the command, all untyped.
        const command = all.at(-1) as Command;
        const args = all.slice(0, -2) as unknown as Args;
        const options = command.opts<Options & object>();
        // Loaded here: the help needs neither client nor contract.
        const { openSession } = await import('./session.ts');
        const session = openSession(program);
        const client = () => session.connect(rootOf(command).opts());
        exitCode = (await handler({ options, session, client }, ...args)) ?? EXIT.ok;
      };
    },
    exitCode: () => exitCode,
  };
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/**
 * Lets `--url` and `--token` stand behind every command as well, for the program. A command with an option of that
 * name of its own keeps it: there the program's stands before the command.
 */
export function acceptConnectionEverywhere(program: Command, command: Command = program): void {
  for (const child of command.commands) {
    for (const flag of ['url', 'token']) {
      if (child.options.some((option) => option.attributeName() === flag)) continue;
      child.addOption(new Option(`--${flag} <${flag}>`).hideHelp());
      child.on(`option:${flag}`, (value: string) => program.setOptionValue(flag, value));
    }
    acceptConnectionEverywhere(program, child);
  }
}

/** Adds the options of everything that shows a result. */
export function withOutput(command: Command): Command {
  return command
    .option('-v, --verbose', 'the result as JSON, as the API gives it')
    .option('--json [fields]', 'JSON of these fields, such as --json=id,status')
    .addOption(
      new Option('-f, --format <format>', 'table or json').choices(['table', 'json']).default('table'),
    );
}

/** Adds the options of everything that lists. */
export function withPage(command: Command): Command {
  return command
    .option('-l, --limit <n>', 'how many', '100')
    .option('-o, --offset <n>', 'how many to skip', '0');
}

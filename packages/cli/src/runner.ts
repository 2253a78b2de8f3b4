import type { Client } from '@arras/client';
import type { Command } from 'commander';
import { resultOperationsOf, type SharedOptions } from './command-options.ts';
import type { FoundConnection } from './connection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { OutputOptions } from './print.ts';
import type { Session } from './session.ts';

/** One command as called: its options, and what it needs of the world when it needs it. */
export interface Invocation<Options> {
  readonly options: Options;
  readonly session: Session;
  /** The client for the service that flags, environment or files name. With --curl it prints instead of calling. */
  readonly client: () => Client;
  /** True with --curl: calls are only printed. */
  readonly isCurl: boolean;
  /** The client that finds out what is meant, such as the id of `last`; it calls with --curl too. */
  readonly lookup: () => Client;
  /** Where the client connects to, and what named it. */
  readonly trace: () => FoundConnection;
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
        const shared = rootOf(command).opts<SharedOptions>();
        const options = { ...command.opts<Options & object>(), quiet: shared.quiet };
        await checkOutput(command, options);
        // Loaded here: the help needs neither client nor contract.
        const { openSession } = await import('./session.ts');
        const session = openSession(program, shared);
        const lookup = () => session.connect(shared);
        const trace = () => session.trace(shared);
        const isCurl = shared.curl === true;
        const client = isCurl ? () => session.connectForCurl(shared) : lookup;
        exitCode = (await handler({ options, session, client, isCurl, lookup, trace }, ...args)) ?? EXIT.ok;
      };
    },
    exitCode: () => exitCode,
  };
}

/** Before anything is done: a job must not be submitted whose result cannot be shown. */
async function checkOutput(command: Command, { json }: OutputOptions): Promise<void> {
  const operations = resultOperationsOf(command);
  if (json === undefined || operations.length === 0) return;
  const { checkFields } = await import('./json-fields.ts');
  checkFields(json, operations);
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

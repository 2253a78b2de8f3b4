import type { OperationId } from '@arras/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ColourChoice } from './terminal.ts';

/** What stands before or behind every command. */
export interface SharedOptions {
  readonly url?: string;
  readonly token?: string;
  readonly profile?: string;
  readonly color?: ColourChoice;
  readonly utc?: boolean;
  readonly quiet?: boolean;
  readonly curl?: boolean;
  readonly trace?: boolean;
}

const QUIET = 'only ids, one a line, and no remarks';
const CURL = 'print the curl command for the call, instead of calling';

/** Adds the shared options to the program itself. */
export function withShared(program: Command): Command {
  return program
    .option('--url <url>', 'address of the service (else ARRAS_URL, else the profile file)')
    .option('--token <token>', 'bearer token; better in ARRAS_TOKEN, where others cannot see it')
    .option(
      '--profile <name>',
      'another sign-in than the usual, made with login --profile (else ARRAS_PROFILE)',
    )
    .addOption(
      new Option('--color <when>', 'colours: always, never or auto').choices(['always', 'never', 'auto']),
    )
    .option('--utc', 'times as 2026-03-04T10:15:30.000+00:00 instead of 3m ago')
    .option('-q, --quiet', QUIET)
    .option('--curl', CURL)
    .option('--trace', 'say of each call how it went, with its request id');
}

/** Of the shared options these commands have the profile: it is what they make and remove. */
const SIGN_IN = new Set(['login', 'logout']);

/** Commands that call no service. */
const LOCAL = new Set(['serve', 'demo', 'login', 'logout', 'help', 'completion', 'manual', '__complete']);

/**
 * Lets the shared options stand behind every command as well, for the program. A command with an option of that name
 * of its own keeps it: there the program's stands before the command.
 */
export function acceptSharedEverywhere(program: Command, command: Command = program): void {
  for (const child of command.commands) {
    const isSignIn = SIGN_IN.has(child.name());
    if (LOCAL.has(child.name()) && !isSignIn) continue;
    for (const option of program.options) {
      const name = option.attributeName();
      if (isSignIn && name !== 'profile') continue;
      if (option.long === '--version' || child.options.some((own) => own.attributeName() === name)) continue;
      const copy = new Option(option.flags, option.description);
      if (option.argChoices !== undefined) copy.choices(option.argChoices);
      const isShown = isSignIn || (child.commands.length === 0 && (name === 'quiet' || name === 'curl'));
      child.addOption(isShown ? copy : copy.hideHelp());
      child.on(`option:${name}`, (value: string | null) => program.setOptionValue(name, value ?? true));
    }
    acceptSharedEverywhere(program, child);
  }
}

const results = new WeakMap<Command, readonly OperationId[]>();

/** The operations whose results a command prints; none for a command without a result. */
export function resultOperationsOf(command: Command): readonly OperationId[] {
  return results.get(command) ?? [];
}

/** Adds the options of everything that shows a result, which is that of these operations. */
export function withOutput(command: Command, ...operations: readonly OperationId[]): Command {
  results.set(command, operations);
  return command
    .option('-v, --verbose', 'the result as JSON, as the API gives it')
    .option('--json [fields]', 'JSON of these fields, such as --json id,status; alone: lists the fields')
    .option('--jq <expression>', 'what a jq expression makes of the JSON')
    .addOption(
      new Option('-f, --format <format>', 'table or json').choices(['table', 'json']).default('table'),
    );
}

/** Adds the options of everything that lists. */
export function withPage(command: Command): Command {
  return command
    .option('-l, --limit <n>', 'how many (default: 100)', parseCount)
    .option('-o, --offset <n>', 'how many to skip', parseCount);
}

function parseCount(text: string): string {
  if (/^\d{1,9}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a number from 0 up.');
}

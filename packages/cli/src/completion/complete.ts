import type { OperationId } from '@arras/contract';
import type { Argument, Command, Option } from 'commander';
import { resultOperationsOf } from '../command-options.ts';

/** What can stand in the place of the word that is being typed. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What the service knows the values of. */
export type LiveKind = 'job' | 'system' | 'app' | 'subscription' | 'filter';

/** Where values come from that the command line does not know by itself. */
export interface ValueSources {
  live(kind: LiveKind, flags: TypedFlags): Promise<readonly Candidate[]>;
  fields(operations: readonly OperationId[]): Promise<readonly Candidate[]>;
  columns(): Promise<readonly Candidate[]>;
  /** Addresses on systems that go on what is typed. */
  addresses(typed: string, flags: TypedFlags): Promise<readonly Candidate[]>;
  /** Paths of a job that go on what is typed; `job` is as a person types it. */
  outputs(job: string, typed: string, flags: TypedFlags): Promise<readonly Candidate[]>;
  filterTerms(typed: string): Promise<readonly Candidate[]>;
}

/** Flags that were typed already, by the names that the program gives them. */
export type TypedFlags = Readonly<Record<string, string>>;

/** The command line up to the word that is being typed. */
interface Position {
  readonly command: Command;
  /** Arguments of the command before the word. */
  readonly operands: readonly string[];
  /** The option whose value the word is. */
  readonly option: Option | null;
  readonly flags: TypedFlags;
  readonly typed: string;
}

/** What can stand in the place of the last of these words, which follow the name of the program. */
export async function complete(
  program: Command,
  words: readonly string[],
  sources: ValueSources,
): Promise<readonly Candidate[]> {
  const position = findPosition(program, words);
  const all = await listCandidates(position, sources);
  return all.filter(({ value }) => value.startsWith(position.typed));
}

function findPosition(program: Command, words: readonly string[]): Position {
  let command = program;
  const operands: string[] = [];
  let option: Option | null = null;
  const flags: Record<string, string> = {};
  for (const word of words.slice(0, -1)) {
    if (option !== null) {
      flags[option.attributeName()] = word;
      option = null;
    } else if (/^-./.test(word)) {
      option = optionAwaitingValue(command, word);
    } else {
      const child: Command | undefined = operands.length === 0 ? findChild(command, word) : undefined;
      if (child === undefined) operands.push(word);
      else command = child;
    }
  }
  return { command, operands, option, flags, typed: words.at(-1) ?? '' };
}

/** The option of that name when its value is the next word. */
function optionAwaitingValue(command: Command, word: string): Option | null {
  const found = command.options.find(({ short, long }) => word === short || word === long);
  return found !== undefined && (found.required || found.optional) ? found : null;
}

function findChild(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => [child.name(), ...child.aliases()].includes(word));
}

async function listCandidates(position: Position, sources: ValueSources): Promise<readonly Candidate[]> {
  const { command, operands, option, typed } = position;
  const help = command.createHelp();
  if (option !== null) return listValues(option, position, sources);
  if (typed.startsWith('-')) {
    return help
      .visibleOptions(command)
      .map((each) => ({ value: each.long ?? each.flags, description: each.description }));
  }
  if (command.commands.length > 0) {
    const children = operands.length === 0 ? help.visibleCommands(command) : [];
    return children.map((child) => ({ value: child.name(), description: child.description() }));
  }
  const all = command.registeredArguments;
  const argument = all[operands.length] ?? all.findLast(({ variadic }) => variadic);
  return argument === undefined ? [] : listArguments(argument, position, sources);
}

async function listValues(
  option: Option,
  { command, flags, typed }: Position,
  sources: ValueSources,
): Promise<readonly Candidate[]> {
  if (option.argChoices !== undefined) return option.argChoices.map(plain);
  switch (option.attributeName()) {
    case 'json':
      return afterComma(typed, await sources.fields(resultOperationsOf(command)));
    case 'columns':
      return afterComma(typed, await sources.columns());
    case 'job':
      return sources.live('job', flags);
    case 'saved':
      return sources.live('filter', flags);
    default:
      return [];
  }
}

/** In a list with commas the last name is being typed. */
function afterComma(typed: string, candidates: readonly Candidate[]): readonly Candidate[] {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  return candidates.map(({ value, description }) => ({ value: before + value, description }));
}

/** The kind of thing that the ids of a group of commands name. */
const ID_KINDS: Readonly<Record<string, LiveKind>> = {
  jobs: 'job',
  systems: 'system',
  apps: 'app',
  notifications: 'subscription',
};

async function listArguments(
  argument: Argument,
  { command, flags, typed, operands }: Position,
  sources: ValueSources,
): Promise<readonly Candidate[]> {
  if (argument.argChoices !== undefined) return argument.argChoices.map(plain);
  const path = pathOf(command);
  const kind = ID_KINDS[path[0] ?? ''];
  if (argument.name() === 'id' && kind !== undefined) return sources.live(kind, flags);
  // Of an upload the files here come first, and shells know those best.
  if (path[1] === 'upload' && !typed.includes('://')) return [];
  if (path[0] === 'files') return sources.addresses(typed, flags);
  if (argument.name() === 'path' && path[1] === 'outputs')
    return sources.outputs(operands[0] ?? '', typed, flags);
  if (argument.name() === 'filter') return sources.filterTerms(typed);
  if (argument.name() === 'name' && path[1] === 'filters') return sources.live('filter', flags);
  return [];
}

/** The names that lead to a command, without that of the program. */
function pathOf(command: Command): readonly string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

function plain(value: string): Candidate {
  return { value, description: '' };
}

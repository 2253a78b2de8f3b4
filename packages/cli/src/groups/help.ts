import type { Command } from 'commander';
import { resultOperationsOf } from '../command-options.ts';
import { CONNECTION_SOURCES, OUTPUT_VARIABLES, PLACES } from '../environment-variables.ts';
import { EXAMPLES } from '../examples.ts';
import { EXIT, EXIT_MEANINGS } from '../exit-codes.ts';

/** Pages of the help that are about no single command. */
const TOPICS: Readonly<Record<string, (program: Command) => string | Promise<string>>> = {
  'exit-codes': renderExitCodes,
  environment: renderEnvironment,
  filters: renderFilters,
  json: renderJsonTopic,
};

/** Names of the topics, for the help and for completion. */
export const HELP_TOPICS = Object.keys(TOPICS);

/** `help`, `help exit-codes`, `help jobs submit`. */
export function addHelpCommand(program: Command): void {
  program
    .command('help')
    .description(`help on a command, or on ${HELP_TOPICS.join(', ')}`)
    .argument('[topic...]')
    .action(async (words: string[]) => {
      const name = words[0] ?? '';
      const topic = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
      if (topic === undefined) findCommand(program, words).help();
      else process.stdout.write(await topic(program));
    });
}

/** Puts the examples at the end of the help of their commands. */
export function addExamples(program: Command): void {
  for (const [path, examples] of Object.entries(EXAMPLES)) {
    const shown = examples.map((example) => `  ${example.replaceAll('arras ', `${program.name()} `)}\n`);
    findCommand(program, path.split(' ')).addHelpText('after', `\nExamples:\n${shown.join('').trimEnd()}`);
  }
}

function findCommand(program: Command, words: readonly string[]): Command {
  let found = program;
  for (const word of words) {
    const next = found.commands.find((command) => [command.name(), ...command.aliases()].includes(word));
    if (next === undefined) return program.error(`error: there is no command ${words.join(' ')}`);
    found = next;
  }
  return found;
}

function renderExitCodes(): string {
  const rows = Object.entries(EXIT_MEANINGS).map(([name, meaning]) => ({
    name: String(EXIT[name as keyof typeof EXIT]).padStart(4),
    meaning,
  }));
  return renderList(rows, '');
}

function renderEnvironment(): string {
  return [
    `The service is sought in this order:\n${renderList(CONNECTION_SOURCES)}`,
    `Output:\n${renderList(OUTPUT_VARIABLES)}`,
    `Files:\n${renderList(PLACES)}`,
  ].join('\n');
}

async function renderFilters(): Promise<string> {
  // Loaded here: the rest of the help needs no contract.
  const { FILTER_KEYS, FILTER_NOTES } = await import('../filter-help.ts');
  return `${FILTER_NOTES}\nKeys:\n${renderList(FILTER_KEYS)}`;
}

async function renderJsonTopic(program: Command): Promise<string> {
  const { fieldsOf } = await import('../json-fields.ts');
  const rows = leavesOf(program).flatMap(({ path, command }) => {
    const fields = fieldsOf(resultOperationsOf(command));
    return fields.length === 0 ? [] : [`${path}\n  ${fields.join(', ')}\n`];
  });
  return `${JSON_NOTES}\n${rows.join('\n')}`;
}

const JSON_NOTES = `Data go to the standard output, everything else to the standard error.

  -v, -f json, --json '*'  the result as the API gives it
  --json id,status         only these fields; of a list, of each entry. Dots lead inside: parameters.count
  --json                   lists the fields that there are, and ends with code 2
  --jq EXPRESSION          what jq makes of the JSON, texts without quotation marks; jq is built in
  -q                       only ids, one a line, and no remarks

The fields of each command:
`;

/** Commands that have no commands below them. */
function leavesOf(command: Command, path = ''): { readonly path: string; readonly command: Command }[] {
  return command.commands.flatMap((child) => {
    const childPath = `${path} ${child.name()}`.trim();
    return child.commands.length === 0 ? [{ path: childPath, command: child }] : leavesOf(child, childPath);
  });
}

/** Names and their meanings below each other; a meaning of several lines stays in its column. */
function renderList(
  rows: readonly { readonly name: string; readonly meaning: string }[],
  indent = '  ',
): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .flatMap(({ name, meaning }) =>
      meaning
        .split('\n')
        .map((line, index) => `${indent}${(index === 0 ? name : '').padEnd(width)}  ${line}\n`),
    )
    .join('');
}

import type { Command } from 'commander';
import { CONNECTION_SOURCES, OUTPUT_VARIABLES, PLACES } from './environment-variables.ts';
import { EXAMPLES } from './examples.ts';
import { EXIT, EXIT_MEANINGS } from './exit-codes.ts';

/** A page of the manual, as man(7) writes it. */
export interface ManPage {
  /** `arras-jobs-watch.1`. */
  readonly fileName: string;
  readonly text: string;
}

/** Whose page it is, and where it stands. */
interface Place {
  readonly command: Command;
  /** Names from the program to the command. */
  readonly path: readonly string[];
  readonly version: string;
}

/** A page for the program and for each of its commands. */
export function renderManual(program: Command, version: string): readonly ManPage[] {
  return placesOf({ command: program, path: [program.name()], version }).map((place) => ({
    fileName: `${place.path.join('-')}.1`,
    text: renderPage(place),
  }));
}

function placesOf(place: Place): readonly Place[] {
  return [place, ...childrenOf(place).flatMap(placesOf)];
}

function childrenOf({ command, path, version }: Place): readonly Place[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((child) => ({ command: child, path: [...path, child.name()], version }));
}

function renderPage(place: Place): string {
  const { command, path, version } = place;
  const [program = ''] = path;
  const name = path.join('-');
  const isProgram = path.length === 1;
  return [
    `.TH ${name.toUpperCase()} 1 "" "${escape(`${program} ${version}`)}" "Arras"`,
    '.SH NAME',
    `${escape(name)} \\- ${escape(command.description())}`,
    '.SH SYNOPSIS',
    `.B ${escape(path.join(' '))}`,
    escape(command.createHelp().commandUsage(command).split(' ').slice(path.length).join(' ')),
    ...argumentSection(command),
    ...optionSection(command),
    ...commandSection(place),
    ...exampleSection(path),
    ...(isProgram ? [...exitSection(), ...environmentSection()] : seeAlsoSection(place)),
    '',
  ].join('\n');
}

function argumentSection(command: Command): readonly string[] {
  const help = command.createHelp();
  return section(
    'ARGUMENTS',
    help
      .visibleArguments(command)
      .map((argument) => entry(help.argumentTerm(argument), help.argumentDescription(argument))),
  );
}

function optionSection(command: Command): readonly string[] {
  const help = command.createHelp();
  return section(
    'OPTIONS',
    help
      .visibleOptions(command)
      .map((option) => entry(help.optionTerm(option), help.optionDescription(option))),
  );
}

function commandSection(place: Place): readonly string[] {
  return section(
    'COMMANDS',
    childrenOf(place).map(({ command, path }) => entry(`${path.join('-')}(1)`, command.description())),
  );
}

function exampleSection([program = '', ...rest]: readonly string[]): readonly string[] {
  const examples = EXAMPLES[rest.join(' ')] ?? [];
  const lines = examples.map((example) => escape(example.replaceAll('arras ', `${program} `)));
  return lines.length === 0 ? [] : ['.SH EXAMPLES', '.nf', ...lines, '.fi'];
}

function exitSection(): readonly string[] {
  return section(
    'EXIT STATUS',
    Object.entries(EXIT_MEANINGS).map(([name, meaning]) =>
      entry(String(EXIT[name as keyof typeof EXIT]), meaning),
    ),
  );
}

function environmentSection(): readonly string[] {
  const all = [...CONNECTION_SOURCES, ...OUTPUT_VARIABLES, ...PLACES];
  return section(
    'ENVIRONMENT',
    all.map(({ name, meaning }) => entry(name, meaning.replaceAll('\n', ' '))),
  );
}

function seeAlsoSection({ path }: Place): readonly string[] {
  const parents = path.slice(0, -1).map((_name, index) => `${path.slice(0, index + 1).join('-')}(1)`);
  return ['.SH SEE ALSO', escape(parents.join(', '))];
}

function section(title: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`.SH ${title}`, ...entries];
}

function entry(term: string, description: string): string {
  return `.TP\n.B ${escape(term)}\n${escape(description)}`;
}

/** Text as it is: neither a request of roff, nor one of its escapes; what means something to a shell can be copied. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(/^(?=\.)/gm, '\\&');
}

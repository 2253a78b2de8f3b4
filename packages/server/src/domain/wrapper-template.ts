import { callbackCommand } from './callback-macros.ts';
import type { Macro } from './macro-values.ts';
import { CALLBACK_FUNCTIONS } from './message-script.ts';
import type { MacroPlace } from './template-frames.ts';
import { rewriteTemplate } from './template-scanner.ts';

/**
 * Turns an app's wrapper template into the program's script. Where the original pasted values into the
 * text, a macro here becomes the expansion of a bash variable, and the values travel in a file of their own,
 * read byte for byte when the program starts: no value is ever parsed by a shell (S4), or expanded twice.
 */

/** What the program's script is made of. */
export interface ProgramParts {
  /** The app's wrapper template, bash text of its author. */
  readonly template: string;
  readonly macros: readonly Macro[];
  /** Bash text of the system's owner that goes before the template; may be empty. */
  readonly environment: string;
  /** The app's environment modules: `name/version`, or words for `module` such as `purge` or `load name`. */
  readonly modules: readonly string[];
}

/** The two files of a program: its script, and the values that the script reads. */
export interface Program {
  readonly script: string;
  readonly values: Uint8Array;
}

/** A template, module or value that cannot become a program. */
export class UnusableTemplate extends Error {
  override readonly name = 'UnusableTemplate';
}

/** Throws {@link UnusableTemplate} on a NUL or a line break where none can be. */
export function renderProgram(parts: ProgramParts): Program {
  if (parts.template.includes('\0')) throw new UnusableTemplate('expected a template without NUL');
  const known = new Map(parts.macros.map((macro) => [macro.name.toLowerCase(), macro]));
  const used = new UsedMacros();
  const body = rewriteTemplate(parts.template, (name, place) => reference(known, used, name, place));
  const sections = [
    '#!/bin/bash',
    renderPrologue(used),
    parts.modules.map(renderModule).join('\n'),
    parts.environment,
    body,
  ];
  const script = sections
    .filter((section) => section !== '')
    .map((section) => `${section.replace(/\n$/, '')}\n`);
  return { script: script.join('\n'), values: renderValues(used.macros) };
}

/** The macros that a template names, in the order in which it first does; their index is in their variable's name. */
class UsedMacros {
  readonly macros: Macro[] = [];
  readonly numbers = new Set<number>();
  /** Whether a callback is among them that sends something. */
  calls = false;

  indexOf(macro: Macro): number {
    const index = this.macros.indexOf(macro);
    return index >= 0 ? index : this.macros.push(macro) - 1;
  }

  call(command: string): string {
    this.calls ||= command.startsWith('arras_');
    return command;
  }
}

function reference(
  known: ReadonlyMap<string, Macro>,
  used: UsedMacros,
  name: string,
  place: MacroPlace,
): string | null {
  const command = callbackCommand(name);
  if (command !== null) return place === 'word' ? used.call(command) : '';
  const macro = known.get(name.toLowerCase());
  if (macro === undefined) return null;
  const index = used.indexOf(macro);
  if (place === 'number') used.numbers.add(index);
  return REFERENCES[place](index);
}

/** A misjudged place splits or joins words; that is all it can do, since every form is an expansion. */
const REFERENCES = {
  word: (index) => `"\${ARRAS_V_${index}[@]}"`,
  joined: (index) => `"\${ARRAS_V_${index}[*]}"`,
  quoted: (index) => `\${ARRAS_V_${index}[*]}`,
  single: (index) => `'"\${ARRAS_V_${index}[*]}"'`,
  ansi: (index) => `'"\${ARRAS_V_${index}[*]}"$'`,
  number: (index) => `\${ARRAS_N_${index}}`,
} satisfies Record<MacroPlace, (index: number) => string>;

function renderPrologue(used: UsedMacros): string {
  const lines = ['cd -- "${BASH_SOURCE[0]%/*}" || exit 111'];
  if (used.macros.length > 0) lines.push(LOAD_VALUES, `arras_load ${used.macros.length} || arras_refuse`);
  if (used.numbers.size > 0) lines.push(LOAD_NUMBERS, `arras_numbers ${[...used.numbers].join(' ')}`);
  if (used.calls) lines.push(CALLBACK_FUNCTIONS);
  return lines.join('\n');
}

/** Names are checked before they become namerefs; the count shows a file that was cut short. */
const LOAD_VALUES = `arras_refuse() { printf 'arras: the values of this job cannot be read\\n' >&2; exit 111; }
arras_load() {
  local name count index value loaded=0
  while IFS= read -r -d '' name && IFS= read -r -d '' count; do
    [[ $name =~ ^ARRAS_V_[0-9]+$ && $count =~ ^[0-9]+$ ]] || return 1
    local -n slot=$name
    slot=()
    for (( index = 0; index < count; index++ )); do
      IFS= read -r -d '' value || return 1
      slot+=("$value")
    done
    unset -n slot
    (( ++loaded ))
  done < .arras/values
  (( loaded == $1 ))
}`;

/** Arithmetic evaluates what it reads, so anything but an integer becomes a text that is an error there. */
const LOAD_NUMBERS = `arras_numbers() {
  local index value
  for index in "$@"; do
    local -n slot=ARRAS_V_$index
    value="\${slot[*]}"
    [[ $value =~ ^[+-]?[0-9]+$ || -z $value ]] || value='@not-an-integer'
    printf -v "ARRAS_N_$index" '%s' "$value"
    unset -n slot
  done
}`;

/** NUL-separated: for each macro its variable's name, the number of its words, and the words. */
function renderValues(macros: readonly Macro[]): Uint8Array {
  const fields = macros.flatMap(({ words }, index) => [`ARRAS_V_${index}`, String(words.length), ...words]);
  if (fields.some((field) => field.includes('\0'))) throw new UnusableTemplate('expected values without NUL');
  return new TextEncoder().encode(fields.map((field) => `${field}\0`).join(''));
}

// bwa/0.7.17   load bwa/0.7.17   swap PrgEnv-cray PrgEnv-gnu   purge
const MODULE_NAME = '[A-Za-z0-9][A-Za-z0-9._+/-]*';
const MODULE = new RegExp(`^${MODULE_NAME}$`);
const MODULE_COMMAND = new RegExp(`^(?:load|add|unload|rm|swap|switch|purge|reset)(?: ${MODULE_NAME}){0,8}$`);

function renderModule(module: string): string {
  const text = module.trim().replace(/ +/g, ' ');
  if (MODULE_COMMAND.test(text)) return `module ${text}`;
  if (MODULE.test(text)) return `module load ${text}`;
  throw new UnusableTemplate(`expected the name of an environment module, got ${JSON.stringify(module)}`);
}

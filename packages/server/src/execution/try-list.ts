import type { Tracked } from './scheduler.ts';

/**
 * Many tries as the standard input of one command: a list of thousands is longer than the words that a command may
 * have. One field a line, five lines a try; `\` and line breaks inside a field are written `\\` and `\n`.
 */
export function renderTries(tracked: readonly Tracked[]): string {
  return tracked.map((each) => fieldsOf(each).map(renderField).join('')).join('');
}

function fieldsOf(tracked: Tracked): readonly string[] {
  const { workDirectory, tryNumber, tag, spoolDirectory, localId } = tracked;
  return [workDirectory, String(tryNumber), tag, spoolDirectory, localId ?? '-'];
}

function renderField(field: string): string {
  return `${field.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

/**
 * Bash functions that read such a list. `read_tries` takes it in whole, because bash reads a pipe line by line one
 * byte at a time, and sets TRIES to their number; `take_try N` sets WORK TRY TAG SPOOL LOCAL_ID to those of one.
 */
export const TRY_LIST_FUNCTIONS = `
read_tries() {
  local IFS=$'\\n'
  set -f
  FIELDS=($(cat))
  set +f
  TRIES=$(( \${#FIELDS[@]} / 5 ))
}
decode() { [[ $2 == *\\\\* ]] && printf -v "$1" '%b' "$2" || printf -v "$1" '%s' "$2"; }
take_try() {
  decode WORK "\${FIELDS[5 * $1]}"
  TRY=\${FIELDS[5 * $1 + 1]} TAG=\${FIELDS[5 * $1 + 2]} LOCAL_ID=\${FIELDS[5 * $1 + 4]}
  decode SPOOL "\${FIELDS[5 * $1 + 3]}"
}
`;

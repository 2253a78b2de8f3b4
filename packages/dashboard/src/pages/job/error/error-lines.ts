/** Lines of the standard error that an error card shows. */
export const ERROR_LINES = 20;

/** More than this is not read for them: a program can write one endless line. */
export const TAIL_BYTES = 16_384;

/** Characters of a line that are shown. */
const LINE_MAX = 2_000;

// What a terminal would obey: colours and movements (ECMA-48), titles (OSC), and single control characters.
const ESCAPES =
  // oxlint-disable-next-line eslint/no-control-regex
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The last lines of a text that may begin in the middle of a line, without what only a terminal understands. */
export function lastErrorLines(text: string, { isWhole }: { readonly isWhole: boolean }): readonly string[] {
  const all = text.replace(/\r?\n$/, '').split('\n');
  const lines = all.slice(isWhole || all.length === 1 ? 0 : 1).slice(-ERROR_LINES);
  if (lines.every((line) => line === '')) return [];
  return lines.map((line) => cut(lastState(line).replaceAll(ESCAPES, '')));
}

/** A progress bar writes its states one over the other, each after a carriage return: the last counts. */
function lastState(line: string): string {
  return line.split('\r').findLast((state) => state !== '') ?? '';
}

function cut(line: string): string {
  return line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX)}…`;
}

/**
 * Where a template is, in bash's grammar: a stack of constructs that are open. It need not be a whole parser,
 * because whatever place it finds, a macro becomes the expansion of a variable, and bash never parses the
 * result of an expansion again, except as arithmetic; see {@link isArithmetic}.
 */

/** A construct that is open at some position of a template. */
export interface Frame {
  readonly kind: FrameKind;
  /** Offset of the construct's first character. */
  readonly start: number;
  /** Plain parentheses open inside. */
  depth: number;
  /** `case` commands open inside: the `)` of their patterns closes nothing. */
  cases: number;
  /** Between `[[` and `]]`. */
  isInTest: boolean;
}

/** `here` is the body of a here-document whose delimiter is not quoted. */
export type FrameKind =
  | 'command'
  | 'substitution'
  | 'backtick'
  | 'double'
  | 'single'
  | 'ansi'
  | 'parameter'
  | 'arithmetic'
  | 'bracket'
  | 'here';

/** How a macro is referred to at its place; see `wrapper-template.ts`. */
export type MacroPlace = 'word' | 'joined' | 'quoted' | 'single' | 'ansi' | 'number';

/** A frame that has just been opened. */
export function openFrame(kind: FrameKind, start: number): Frame {
  return { kind, start, depth: 0, cases: 0, isInTest: false };
}

/** The place of a macro that spans `start` to `end` of the text, with these frames open. */
export function placeOf(frames: readonly Frame[], text: string, start: number, end: number): MacroPlace {
  const top = frames.at(-1);
  if (top === undefined) return 'word';
  if (top.kind === 'single') return 'single';
  if (top.kind === 'ansi') return 'ansi';
  if (isArithmetic(frames, text, start, end)) return 'number';
  if (isQuoted(frames)) return 'quoted';
  return isOneWord(top, text, start) ? 'joined' : 'word';
}

/**
 * Whether bash would calculate here: `$((…))`, `((…))`, `$[…]`, subscripts, offsets, `let`, `declare -i` and
 * the operands of `-eq` and its like inside `[[ ]]`. Arithmetic evaluates what a variable holds, and
 * `a[$(command)]` is an expression that runs the command: only a checked integer may stand here.
 */
function isArithmetic(frames: readonly Frame[], text: string, start: number, end: number): boolean {
  const top = frames.at(-1);
  if (top?.kind === 'arithmetic' || top?.kind === 'bracket') return true;
  if (top?.kind === 'parameter') return !hasWordOperator(text.slice(top.start, start));
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const rest = text.slice(end, lineEnd(text, end));
  if (/(?:^|[\s;&|(])(?:let|(?:declare|typeset|local)\s+-[a-zA-Z]*i[a-zA-Z]*)\s[^;&|]*$/.test(line))
    return true;
  if (isSubscript(line, rest)) return true;
  const isInTest = frames.findLast((frame) => isCommand(frame))?.isInTest === true;
  return (
    isInTest &&
    (/\s-(?:eq|ne|lt|le|gt|ge|v)\s+\S*$/.test(line) || /^\S*\s+-(?:eq|ne|lt|le|gt|ge)\s/.test(rest))
  );
}

/** `${name:-WORD}`, `${name%PATTERN}`, …: what follows the operator is a word; otherwise an index or offset. */
function hasWordOperator(expansion: string): boolean {
  return /^\$\{!?(?:\w+|[@*#?$!-])(?:\[[^\]]*\])?(?::?[-+=?]|[#%/^,])/.test(expansion);
}

/** `name[MACRO]=value`, `unset name[MACRO]`, `read name[MACRO]`, `printf -v name[MACRO]`, `[ -v name[MACRO] ]`. */
function isSubscript(line: string, rest: string): boolean {
  if (!/[A-Za-z_]\w*\[[^\]\s]*$/.test(line)) return false;
  return (
    /^[^\]\s]*\]\+?=/.test(rest) || /(?:^|[\s;&|(])(?:unset|read|printf|test|\[\[?)\s[^;&|]*$/.test(line)
  );
}

function isQuoted(frames: readonly Frame[]): boolean {
  const around = frames.findLast((frame) => frame.kind !== 'parameter');
  return around?.kind === 'double' || around?.kind === 'here';
}

/** After `name=` and inside `[[ ]]` several words would mean something else than their text. */
function isOneWord(top: Frame, text: string, start: number): boolean {
  if (top.isInTest) return true;
  const word = /\S*$/.exec(text.slice(text.lastIndexOf('\n', start - 1) + 1, start))?.[0] ?? '';
  return /^[A-Za-z_]\w*\+?=(?!\()/.test(word);
}

/** Whether the frame holds commands, as opposed to a quoted text or an expression. */
export function isCommand(frame: Frame): boolean {
  return frame.kind === 'command' || frame.kind === 'substitution' || frame.kind === 'backtick';
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

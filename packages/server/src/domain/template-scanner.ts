import {
  type Frame,
  type FrameKind,
  isCommand,
  type MacroPlace,
  openFrame,
  placeOf,
} from './template-frames.ts';

/** Decides what stands in for a macro; null leaves the text as it is. */
export type ReplaceMacro = (name: string, place: MacroPlace) => string | null;

interface HereDocument {
  readonly delimiter: string;
  readonly isQuoted: boolean;
  readonly stripsTabs: boolean;
}

interface Scan {
  readonly text: string;
  readonly replace: ReplaceMacro;
  readonly frames: Frame[];
  /** Announced on the current line; their bodies begin on the next. */
  hereDocuments: HereDocument[];
  at: number;
  output: string;
}

/** Replaces the macros of a bash template, each according to the place where it stands. */
export function rewriteTemplate(text: string, replace: ReplaceMacro): string {
  return rewrite(text, 'command', replace);
}

function rewrite(text: string, root: FrameKind, replace: ReplaceMacro): string {
  const scan: Scan = { text, replace, frames: [openFrame(root, 0)], hereDocuments: [], at: 0, output: '' };
  while (scan.at < text.length) step(scan);
  return scan.output;
}

function step(scan: Scan): void {
  const top = scan.frames.at(-1);
  const isTaken = top !== undefined && take(scan, top);
  if (!isTaken) copy(scan, 1);
}

/** Consumes what begins at the position and means something in its frame; false when nothing does. */
function take(scan: Scan, top: Frame): boolean {
  if (top.kind === 'single') return takeMacro(scan) || closeOn(scan, "'");
  if (startsWith(scan, '\\')) return copy(scan, 2);
  if (takeMacro(scan)) return true;
  if (top.kind === 'ansi') return closeOn(scan, "'");
  if (top.kind === 'double' && closeOn(scan, '"')) return true;
  if (takeExpansion(scan)) return true;
  if (isCommand(top)) return takeCommandText(scan, top);
  if (top.kind === 'parameter') return takeParameterText(scan);
  if (top.kind === 'arithmetic') return takeArithmeticText(scan, top);
  return top.kind === 'bracket' && closeOn(scan, ']');
}

// ${inputBam}  ${AGAVE_JOB_ID}  ${AGAVE_JOB_CALLBACK_NOTIFICATION|EVENT|A,B}
const MACRO = /\$\{([^{}$`"'\\\n|]+(?:\|[^{}`"'\\\n]*)?)\}/y;

function takeMacro(scan: Scan): boolean {
  const name = match(scan, MACRO)?.[1];
  if (name === undefined) return false;
  const end = scan.at + name.length + '${}'.length;
  const replacement = scan.replace(name, placeOf(scan.frames, scan.text, scan.at, end));
  if (replacement === null) return false;
  scan.output += replacement;
  scan.at = end;
  return true;
}

/** What opens a construct outside single quotes, inside double ones too. */
function takeExpansion(scan: Scan): boolean {
  if (startsWith(scan, '$((')) return open(scan, 'arithmetic', 3);
  if (startsWith(scan, '$(')) return open(scan, 'substitution', 2);
  if (startsWith(scan, '${')) return open(scan, 'parameter', 2);
  if (startsWith(scan, '$[')) return open(scan, 'bracket', 2);
  return startsWith(scan, '`') && takeBacktick(scan);
}

/** A bare backtick always ends the innermost one that is open: nested ones are written with a backslash. */
function takeBacktick(scan: Scan): boolean {
  const opened = scan.frames.findLastIndex((frame) => frame.kind === 'backtick');
  if (opened < 0) return open(scan, 'backtick', 1);
  scan.frames.length = opened;
  return copy(scan, 1);
}

function takeCommandText(scan: Scan, frame: Frame): boolean {
  if (startsWith(scan, "$'")) return open(scan, 'ansi', 2);
  if (startsWith(scan, "'")) return open(scan, 'single', 1);
  if (startsWith(scan, '$"')) return open(scan, 'double', 2);
  if (startsWith(scan, '"')) return open(scan, 'double', 1);
  if (startsWith(scan, '\n')) return takeNewline(scan);
  if (startsWith(scan, '<<')) return takeHereDocument(scan);
  if (isWordStart(scan) && takeWordStart(scan, frame)) return true;
  if (startsWith(scan, '(')) return deepen(scan, frame);
  return startsWith(scan, ')') && takeParenthesis(scan, frame);
}

function takeWordStart(scan: Scan, frame: Frame): boolean {
  if (startsWith(scan, '#')) return copy(scan, lengthOfLine(scan.text, scan.at));
  if (startsWith(scan, '((')) return open(scan, 'arithmetic', 2);
  const word = match(scan, /\[\[(?=\s)|\]\](?![^\s;&|)])|(?:case|esac)(?![^\s;&|)])/y)?.[0];
  if (word === undefined) return false;
  if (word === 'case') frame.cases += 1;
  else if (word === 'esac') frame.cases = Math.max(0, frame.cases - 1);
  else frame.isInTest = word === '[[';
  return copy(scan, word.length);
}

function takeParenthesis(scan: Scan, frame: Frame): boolean {
  if (frame.depth > 0) frame.depth -= 1;
  else if (frame.cases === 0 && frame.kind === 'substitution') scan.frames.pop();
  return copy(scan, 1);
}

function takeParameterText(scan: Scan): boolean {
  if (closeOn(scan, '}')) return true;
  if (startsWith(scan, '"')) return open(scan, 'double', 1);
  // Inside double quotes a single one is a plain character, but for patterns; taken for plain, at worst a word splits.
  const isQuoted = scan.frames.some((frame) => frame.kind === 'double' || frame.kind === 'here');
  return startsWith(scan, "'") && !isQuoted && open(scan, 'single', 1);
}

function takeArithmeticText(scan: Scan, frame: Frame): boolean {
  if (startsWith(scan, '(')) return deepen(scan, frame);
  if (!startsWith(scan, ')')) return false;
  if (frame.depth > 0) {
    frame.depth -= 1;
    return copy(scan, 1);
  }
  scan.frames.pop();
  // `$((a) | b)`: commands after all; the rest is read as what it is.
  if (!startsWith(scan, '))')) scan.frames.push(openFrame('substitution', frame.start));
  return copy(scan, startsWith(scan, '))') ? 2 : 1);
}

// <<EOF   <<-'EOF'   << "EOF"   <<\EOF
const HERE_DOCUMENT = /<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s'"\\;&|<>()`$])+)/y;

function takeHereDocument(scan: Scan): boolean {
  if (startsWith(scan, '<<<')) return copy(scan, 3);
  const [whole, dash, word] = match(scan, HERE_DOCUMENT) ?? [];
  if (whole === undefined || word === undefined) return copy(scan, 2);
  const delimiter = word.replace(/\\(.)|['"]/g, '$1');
  scan.hereDocuments.push({ delimiter, isQuoted: delimiter !== word, stripsTabs: dash === '-' });
  return copy(scan, whole.length);
}

function takeNewline(scan: Scan): boolean {
  copy(scan, 1);
  const announced = scan.hereDocuments;
  scan.hereDocuments = [];
  for (const document of announced) takeHereBody(scan, document);
  return true;
}

function takeHereBody(scan: Scan, document: HereDocument): void {
  const length = bodyLength(scan.text, scan.at, document);
  // Without its last line it is no here-document (`let x=1<<2`).
  if (length === null) return;
  const body = scan.text.slice(scan.at, scan.at + length);
  scan.output += document.isQuoted ? body : rewrite(body, 'here', scan.replace);
  scan.at += length;
  copy(scan, lengthOfLine(scan.text, scan.at));
}

function bodyLength(text: string, from: number, document: HereDocument): number | null {
  for (let at = from; at < text.length; at += lengthOfLine(text, at) + 1) {
    const line = text.slice(at, at + lengthOfLine(text, at));
    if ((document.stripsTabs ? line.replace(/^\t+/, '') : line) === document.delimiter) return at - from;
  }
  return null;
}

function isWordStart(scan: Scan): boolean {
  return scan.at === 0 || /[\s;&|()<>`]/.test(scan.text[scan.at - 1] ?? '');
}

function startsWith(scan: Scan, prefix: string): boolean {
  return scan.text.startsWith(prefix, scan.at);
}

function match(scan: Scan, sticky: RegExp): RegExpExecArray | null {
  sticky.lastIndex = scan.at;
  return sticky.exec(scan.text);
}

function open(scan: Scan, kind: FrameKind, length: number): true {
  scan.frames.push(openFrame(kind, scan.at));
  return copy(scan, length);
}

function closeOn(scan: Scan, character: string): boolean {
  if (!startsWith(scan, character)) return false;
  scan.frames.pop();
  return copy(scan, 1);
}

function deepen(scan: Scan, frame: Frame): true {
  frame.depth += 1;
  return copy(scan, 1);
}

function copy(scan: Scan, length: number): true {
  scan.output += scan.text.slice(scan.at, scan.at + length);
  scan.at += length;
  return true;
}

function lengthOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return (end < 0 ? text.length : end) - from;
}

/**
 * The most a pattern may come to. A value of 16 KiB takes RE2 at worst (many alternatives alive at once) some 50 ms
 * with it, and real validators come to a tenth.
 */
export const MAX_PATTERN_SIZE = 300;

/** Characters of a pattern, as of the validators of apps: the estimate looks for the end of each class again and again. */
const MAX_PATTERN_LENGTH = 1_024;

/** What one atom costs: about the instructions it takes in a program that reads UTF-8 bytes. */
const SIZE_OF = { plain: 1, dot: 3, negated: 6, unicode: 100 } as const;

/** `{3}`, `{3,}`, `{3,9}` */
const REPETITION = /^\{(\d{1,9})(?:,(\d{0,9}))?\}/;

/**
 * Estimates how large a regular expression becomes once its repetitions are written out. An estimate for a limit, not
 * a parser: what is not well formed is refused elsewhere. Without end for one that is too long to be looked at.
 */
export function estimatePatternSize(pattern: string): number {
  if (pattern.length > MAX_PATTERN_LENGTH) return Infinity;
  const open: number[][] = [[]];
  let rest = pattern;
  while (rest !== '') {
    const atoms = open.at(-1) ?? [];
    const repetition = REPETITION.exec(rest);
    if (repetition !== null) {
      atoms.push((atoms.pop() ?? 0) * timesOf(repetition));
      rest = rest.slice(repetition[0].length);
    } else if (rest.startsWith('(')) {
      open.push([]);
      rest = rest.slice(1);
    } else if (rest.startsWith(')')) {
      // An empty one takes room as well: a hundred thousand of them take all there is.
      const group = open.length > 1 ? Math.max(1, sum(open.pop() ?? [])) : 1;
      open.at(-1)?.push(group);
      rest = rest.slice(1);
    } else {
      const atom = readAtom(rest);
      atoms.push(atom.size);
      rest = rest.slice(atom.length);
    }
  }
  // Without case every letter is a class of its own.
  return sum(open.flat()) * (/\(\?[a-z]*i/.test(pattern) ? 2 : 1);
}

function timesOf([, least = '0', most]: RegExpExecArray): number {
  return Math.max(1, Number(least), most === undefined || most === '' ? 0 : Number(most));
}

/** `[^\]a-z\p{L}]`, `\p{Greek}`, `\W`, `é` */
function readAtom(text: string): { readonly size: number; readonly length: number } {
  const escaped = /^\\(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|.)/s.exec(text)?.[0];
  if (escaped !== undefined) return { size: sizeOfEscape(escaped), length: escaped.length };
  const characters = /^\[\^?\]?(?:\\.|\[:\^?\w*:\]|[^\]\\])*\]/s.exec(text)?.[0];
  if (characters !== undefined) return { size: sizeOfClass(characters), length: characters.length };
  if (text.startsWith('.')) return { size: SIZE_OF.dot, length: 1 };
  return { size: text.charCodeAt(0) < 0x80 ? SIZE_OF.plain : SIZE_OF.dot, length: 1 };
}

function sizeOfEscape(escaped: string): number {
  if (/^\\[pP]/.test(escaped)) return SIZE_OF.unicode;
  return /^\\[WDSC]/.test(escaped) ? SIZE_OF.negated : SIZE_OF.plain;
}

function sizeOfClass(text: string): number {
  const unicode = text.match(/\\[pP]/g)?.length ?? 0;
  const wide = text.match(/[\u{80}-\u{10ffff}]/gu)?.length ?? 0;
  const base = /^\[\^|\\[WDS]/.test(text) ? SIZE_OF.negated : SIZE_OF.plain;
  return base + unicode * SIZE_OF.unicode + wide * SIZE_OF.dot;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

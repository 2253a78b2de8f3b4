import { applyCodes, classesOf, PLAIN } from './ansi-style.ts';

/** A piece of a line that looks the same throughout. */
export interface LogSpan {
  readonly text: string;
  readonly classes: string;
}

// Control sequences; strings for the terminal (titles, links, device controls) with their ends; other escapes
// (ECMA-48 section 5). A string without an end hides nothing: only its introducer goes.
const ESCAPE =
  // oxlint-disable-next-line eslint/no-control-regex
  /\u001b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-~])?/g;

// Controls but the tab, and characters that cannot be seen or change the direction of what follows
// (Unicode TR 36 section 2.10): they are named instead of obeyed.
const INVISIBLE =
  // oxlint-disable-next-line eslint/no-control-regex
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const MARK = 'log-mark';

/** A line as pieces with classes: colours of the terminal, and marks in the place of what cannot be seen. */
export function parseSpans(text: string): readonly LogSpan[] {
  const spans: LogSpan[] = [];
  let style = PLAIN;
  let from = 0;
  for (const escape of text.matchAll(ESCAPE)) {
    pushVisible(spans, text.slice(from, escape.index), classesOf(style));
    from = escape.index + escape[0].length;
    if (escape[2] === 'm') style = applyCodes(style, escape[1] ?? '');
  }
  pushVisible(spans, text.slice(from), classesOf(style));
  return spans;
}

function pushVisible(spans: LogSpan[], text: string, classes: string): void {
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(INVISIBLE)) {
    if (index > from) spans.push({ text: text.slice(from, index), classes });
    spans.push({ text: nameOf(mark), classes: MARK });
    from = index + mark.length;
  }
  if (from < text.length) spans.push({ text: text.slice(from), classes });
}

/** `␇` for BEL, `U+202E` for what has no picture. */
function nameOf(mark: string): string {
  const code = mark.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x24_00 + code);
  if (code === 0x7f) return '␡';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What of a line can be read, without escapes: safe to be copied into a terminal. */
export function plainText(text: string): string {
  if (text.search(ESCAPE) === -1 && text.search(INVISIBLE) === -1) return text;
  return parseSpans(text)
    .map((span) => span.text)
    .join('');
}

/** A span, with those parts of it marked that lie in the ranges of the whole line. */
export interface MatchedSpan extends LogSpan {
  readonly isMatch: boolean;
}

/** Cuts spans at the ends of ranges, which are in order and do not overlap. */
export function matchSpans(
  spans: readonly LogSpan[],
  ranges: readonly (readonly [from: number, to: number])[],
): readonly MatchedSpan[] {
  const cuts = ranges.flat();
  let at = 0;
  return spans.flatMap(({ text, classes }) => {
    const end = at + text.length;
    const edges = [at, ...cuts.filter((cut) => cut > at && cut < end), end];
    const pieces = edges.slice(1).map((to, index): MatchedSpan => {
      const from = edges[index] ?? at;
      const isMatch = ranges.some(([first, last]) => first <= from && to <= last);
      return { text: text.slice(from - at, to - at), classes, isMatch };
    });
    at = end;
    return pieces;
  });
}

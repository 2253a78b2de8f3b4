import { ANSI_COLOURS, type AnsiColour, nearestColour, paletteColour } from './ansi-colour.ts';

/** How a terminal would write a piece of text. */
export interface AnsiStyle {
  readonly foreground: AnsiColour | null;
  readonly background: AnsiColour | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
  readonly isInverse: boolean;
  readonly isStruck: boolean;
}

/** Text without any escape. */
export const PLAIN: AnsiStyle = {
  foreground: null,
  background: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  isInverse: false,
  isStruck: false,
};

/**
 * What each code of SGR changes (ECMA-48 section 8.3.117). Concealed text (8) is shown, because a log must not hide
 * anything, and nothing blinks (5, 6).
 */
const CHANGES: ReadonlyMap<number, Partial<AnsiStyle>> = new Map<number, Partial<AnsiStyle>>([
  [0, PLAIN],
  [1, { isBold: true }],
  [2, { isDim: true }],
  [3, { isItalic: true }],
  [4, { isUnderlined: true }],
  [7, { isInverse: true }],
  [9, { isStruck: true }],
  [22, { isBold: false, isDim: false }],
  [23, { isItalic: false }],
  [24, { isUnderlined: false }],
  [27, { isInverse: false }],
  [29, { isStruck: false }],
  [39, { foreground: null }],
  [49, { background: null }],
  ...ANSI_COLOURS.flatMap((colour, number): [number, Partial<AnsiStyle>][] => [
    [30 + number, { foreground: colour }],
    [40 + number, { background: colour }],
    [90 + number, { foreground: colour }],
    [100 + number, { background: colour }],
  ]),
]);

/** The style after an escape `ESC [ codes m`; codes that are not known change nothing. */
export function applyCodes(style: AnsiStyle, codes: string): AnsiStyle {
  const numbers = codes.split(/[;:]/).map(Number);
  let next = style;
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code !== 38 && code !== 48) {
      next = { ...next, ...CHANGES.get(code) };
      continue;
    }
    const { colour, used } = readColour(numbers.slice(at + 1));
    at += used;
    if (colour !== null) next = { ...next, [code === 38 ? 'foreground' : 'background']: colour };
  }
  return next;
}

/** `5;208` and `2;255;128;0`, as they follow 38 and 48. */
function readColour([kind, ...parts]: readonly number[]): { colour: AnsiColour | null; used: number } {
  const [first = 0, second = 0, third = 0] = parts;
  if (kind === 5) return { colour: paletteColour(first), used: 2 };
  if (kind === 2) return { colour: nearestColour(first, second, third), used: 4 };
  return { colour: null, used: 0 };
}

/** Classes of a style; the shades are in the style sheet. */
export function classesOf(style: AnsiStyle): string {
  const { foreground, background, isBold, isDim, isItalic, isUnderlined, isInverse, isStruck } = style;
  return [
    foreground === null ? '' : `ansi-${foreground}`,
    background === null ? '' : `ansi-on ansi-on-${background}`,
    isBold ? 'ansi-bold' : '',
    isDim ? 'ansi-dim' : '',
    isItalic ? 'ansi-italic' : '',
    isUnderlined ? 'ansi-underlined' : '',
    isInverse ? 'ansi-inverse' : '',
    isStruck ? 'ansi-struck' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}

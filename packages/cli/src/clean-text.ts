// Text of others goes to the terminal only through this file: a job may be named "\x1b[2J" or end in a line feed.

// C0 and C1 controls, line separators, and the marks that change the direction of writing.
// oxlint-disable-next-line eslint/no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** True for text with characters that a terminal would obey, or that change the direction of writing. */
export function hasControls(text: string): boolean {
  return text.search(CONTROL) !== -1;
}

/** One line of plain text: line ends and tabs become blanks, other control characters vanish. */
export function cleanText(text: string): string {
  return text.replaceAll(/[\t\r\n]+/g, ' ').replaceAll(CONTROL, '');
}

/** Text of several lines: line ends stay, the rest is as in {@link cleanText}. */
export function cleanLines(text: string): string {
  return text
    .split('\n')
    .map((line) => cleanText(line.replaceAll('\t', '  ')))
    .join('\n');
}

/** JSON that a terminal can show: what JSON leaves as it is and terminals obey is escaped; the value stays the same. */
export function renderJson(value: unknown): string {
  return escapeControls(JSON.stringify(value, null, 2));
}

/** The same on one line, for streams of values. */
export function renderJsonLine(value: unknown): string {
  return escapeControls(JSON.stringify(value));
}

function escapeControls(json: string): string {
  return json.replaceAll(CONTROL, (mark) =>
    mark === '\n' ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

// East Asian wide and fullwidth blocks (Unicode UAX 11), and what is drawn as an emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a clean text takes in a terminal. */
export function textWidth(text: string): number {
  // oxlint-disable-next-line eslint/no-control-regex
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  return characters(text).reduce((width, character) => width + characterWidth(character), 0);
}

/** Cuts a clean text to a width, in the middle or at the end, with a mark where something is missing. */
export function fitText(text: string, width: number, where: 'middle' | 'end' = 'end', mark = '…'): string {
  if (textWidth(text) <= width) return text;
  const room = Math.max(0, width - textWidth(mark));
  const tail = where === 'middle' ? Math.floor(room / 2) : 0;
  const all = characters(text);
  return `${take(all, room - tail).join('')}${mark}${take(all.toReversed(), tail).reverse().join('')}`;
}

function take(from: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const character of from) {
    used += characterWidth(character);
    if (used > width) return taken;
    taken.push(character);
  }
  return taken;
}

function characters(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

function characterWidth(character: string): number {
  return WIDE.test(character) ? 2 : 1;
}

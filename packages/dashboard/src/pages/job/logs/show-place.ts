import { LineSplitter } from './line-splitter.ts';
import type { LogPlace, LogPoint } from './log-place.ts';
import { plainText } from './log-spans.ts';
import type { LineRange, LogView } from './log-view.ts';

/** Brings a place into sight and chooses its lines. @throws ApiFailure when it cannot be read. */
export async function showPlace(view: LogView, place: LogPlace): Promise<void> {
  const from = await positionOf(view, place.from);
  const to = place.to === place.from ? from : await positionOf(view, place.to);
  await view.toPosition(from);
  const startOf = (position: number) => view.window.at(view.window.indexOf(position))?.start ?? position;
  const first = startOf(from);
  // The last line may lie beyond the window: then its position stands for it.
  view.chosen.value = { from: first, to: Math.max(first, to < view.window.end ? startOf(to) : to) };
}

function positionOf(view: LogView, { by, at }: LogPoint): Promise<number> {
  return by === 'byte' ? Promise.resolve(at) : view.positionOfLine(at);
}

/** Where a line is: by its number once that is known. */
export function pointOf(view: LogView, index: number): LogPoint {
  const number = view.numberOf(index);
  if (number !== null) return { by: 'line', at: number };
  return { by: 'byte', at: view.window.at(index)?.start ?? 0 };
}

/** More is not copied. */
const LONGEST_COPY = 4_194_304;
/** Of the last line of a range, whose end is not known. */
const LONGEST_LINE = 262_144;

/** The text of lines, without escapes; what is cut of it ends in `…`. @throws ApiFailure when it cannot be read. */
export async function readLines(view: LogView, { from, to }: LineRange): Promise<string> {
  const end = Math.min(to + LONGEST_LINE, from + LONGEST_COPY, view.size.peek());
  const { bytes } = await view.source.read(from, end, view.signal);
  const splitter = new LineSplitter(from);
  const lines = splitter.push(bytes);
  if (splitter.open !== null) lines.push(splitter.open);
  return lines
    .filter(({ start }) => start <= to)
    .map(({ text, isCut }) => `${plainText(text)}${isCut ? '…' : ''}\n`)
    .join('');
}

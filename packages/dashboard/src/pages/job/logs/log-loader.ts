import { LINE_FEED, skipCharacter } from './log-line.ts';
import type { LogSource } from './log-source.ts';
import { LogWindow } from './log-window.ts';

/** Read at a time: some thousands of lines, a moment even on slow lines. */
export const PIECE_BYTES = 262_144;
/** The beginning of a line that is longer is not looked for. */
const LONGEST_LINE = 4_194_304;
/** What is shown of a log at first. */
const FIRST_LINES = 1_000;
const FIRST_BYTES = 1_048_576;

/** Whole lines before a position. */
export interface PieceBefore {
  readonly bytes: Uint8Array;
  /** They begin inside a line, because it is too long. */
  readonly isContinuation: boolean;
}

/** Reads whole lines that end at a position: about `wanted` bytes, more where a line is longer. */
export async function readPieceBefore(
  source: LogSource,
  end: number,
  { signal, wanted = PIECE_BYTES }: { readonly signal: AbortSignal; readonly wanted?: number },
): Promise<PieceBefore> {
  for (let size = wanted; ; size *= 4) {
    const start = Math.max(0, end - size);
    const { bytes } = await source.read(start, end, signal);
    if (start === 0) return { bytes, isContinuation: false };
    const feed = bytes.indexOf(LINE_FEED);
    // The last line feed ends the line before the position and begins none of these.
    if (feed !== -1 && feed < bytes.length - 1)
      return { bytes: bytes.subarray(feed + 1), isContinuation: false };
    if (size >= LONGEST_LINE) return { bytes: skipCharacter(bytes), isContinuation: true };
  }
}

/** The last lines of a file that is `size` bytes long. */
export async function openTail(source: LogSource, size: number, signal: AbortSignal): Promise<LogWindow> {
  const { bytes, isContinuation } = await readPieceBefore(source, size, { signal });
  const window = new LogWindow(size - bytes.length, { isContinuation });
  window.append(bytes);
  while (window.count < FIRST_LINES && window.start > 0 && size - window.start < FIRST_BYTES)
    await extendFront(window, source, signal);
  return window;
}

/** The lines around a position. */
export async function openAround(
  source: LogSource,
  position: number,
  signal: AbortSignal,
): Promise<LogWindow> {
  const wanted = PIECE_BYTES / 2;
  const { bytes, isContinuation } = await readPieceBefore(source, position, { signal, wanted });
  const window = new LogWindow(position - bytes.length, { isContinuation });
  window.append(bytes);
  window.append((await source.read(position, position + PIECE_BYTES, signal)).bytes);
  return window;
}

/** Adds lines at the beginning of a window; gives their bytes. */
export async function extendFront(
  window: LogWindow,
  source: LogSource,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const before = window.start;
  const { bytes, isContinuation } = await readPieceBefore(source, before, { signal });
  if (window.start === before) window.prepend(bytes, { isContinuation });
  return bytes;
}

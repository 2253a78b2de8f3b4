import { LineSplitter } from './line-splitter.ts';
import type { LogLine } from './log-line.ts';

/** The most that a window holds; beyond it, what is furthest from the reader goes. */
export interface WindowLimits {
  readonly lines: number;
  /** Bytes of the file between its ends. A line longer than this is held all the same. */
  readonly bytes: number;
}

/** About 30 MB of memory at most: a line costs a little more than its text. */
export const WINDOW_LIMITS: WindowLimits = { lines: 50_000, bytes: 8_388_608 };

/** A part of a log, from one line to another, that grows and shrinks at both ends. */
export class LogWindow {
  readonly #limits: WindowLimits;
  #lines: LogLine[] = [];
  #splitter: LineSplitter;
  #open: LogLine | null = null;
  #start: number;
  #end: number;

  /** Empty, at a position. `isContinuation`: the position is inside a line. */
  constructor(position: number, { isContinuation = false, limits = WINDOW_LIMITS } = {}) {
    this.#limits = limits;
    this.#start = position;
    this.#end = position;
    this.#splitter = new LineSplitter(position, isContinuation);
  }

  /** Position of the first byte. */
  get start(): number {
    return this.#start;
  }

  /** Position after the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Lines, with the one that has no line feed yet. */
  get count(): number {
    return this.#lines.length + (this.#open === null ? 0 : 1);
  }

  /** The line at an index; undefined beyond the last. */
  at(index: number): LogLine | undefined {
    return index === this.#lines.length ? (this.#open ?? undefined) : this.#lines[index];
  }

  /** The index of the line that holds a position; the nearest where none does. */
  indexOf(position: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.at(middle)?.start ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Adds the bytes that follow the last; gives the number of new lines. */
  append(bytes: Uint8Array): number {
    const before = this.count;
    const lines = this.#splitter.push(bytes);
    for (const line of lines) this.#lines.push(line);
    this.#open = this.#splitter.open;
    this.#end += bytes.length;
    return this.count - before;
  }

  /** Adds the bytes that precede the first. */
  prepend(bytes: Uint8Array, { isContinuation }: { readonly isContinuation: boolean }): void {
    const start = this.#start - bytes.length;
    const splitter = new LineSplitter(start, isContinuation);
    const lines = splitter.push(bytes);
    // Only a line too long to be looked for its beginning leaves a piece without an end.
    const piece = splitter.open;
    this.#lines = [...lines, ...(piece === null ? [] : [piece]), ...this.#lines];
    this.#start = start;
  }

  /** Takes lines away from the front until the window keeps its limits; gives how many lines further it begins. */
  trimFront(): number {
    let drop = Math.max(0, this.count - this.#limits.lines);
    while (drop < this.count - 1 && this.#end - this.#startOf(drop) > this.#limits.bytes) drop += 1;
    if (drop === 0) return 0;
    const passed = drop - this.continuationsUpTo(drop);
    this.#start = this.#startOf(drop);
    this.#lines.splice(0, drop);
    return passed;
  }

  /** True when nothing can be added without taking something away. */
  get isFull(): boolean {
    return this.count >= this.#limits.lines || this.#end - this.#start >= this.#limits.bytes;
  }

  /** Takes lines away from the back until the window keeps its limits; gives their number. */
  trimBack(): number {
    const before = this.count;
    let keep = Math.min(before, this.#limits.lines);
    while (keep > 1 && this.#startOf(keep) - this.#start > this.#limits.bytes) keep -= 1;
    if (keep === before) return 0;
    const end = this.#startOf(keep);
    this.#splitter = new LineSplitter(end, this.at(keep)?.isContinuation ?? false);
    this.#lines.length = keep;
    this.#open = null;
    this.#end = end;
    return before - keep;
  }

  /** Lines up to an index that only go on with the line before them. */
  continuationsUpTo(index: number): number {
    let found = 0;
    for (let at = 1; at <= index; at++) if (this.at(at)?.isContinuation === true) found += 1;
    return found;
  }

  #startOf(index: number): number {
    return this.at(index)?.start ?? this.#end;
  }
}

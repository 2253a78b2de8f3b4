import { LINE_FEED } from './log-line.ts';

/** The beginning of a line, counted from 1. */
export interface LinePlace {
  readonly line: number;
  readonly position: number;
}

/** One place is kept in each block: 100 MB take 1,600, and no count reads more than a block. */
export const BLOCK_BYTES = 65_536;

/** Knows the numbers of lines in the part of a log that has gone through it, from its beginning on. */
export class LineIndex {
  readonly #places: LinePlace[] = [{ line: 1, position: 0 }];
  #line = 1;
  #counted = 0;

  /** Bytes that have been counted. */
  get counted(): number {
    return this.#counted;
  }

  /** The line in which the counted bytes end. */
  get lastLine(): number {
    return this.#line;
  }

  /** Counts the bytes that follow those that have been counted. */
  push(bytes: Uint8Array): void {
    let block = Math.floor((this.#places.at(-1)?.position ?? 0) / BLOCK_BYTES);
    for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, feed + 1)) {
      this.#line += 1;
      const position = this.#counted + feed + 1;
      const next = Math.floor(position / BLOCK_BYTES);
      if (next === block) continue;
      block = next;
      this.#places.push({ line: this.#line, position });
    }
    this.#counted += bytes.length;
  }

  /** Counts bytes from a position on as far as they follow those that have been counted. */
  pushFrom(position: number, bytes: Uint8Array): void {
    const known = this.#counted - position;
    if (known >= 0 && known < bytes.length) this.push(bytes.subarray(known));
  }

  /** The last place that is kept at or before a position; undefined where the position has not been counted. */
  placeBefore(position: number): LinePlace | undefined {
    if (position > this.#counted) return undefined;
    return this.#last((place) => place.position <= position);
  }

  /** The last place that is kept at or before a line; undefined where the line has not been counted. */
  placeOfLine(line: number): LinePlace | undefined {
    if (line > this.#line) return undefined;
    return this.#last((place) => place.line <= line);
  }

  #last(isBefore: (place: LinePlace) => boolean): LinePlace | undefined {
    let low = 0;
    let high = this.#places.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const place = this.#places[middle];
      if (place !== undefined && isBefore(place)) low = middle;
      else high = middle - 1;
    }
    return this.#places[low];
  }
}

/** Line feeds in bytes. */
export function countFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, feed + 1))
    count += 1;
  return count;
}

/** Where the line begins that has so many line feeds before it in these bytes; null when it is not among them. */
export function positionAfterFeeds(bytes: Uint8Array, feeds: number): number | null {
  let position = 0;
  for (let passed = 0; passed < feeds; passed++) {
    const feed = bytes.indexOf(LINE_FEED, position);
    if (feed === -1) return null;
    position = feed + 1;
  }
  return position;
}

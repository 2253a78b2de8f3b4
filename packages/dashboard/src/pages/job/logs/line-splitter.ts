import { GrowingLine, LINE_FEED, type LogLine } from './log-line.ts';

/** Splits the bytes of a log into lines, wherever they are cut. */
export class LineSplitter {
  #open: GrowingLine;
  #position: number;

  /** `isContinuation`: the bytes begin inside a line. */
  constructor(start: number, isContinuation = false) {
    this.#position = start;
    this.#open = new GrowingLine(start, isContinuation);
  }

  /** The line that has begun and has no line feed yet; null between lines. */
  get open(): LogLine | null {
    return this.#open.length === 0 ? null : this.#open.line({ isWhole: false });
  }

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    let from = 0;
    for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, from)) {
      this.#open.add(bytes.subarray(from, feed));
      lines.push(this.#open.line({ isWhole: true }));
      from = feed + 1;
      this.#open = new GrowingLine(this.#position + from);
    }
    if (from < bytes.length) this.#open.add(bytes.subarray(from));
    this.#position += bytes.length;
    return lines;
  }
}

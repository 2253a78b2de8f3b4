import { findLastLines } from './last-lines.ts';
import type { LogFiles, LogKind } from './log-files.ts';

/** Who prints the bytes of streams. */
interface Printer {
  print(kind: LogKind, bytes: Uint8Array): Promise<void>;
}

/** What of a log is wanted. */
export interface LogTailOptions {
  /** Begin with so many of the lines that there are at first; all when null. */
  readonly lines: number | null;
  /** Begin at this byte instead; the first is 0. Beyond the end that there is at first: at that end. */
  readonly fromByte?: number | null;
  readonly signal: AbortSignal;
}

/** One stream of a job, and how much of it was printed. */
export class LogTail {
  readonly #files: LogFiles;
  readonly #kind: LogKind;
  readonly #options: LogTailOptions;
  /** Null before the first look. */
  #printed: number | null = null;
  #isFound = false;

  constructor(files: LogFiles, kind: LogKind, options: LogTailOptions) {
    this.#files = files;
    this.#kind = kind;
    this.#options = options;
  }

  /** There is, or was, such a file. */
  get isFound(): boolean {
    return this.#isFound;
  }

  /** Prints what there is beyond what was printed, and gives the number of bytes. */
  async advance(printer: Printer): Promise<number> {
    const length = await this.#files.length(this.#kind);
    this.#isFound ||= length !== null;
    // What comes after the first look is new, however few lines were asked for.
    const start = (this.#printed ??= length === null ? 0 : await this.#begin(length));
    if (length === null || length <= start) return 0;
    return this.#print(printer, this.#files.read(this.#kind, { start, signal: this.#options.signal }));
  }

  /**
   * Prints what there is beyond what was printed, and what comes while the program runs; gives the number of bytes.
   * Whether more comes later, such as from a service that stops, its end does not tell. `signal` ends this alone.
   */
  async follow(printer: Printer, signal: AbortSignal): Promise<number> {
    const printed = await this.advance(printer);
    if (!this.#isFound) return printed;
    const start = this.#printed ?? 0;
    return printed + (await this.#print(printer, this.#files.follow(this.#kind, { start, signal })));
  }

  async #print(printer: Printer, pieces: AsyncIterable<Uint8Array>): Promise<number> {
    const start = this.#printed ?? 0;
    for await (const bytes of pieces) {
      await printer.print(this.#kind, bytes);
      // At once: when the connection breaks, the next reading begins here.
      this.#printed = (this.#printed ?? 0) + bytes.length;
    }
    return (this.#printed ?? 0) - start;
  }

  async #begin(length: number): Promise<number> {
    const { lines, fromByte = null, signal } = this.#options;
    if (fromByte !== null) return Math.min(fromByte, length);
    if (lines === null) return 0;
    const read = async (start: number, end: number) =>
      collect(this.#files.read(this.#kind, { start, end: end - 1, signal }));
    return findLastLines(read, { length, lines });
  }
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

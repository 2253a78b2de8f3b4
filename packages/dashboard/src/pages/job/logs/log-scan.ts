import { concat, decodeText, GrowingLine, LINE_FEED } from './log-line.ts';
import type { LogMatcher } from './log-matcher.ts';
import { plainText } from './log-spans.ts';

/** A line that is longer is looked at in pieces: a program can write one endless line. */
const LONGEST_PIECE = 1_048_576;

const ESC = '\u001b';

/** Looks for a text in the bytes of a log as they come, and keeps no more of them than one line. */
export class LogScan {
  readonly #matcher: LogMatcher;
  readonly #onMatch: (position: number) => void;
  #rest: Uint8Array = new Uint8Array(0);
  /** Of the first byte of the rest, and of the line that it belongs to. */
  #position: number;
  #lineStart: number;
  #isFound = false;

  /** `onMatch` is told where each line begins that contains the text. */
  constructor(
    matcher: LogMatcher,
    { start, onMatch }: { start: number; onMatch: (position: number) => void },
  ) {
    this.#matcher = matcher;
    this.#onMatch = onMatch;
    this.#position = start;
    this.#lineStart = start;
  }

  push(bytes: Uint8Array): void {
    const all = concat(this.#rest, bytes);
    const end = all.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) this.#readLines(all.subarray(0, end));
    // A copy, so that what has been read can go.
    this.#rest = all.slice(end);
    if (this.#rest.length > LONGEST_PIECE) this.#readPiece();
  }

  /** Nothing more comes. */
  end(): void {
    this.#judge(this.#rest);
    this.#position += this.#rest.length;
    this.#rest = new Uint8Array(0);
  }

  #readLines(bytes: Uint8Array): void {
    const text = decodeText(bytes);
    if (this.#isFound || text.includes(ESC) || this.#matcher.test(text)) this.#readEach(bytes);
    this.#position += bytes.length;
    this.#lineStart = this.#position;
    this.#isFound = false;
  }

  #readEach(bytes: Uint8Array): void {
    let from = 0;
    const start = this.#position;
    for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, from)) {
      this.#judge(bytes.subarray(from, feed));
      from = feed + 1;
      this.#lineStart = start + from;
      this.#isFound = false;
    }
  }

  /** The last quarter stays, so that a text across the cut is found. */
  #readPiece(): void {
    this.#judge(this.#rest);
    const read = Math.floor((this.#rest.length * 3) / 4);
    this.#position += read;
    this.#rest = this.#rest.slice(read);
  }

  /** What is looked at is what is shown: of a progress bar its last state. */
  #judge(bytes: Uint8Array): void {
    if (this.#isFound || bytes.length === 0 || !this.#matcher.test(plainText(shownText(bytes)))) return;
    this.#isFound = true;
    this.#onMatch(this.#lineStart);
  }
}

function shownText(bytes: Uint8Array): string {
  if (!bytes.includes(0x0d)) return decodeText(bytes);
  const line = new GrowingLine(0);
  line.add(bytes);
  return line.line({ isWhole: true }).text;
}

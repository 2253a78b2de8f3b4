/** One line of a log, or a piece of one that is too long to be looked for its beginning. */
export interface LogLine {
  /** Position of its first byte in the file. */
  readonly start: number;
  /** Bytes, without the line feed. */
  readonly length: number;
  /** What a terminal shows of it in the end, with its escapes; of a long line only the beginning. */
  readonly text: string;
  /** There is more of it than `text`. */
  readonly isCut: boolean;
  /** Its beginning is in the line before. */
  readonly isContinuation: boolean;
}

/** Bytes of a line that are kept: more than any screen shows, little enough for thousands of lines. */
export const SHOWN_BYTES = 4_096;

export const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of bytes; whatever is no UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/**
 * A line as its bytes come. A progress bar writes its states one over the other, each after a carriage return: only the
 * last that is not empty counts.
 */
export class GrowingLine {
  readonly start: number;
  readonly #isContinuation: boolean;
  #length = 0;
  #shown: Uint8Array = new Uint8Array(0);
  /** Bytes of the last state, those that are not kept too. */
  #stateLength = 0;
  #isOverwritten = false;

  constructor(start: number, isContinuation = false) {
    this.start = start;
    this.#isContinuation = isContinuation;
  }

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const written = bytes.subarray(0, lengthWithoutReturns(bytes));
    if (written.length > 0) {
      const state = written.lastIndexOf(CARRIAGE_RETURN) + 1;
      if (state > 0 || this.#isOverwritten) {
        this.#shown = new Uint8Array(0);
        this.#stateLength = 0;
      }
      this.#show(written.subarray(state));
      this.#isOverwritten = false;
    }
    if (written.length < bytes.length) this.#isOverwritten = true;
  }

  /** The line as far as it is written; `isWhole` once its line feed is there. */
  line({ isWhole }: { readonly isWhole: boolean }): LogLine {
    const isCut = this.#stateLength > this.#shown.length;
    const bytes = isCut || !isWhole ? trimCharacter(this.#shown) : this.#shown;
    const { start, length } = this;
    return { start, length, text: decodeText(bytes), isCut, isContinuation: this.#isContinuation };
  }

  #show(bytes: Uint8Array): void {
    this.#stateLength += bytes.length;
    const room = SHOWN_BYTES - this.#shown.length;
    if (room > 0) this.#shown = concat(this.#shown, bytes.subarray(0, room));
  }
}

function lengthWithoutReturns(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === CARRIAGE_RETURN) length -= 1;
  return length;
}

/** Two arrays of bytes as one; nothing is copied where one is empty. */
export function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** Without the last character when its last bytes are missing (RFC 3629 section 3). */
export function trimCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isInside(byte)) continue;
    return bytesOfCharacter(byte) > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** Without the bytes at the beginning that belong to a character before them. */
export function skipCharacter(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < Math.min(3, bytes.length) && isInside(bytes[start] ?? 0)) start += 1;
  return bytes.subarray(start);
}

function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function bytesOfCharacter(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

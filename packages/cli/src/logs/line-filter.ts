const LINE_FEED = 0x0a;

/** A line that is longer is judged in pieces: a program can write one endless line. */
const LONGEST_LINE = 1_048_576;

/** Lets the lines through in which a pattern is found, as the bytes that they are. */
export class LineFilter {
  readonly #pattern: RegExp;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  /** The lines that are complete with these bytes and match. */
  push(bytes: Uint8Array): Uint8Array[] {
    const all = concat(this.#rest, bytes);
    const chosen: Uint8Array[] = [];
    let start = 0;
    for (let end = all.indexOf(LINE_FEED); end !== -1; end = all.indexOf(LINE_FEED, start)) {
      const line = all.subarray(start, end + 1);
      if (this.#matches(line)) chosen.push(line);
      start = end + 1;
    }
    this.#rest = all.subarray(start);
    return this.#rest.length > LONGEST_LINE ? [...chosen, ...this.flush()] : chosen;
  }

  /** What is left when nothing more comes, if it matches. */
  flush(): Uint8Array[] {
    const line = this.#rest;
    this.#rest = new Uint8Array(0);
    return line.length > 0 && this.#matches(line) ? [line] : [];
  }

  #matches(line: Uint8Array): boolean {
    return this.#pattern.test(new TextDecoder().decode(line).replace(/\r?\n$/, ''));
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

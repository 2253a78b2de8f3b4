/** What stood between two empty lines of a stream. */
export interface SseBlock {
  /** The last id that the stream has given, in this block or before it; empty when it has given none. */
  readonly lastEventId: string;
  /** `message` when the block names none. */
  readonly event: string;
  /** Null for a block without data: it only moves the id on. */
  readonly data: string | null;
}

/** Longer blocks are no events of jobs: a stream that never ends its line must not fill the memory. Characters. */
const LONGEST_BLOCK = 16 * 1024 * 1024;

/**
 * Reads Server-Sent Events as the HTML standard says (9.2.6, "Interpreting an event stream"), from pieces of text
 * that may be cut anywhere. Of a stream that breaks off in the middle of a block that block is dropped.
 */
export class SseParser {
  #rest = '';
  #began = false;
  #skipLineFeed = false;
  #lastEventId = '';
  #event = '';
  #data: string[] = [];
  #size = 0;

  /** The blocks that end in this piece. @throws Error when a block grows beyond all measure. */
  push(text: string): SseBlock[] {
    const blocks: SseBlock[] = [];
    for (const line of this.#takeLines(text)) {
      const block = this.#readLine(line);
      if (block !== null) blocks.push(block);
    }
    if (this.#size + this.#rest.length > LONGEST_BLOCK) throw new Error('a message of the stream has no end');
    return blocks;
  }

  /** Lines end in CR, LF or CRLF; the two characters of a CRLF may come in different pieces. */
  #takeLines(piece: string): string[] {
    let text = piece;
    if (!this.#began && text !== '') {
      this.#began = true;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    if (this.#skipLineFeed && text !== '') {
      this.#skipLineFeed = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? '';
    if (text.endsWith('\r')) this.#skipLineFeed = true;
    return lines;
  }

  // Samples: ": heartbeat", "event: changed", "id:12", "data: {…}", "data", "" (the end of the block)
  #readLine(line: string): SseBlock | null {
    if (line === '') return this.#endBlock();
    this.#size += line.length;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    if (field === 'event') this.#event = value;
    if (field === 'id' && !value.includes('\0')) this.#lastEventId = value;
    return null;
  }

  #endBlock(): SseBlock {
    const block = {
      lastEventId: this.#lastEventId,
      event: this.#event === '' ? 'message' : this.#event,
      data: this.#data.length === 0 ? null : this.#data.join('\n'),
    };
    this.#event = '';
    this.#data = [];
    this.#size = 0;
    return block;
  }
}

/** Nothing came for too long: the connection is taken for lost. */
export class SilentStream extends Error {
  override readonly name = 'SilentStream';

  constructor(silentMs: number) {
    super(`nothing came for ${silentMs / 1_000} s`);
  }
}

/** How long a stream may be silent, in milliseconds. */
export interface SilenceLimits {
  readonly firstByteMs: number;
  readonly silenceMs: number;
}

/**
 * The blocks of a stream, those of each piece together; a piece without a whole block (a heartbeat) gives an empty
 * list, as a sign of life. Ends with the stream, and closes it when the reader leaves.
 *
 * @throws SilentStream, or what the stream fails with.
 */
export async function* readSse(
  stream: ReadableStream<Uint8Array>,
  limits: SilenceLimits,
): AsyncGenerator<readonly SseBlock[]> {
  // A reader and not `for await`, which not every browser has for streams.
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = new SseParser();
  let limitMs = limits.firstByteMs;
  try {
    for (;;) {
      const piece = await withinMs(limitMs, reader.read());
      if (piece.done) return;
      limitMs = limits.silenceMs;
      yield parser.push(decoder.decode(piece.value, { stream: true }));
    }
  } finally {
    // A stream that has failed cannot be cancelled, and need not be.
    reader.cancel().catch(() => undefined);
  }
}

/** What the promise gives, if it does so in time. @throws SilentStream if not. */
export async function withinMs<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilentStream(limitMs)), limitMs);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

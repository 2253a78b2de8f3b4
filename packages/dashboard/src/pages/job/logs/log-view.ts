import { signal as createSignal } from '@preact/signals';
import { ApiFailure } from '../../../api/api-failure.ts';
import { type FollowHost, type FollowState, followLog } from './follow-log.ts';
import { countFeeds } from './line-index.ts';
import { extendFront, openAround, openTail, PIECE_BYTES } from './log-loader.ts';
import { LogNumbers } from './log-numbers.ts';
import type { LogSource } from './log-source.ts';
import { LogWindow } from './log-window.ts';
import { Pace } from './pace.ts';

/** Files up to this size are counted without being asked, so that their lines have numbers. */
const COUNTED_BYTES = 16_777_216;

/** A row to be brought into sight: of the line that holds a position. */
export interface Goal {
  readonly position: number;
  readonly at: 'top' | 'middle';
}

/** Lines by the positions of their first bytes; both ends belong to it. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** What a view shows. */
export interface LogViewOptions {
  readonly source: LogSource;
  /** Bytes that the file has. */
  readonly size: number;
  /** Where the job may still write to it; null: it is a file that does not grow. */
  readonly host: FollowHost | null;
}

/**
 * What is seen of a log: a window of lines, which moves and grows as the reader does, and the news at its end. The
 * window either reaches the end of the file, as far as that is known, and grows with it, or lies somewhere before it.
 */
export class LogView {
  readonly source: LogSource;
  readonly numbers: LogNumbers;
  /** Changes with every change of the window. */
  readonly version = createSignal(0);
  readonly isOpen = createSignal(false);
  readonly failure = createSignal<ApiFailure | null>(null);
  /** Bytes of the file, as far as they are known to be there. */
  readonly size = createSignal(0);
  readonly followState = createSignal<FollowState | null>(null);
  /** The view stays at the end, whatever comes. */
  readonly isPinned = createSignal(false);
  /** Lines that have come since the reader left the end. */
  readonly newLines = createSignal(0);
  readonly goal = createSignal<Goal | null>(null);
  readonly chosen = createSignal<LineRange | null>(null);
  /** Of the first line of the window; null while it has not been counted. */
  readonly firstNumber = createSignal<number | null>(null);
  /** Position of the first line that is seen. */
  readonly seen = createSignal(0);
  /** Told of all that comes at the end, wherever the window is. */
  readonly onNews: ((position: number, bytes: Uint8Array) => void)[] = [];
  #window = new LogWindow(0);
  readonly #host: FollowHost | null;
  readonly #life = new AbortController();
  readonly #pace = new Pace(() => (this.version.value += 1));
  /** Of the window: another one makes what was being read for it worthless. */
  #reading = new AbortController();
  #isExtending = false;

  constructor({ source, size, host }: LogViewOptions) {
    this.source = source;
    this.numbers = new LogNumbers(source);
    this.size.value = size;
    this.#host = host;
  }

  get window(): LogWindow {
    return this.#window;
  }

  /** Aborted when the view is closed. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** True when the window ends where the file does. */
  get isAtEnd(): boolean {
    return this.#window.end >= this.size.peek();
  }

  /** Ends all that it is reading. */
  close(): void {
    this.#life.abort();
    this.#reading.abort();
    this.#pace.stop();
  }

  /** Begins to follow the file, after what is known of it. */
  async follow(): Promise<void> {
    if (this.#host === null) return;
    const options = { start: this.size.peek(), host: this.#host, signal: this.signal };
    await this.#guard(async () => {
      for await (const news of followLog(this.source, options)) {
        if (news.kind === 'state') this.followState.value = news.state;
        else this.#take(news.bytes);
      }
    });
  }

  /** Shows the last lines, and stays with them. */
  async toEnd(): Promise<void> {
    if (!this.isAtEnd || !this.isOpen.peek()) await this.#open((signal) => this.#openEnd(signal));
    this.isPinned.value = true;
    this.newLines.value = 0;
    this.#pace.now();
  }

  /** Shows the first lines. */
  toBeginning(): Promise<void> {
    return this.toPosition(0, 'top');
  }

  /** Shows the line that holds a position. */
  async toPosition(position: number, at: Goal['at'] = 'middle'): Promise<void> {
    const inside = Math.max(0, Math.min(position, this.size.peek() - 1));
    this.isPinned.value = false;
    const isShown = this.#window.start <= inside && inside < this.#window.end;
    if (!isShown || !this.isOpen.peek())
      await this.#open((signal) => openAround(this.source, inside, signal));
    this.goal.value = { position: inside, at };
  }

  /** Where a line begins, counted as far as needed; the last line for one that the file does not have. */
  async positionOfLine(line: number): Promise<number> {
    const { index } = this.numbers;
    const isCounted = () => index.lastLine > line || index.counted >= this.size.peek();
    await this.numbers.count(this.size.peek(), isCounted, this.signal);
    const asked = Math.min(line, index.lastLine);
    return (await this.numbers.positionOf(asked, this.signal)) ?? index.counted;
  }

  /** Counts the lines up to the window, so that it has numbers. */
  countLines(): Promise<void> {
    return this.#guard(async () => {
      const { index } = this.numbers;
      await this.numbers.count(this.size.peek(), () => index.counted >= this.#window.start, this.signal);
      await this.#number();
    });
  }

  /** Adds lines before the first of the window. */
  loadBefore(): Promise<void> {
    return this.#extend(async (signal) => {
      const window = this.#window;
      if (window.start === 0 || (this.isPinned.peek() && window.isFull)) return;
      const bytes = await extendFront(window, this.source, signal);
      signal.throwIfAborted();
      if (this.firstNumber.value !== null) this.firstNumber.value -= countFeeds(bytes);
      if (!this.isPinned.peek()) window.trimBack();
    });
  }

  /** Adds lines after the last of the window. */
  loadAfter(): Promise<void> {
    return this.#extend(async (signal) => {
      const window = this.#window;
      if (this.isAtEnd) return;
      const end = Math.min(window.end + PIECE_BYTES, this.size.peek());
      const { bytes } = await this.source.read(window.end, end, signal);
      signal.throwIfAborted();
      // What came by following meanwhile is there already.
      if (window.end + bytes.length === end) this.#append(bytes);
    });
  }

  /** The number of a line of the window; null while it has not been counted. */
  numberOf(index: number): number | null {
    const first = this.firstNumber.value;
    return first === null ? null : first + index - this.#window.continuationsUpTo(index);
  }

  #take(bytes: Uint8Array): void {
    const position = this.size.peek();
    const isNext = this.#window.end === position;
    this.numbers.index.pushFrom(position, bytes);
    this.size.value = position + bytes.length;
    for (const tell of this.onNews) tell(position, bytes);
    if (!this.isPinned.peek()) this.newLines.value += countFeeds(bytes);
    // A reader elsewhere keeps what he reads; he comes to the new lines by going on.
    if (isNext && this.isOpen.peek() && (this.isPinned.peek() || !this.#window.isFull)) this.#append(bytes);
    this.#pace.soon();
  }

  #append(bytes: Uint8Array): void {
    this.numbers.index.pushFrom(this.#window.end, bytes);
    this.#window.append(bytes);
    const passed = this.#window.trimFront();
    if (this.firstNumber.value !== null) this.firstNumber.value += passed;
  }

  /** The last lines, with those that come while they are read. */
  async #openEnd(signal: AbortSignal): Promise<LogWindow> {
    const window = await openTail(this.source, this.size.peek(), signal);
    for (let end = this.size.peek(); window.end < end; end = this.size.peek()) {
      const { bytes } = await this.source.read(window.end, end, signal);
      if (bytes.length === 0) break;
      window.append(bytes);
    }
    return window;
  }

  async #open(open: (signal: AbortSignal) => Promise<LogWindow>): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    await this.#guard(async () => {
      const window = await open(signal);
      signal.throwIfAborted();
      this.#window = window;
      this.firstNumber.value = window.start === 0 ? 1 : null;
      this.isOpen.value = true;
      this.failure.value = null;
      this.#pace.now();
      void this.#guard(() => this.#numberWindow());
    });
  }

  async #numberWindow(): Promise<void> {
    if (this.#window.start === 0) return;
    if (this.size.peek() <= COUNTED_BYTES) await this.countLines();
    else await this.#number();
  }

  async #number(): Promise<void> {
    const { start } = this.#window;
    const number = await this.numbers.numberAt(start, this.signal);
    // Lines may have come or gone meanwhile.
    if (number === null || this.#window.start !== start) return;
    this.firstNumber.value = number;
    this.#pace.soon();
  }

  async #extend(extend: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#isExtending || !this.isOpen.peek()) return;
    this.#isExtending = true;
    await this.#guard(() => extend(this.#reading.signal));
    this.#isExtending = false;
    this.#pace.now();
  }

  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (this.signal.aborted || isAbort(error)) return;
      this.failure.value = asFailure(error);
    }
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What broke while bytes were read. */
export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const why = error instanceof Error ? error.message : String(error);
  const message = `The connection was lost while the log was read (${why}). Try again.`;
  return new ApiFailure({ status: 0, code: null, message, problems: [], requestId: null });
}

import { signal as createSignal } from '@preact/signals';
import type { LogLine } from './log-line.ts';
import { createMatcher, type LogMatcher } from './log-matcher.ts';
import type { CountProgress } from './log-numbers.ts';
import { LogScan } from './log-scan.ts';
import { plainText } from './log-spans.ts';
import type { LogView } from './log-view.ts';

/** More places than this nobody visits; they would only take memory. */
const MOST_MATCHES = 100_000;

/** The search in a log: in the lines that are loaded, and on request in the whole file without loading it. */
export class LogSearch {
  readonly matcher = createSignal<LogMatcher | null>(null);
  /** Where the lines begin that match, in order. */
  readonly matches = createSignal<readonly number[]>([]);
  /** The match that was visited last. */
  readonly current = createSignal<number | null>(null);
  /** `loaded`: only in the lines that are loaded; `whole`: also in what comes. */
  readonly scope = createSignal<'loaded' | 'whole'>('loaded');
  readonly progress = createSignal<CountProgress | null>(null);
  readonly #view: LogView;
  #whole: WholeSearch | null = null;
  #judged = new WeakMap<LogLine, boolean>();

  constructor(view: LogView) {
    this.#view = view;
    view.onNews.push((position, bytes) => {
      this.#whole?.hear(position, bytes);
      this.#tell();
    });
  }

  /** Searches for another text; nothing for an empty one. */
  setQuery(query: string): void {
    this.stop();
    this.#whole = null;
    this.#judged = new WeakMap();
    this.scope.value = 'loaded';
    this.matcher.value = createMatcher(query);
    this.current.value = null;
    this.look();
  }

  /** Looks at the lines that are loaded now. */
  look(): void {
    if (this.#whole !== null) return;
    const matcher = this.matcher.peek();
    this.matches.value = matcher === null ? [] : this.#lookWith(matcher);
  }

  /** Reads the whole file for it, and keeps up with what comes. */
  async searchWhole(): Promise<void> {
    const matcher = this.matcher.peek();
    if (matcher === null) return;
    const whole = new WholeSearch(this.#view, matcher);
    this.#whole = whole;
    this.scope.value = 'whole';
    try {
      await whole.run((progress) => {
        this.progress.value = progress;
        this.#tell();
      });
    } finally {
      if (this.#whole === whole) {
        this.progress.value = null;
        this.#tell();
      }
    }
  }

  /** Leaves off reading; what was found stays. */
  stop(): void {
    this.#whole?.stop();
    this.progress.value = null;
  }

  /** Goes to the next match or to the one before, around the ends; `from` is where to begin the first time. */
  async step(direction: 1 | -1, from: number): Promise<void> {
    const matches = this.matches.peek();
    if (matches.length === 0) return;
    const current = this.current.peek();
    const next =
      direction === 1
        ? (matches.find((position) => (current === null ? position >= from : position > current)) ??
          matches[0])
        : (matches.findLast((position) => position < (current ?? from)) ?? matches.at(-1));
    if (next === undefined) return;
    this.current.value = next;
    await this.#view.toPosition(next);
  }

  #lookWith(matcher: LogMatcher): readonly number[] {
    const found: number[] = [];
    const { window } = this.#view;
    for (let index = 0; index < window.count; index++) {
      const line = window.at(index);
      if (line !== undefined && this.#isMatch(matcher, line)) found.push(line.start);
    }
    return found;
  }

  #isMatch(matcher: LogMatcher, line: LogLine): boolean {
    const known = this.#judged.get(line);
    if (known !== undefined) return known;
    const isMatch = matcher.test(plainText(line.text));
    this.#judged.set(line, isMatch);
    return isMatch;
  }

  #tell(): void {
    if (this.#whole !== null && this.#whole.found.length !== this.matches.peek().length)
      this.matches.value = [...this.#whole.found];
  }
}

/** Reads a file from its beginning to its end, once. */
class WholeSearch {
  readonly found: number[] = [];
  readonly #view: LogView;
  readonly #scan: LogScan;
  readonly #stopped = new AbortController();
  #scanned = 0;
  #isDone = false;

  constructor(view: LogView, matcher: LogMatcher) {
    this.#view = view;
    const onMatch = (position: number) => {
      if (this.found.length < MOST_MATCHES) this.found.push(position);
    };
    this.#scan = new LogScan(matcher, { start: 0, onMatch });
  }

  stop(): void {
    this.#stopped.abort();
  }

  async run(tell: (progress: CountProgress) => void): Promise<void> {
    const signal = AbortSignal.any([this.#stopped.signal, this.#view.signal]);
    const { size, source, numbers } = this.#view;
    while (this.#scanned < size.peek()) {
      const before = this.#scanned;
      for await (const bytes of source.stream(this.#scanned, signal)) {
        numbers.index.pushFrom(this.#scanned, bytes);
        this.#push(bytes);
        tell({ done: Math.min(this.#scanned, size.peek()), total: size.peek() });
      }
      // A file that has become shorter has no more.
      if (this.#scanned === before) break;
    }
    this.#isDone = true;
    if (this.#view.followState.peek() === null || this.#view.followState.peek() === 'ended') this.#scan.end();
  }

  /** What comes at the end after all has been read. */
  hear(position: number, bytes: Uint8Array): void {
    const known = this.#scanned - position;
    if (this.#isDone && known >= 0 && known < bytes.length) this.#push(bytes.subarray(known));
  }

  #push(bytes: Uint8Array): void {
    this.#scan.push(bytes);
    this.#scanned += bytes.length;
  }
}

import { once } from 'node:events';
import { LineFilter } from './line-filter.ts';
import type { LogKind } from './log-files.ts';

/** How logs are printed. */
export interface LogPrinterOptions {
  /** Only lines that match. */
  readonly pattern: RegExp | null;
  /** Is told whose bytes come next when the streams change. */
  readonly onSwitch: (kind: LogKind) => void;
}

/** Prints the bytes of a job's streams as they are. */
export class LogPrinter {
  readonly #options: LogPrinterOptions;
  readonly #filters = new Map<LogKind, LineFilter>();
  #last: LogKind | null = null;

  constructor(options: LogPrinterOptions) {
    this.#options = options;
  }

  async print(kind: LogKind, bytes: Uint8Array): Promise<void> {
    const filter = this.#filterOf(kind);
    await this.#write(kind, filter === null ? [bytes] : filter.push(bytes));
  }

  /** Prints last lines that no line feed ends. */
  async end(): Promise<void> {
    for (const [kind, filter] of this.#filters) await this.#write(kind, filter.flush());
  }

  #filterOf(kind: LogKind): LineFilter | null {
    const { pattern } = this.#options;
    if (pattern === null) return null;
    const filter = this.#filters.get(kind) ?? new LineFilter(pattern);
    this.#filters.set(kind, filter);
    return filter;
  }

  async #write(kind: LogKind, pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      if (this.#last !== kind) this.#options.onSwitch(kind);
      this.#last = kind;
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    }
  }
}

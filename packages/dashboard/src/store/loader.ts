import { signal } from '@preact/signals';
import { ApiFailure } from '../api/api-failure.ts';

/**
 * How it stands with something that is read: `failed` keeps the value of before, so that a page does not lose what it
 * shows.
 */
export type Loaded<Value> =
  | { readonly kind: 'loading'; readonly value: null; readonly asOf: null; readonly failure: null }
  | { readonly kind: 'ready'; readonly value: Value; readonly asOf: number; readonly failure: null }
  | {
      readonly kind: 'failed';
      readonly value: Value | null;
      /** When the value was read; null: never. */
      readonly asOf: number | null;
      readonly failure: ApiFailure;
    };

/** Reads something. */
export type Read<Value> = (signal: AbortSignal) => Promise<Value>;

/** Reads something again and again; the last read that was begun counts. */
export class Loader<Value> {
  readonly state = signal<Loaded<Value>>({ kind: 'loading', value: null, asOf: null, failure: null });
  readonly #nowMs: () => number;
  #running = new AbortController();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Begins a read and gives up the one under way. Resolves with a failure, if it was one. */
  async load(read: Read<Value>): Promise<ApiFailure | null> {
    this.stop();
    const { signal } = this.#running;
    try {
      const value = await read(signal);
      if (!signal.aborted) this.state.value = { kind: 'ready', value, asOf: this.#nowMs(), failure: null };
      return null;
    } catch (error) {
      return signal.aborted ? null : this.#fail(error);
    }
  }

  /** Forgets the value: what comes next is something else. */
  clear(): void {
    this.state.value = { kind: 'loading', value: null, asOf: null, failure: null };
  }

  /** Gives up the read under way. */
  stop(): void {
    this.#running.abort();
    this.#running = new AbortController();
  }

  #fail(error: unknown): ApiFailure {
    const failure = error instanceof ApiFailure ? error : unexpected(error);
    const { value, asOf } = this.state.peek();
    this.state.value = { kind: 'failed', value, asOf, failure };
    return failure;
  }
}

/** A defect of the page itself: it is shown like any failure, and does not take the rest of the page along. */
function unexpected(error: unknown): ApiFailure {
  const why = error instanceof Error ? error.message : String(error);
  const message = `This part of the page failed: ${why}`;
  const failure = new ApiFailure({ status: 500, code: null, message, problems: [], requestId: null });
  failure.cause = error;
  return failure;
}

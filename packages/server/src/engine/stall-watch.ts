import type { TransferProgress } from '../storage/transfer-progress.ts';
import type { EngineTimes } from './context.ts';
import type { ProgressWriter } from './progress-writer.ts';

/** Milliseconds between two rows of progress: whoever watches sees it move, and many transfers load no database. */
const LOOK_EVERY_MS = 1_000;

/** The transfer has moved nothing for too long; the storage may not even know that its host is gone. */
export class TransferStalled extends Error {
  override readonly name = 'TransferStalled';
  /** What makes it a reason to wait, not a failed attempt (domain/failure.ts). */
  readonly code = 'unreachable';
}

/** Where progress and silence are written. */
type StallWriter = Pick<ProgressWriter, 'take' | 'write'>;

/** Looks once a second whether bytes come. Without an open file nothing is due, so silence means nothing. */
export class StallWatch {
  readonly #times: EngineTimes;
  readonly #writer: StallWriter;
  readonly #onStall: (stalledMs: number | null) => void;
  readonly #source: string;
  readonly #timer: NodeJS.Timeout;
  readonly #broken = new AbortController();
  #latest: TransferProgress | null = null;
  #byteAt = performance.now();
  #isNews = false;
  #isStalled = false;

  constructor(
    times: EngineTimes,
    deps: {
      readonly writer: StallWriter;
      readonly onStall: (stalledMs: number | null) => void;
      readonly source: string;
    },
  ) {
    this.#times = times;
    this.#writer = deps.writer;
    this.#onStall = deps.onStall;
    this.#source = deps.source;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#broken.signal;
  }

  take(progress: TransferProgress): void {
    const last = this.#latest;
    const isFirst = last === null;
    const moved = last?.bytesTransferred !== progress.bytesTransferred;
    if (moved || last.activeTransfers === 0) this.#byteAt = performance.now();
    this.#latest = progress;
    this.#isNews = true;
    this.#writer.take(progress);
    // The totals are shown at once, and that bytes come again.
    if (isFirst || (moved && this.#isStalled)) this.#look();
  }

  #look(): void {
    const silentMs = performance.now() - this.#byteAt;
    const isDue = (this.#latest?.activeTransfers ?? 0) > 0;
    const isStalled = isDue && silentMs >= this.#times.transferStalledMs;
    if (this.#isNews || isStalled !== this.#isStalled) {
      this.#isNews = false;
      void this.#writer.write(isStalled ? silentMs : null);
    }
    if (isStalled !== this.#isStalled) {
      this.#isStalled = isStalled;
      this.#onStall(isStalled ? silentMs : null);
    }
    if (isDue && silentMs >= this.#times.transferGiveUpMs) {
      const seconds = Math.round(silentMs / 1_000);
      this.#broken.abort(new TransferStalled(`no data of ${this.#source} has come for ${seconds} s`));
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

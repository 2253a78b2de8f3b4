import type { SseBlock } from '@arras/client/sse';
import { ApiFailure } from '../api/api-failure.ts';
import type { LinkStatus, LiveNews } from './live-news.ts';
import { readBlock } from './read-stream.ts';
import { type Timing, waitMs } from './timing.ts';

/** A stream that is lost is asked for again at once, and then after at most this long, in milliseconds. */
const LONGEST_DELAY_MS = 5_000;

/** After this long without the stream it is not a restart any more, in milliseconds. */
const OFFLINE_AFTER_MS = 60_000;

/** What the stream is made of. */
export interface StreamSeams {
  /** The blocks of one connection, those of each piece together. @throws ApiFailure for a refusal, any for a loss. */
  readonly open: (cursor: string | null, signal: AbortSignal) => AsyncIterable<readonly SseBlock[]>;
  readonly timing: Timing;
  /** From 0 to 1. */
  readonly random: () => number;
  /** False while the machine says that it has no network. */
  readonly isOnline: () => boolean;
  /** Calls back when the network is there again; ends with the function that it gives. */
  readonly onOnline: (run: () => void) => () => void;
}

/** What is told of the stream: news in order, and each sign of life. */
export interface StreamReport {
  readonly news: readonly LiveNews[];
  readonly cursor: string | null;
  readonly status: LinkStatus;
}

/**
 * Keeps the stream open from `cursor` until the signal is aborted. A stream that begins at no known place says
 * `resync`: what happened before it was not told.
 *
 * @throws ApiFailure when nobody is signed in any more, or somebody who may not follow it.
 */
export async function keepStream(
  seams: StreamSeams,
  cursor: string | null,
  { tell, signal }: { readonly tell: (report: StreamReport) => void; readonly signal: AbortSignal },
): Promise<void> {
  const keeper = new Keeper(seams, cursor, tell);
  while (!signal.aborted) {
    await keeper.connectOnce(signal);
    if (!signal.aborted) await keeper.pause(signal);
  }
}

/** The stream over its connections. */
class Keeper {
  readonly #seams: StreamSeams;
  readonly #tell: (report: StreamReport) => void;
  #cursor: string | null;
  #asOfMs: number | null = null;
  #lostAtMs: number | null = null;
  #tries = 0;

  constructor(seams: StreamSeams, cursor: string | null, tell: (report: StreamReport) => void) {
    this.#seams = seams;
    this.#cursor = cursor;
    this.#tell = tell;
  }

  async connectOnce(signal: AbortSignal): Promise<void> {
    try {
      for await (const blocks of this.#seams.open(this.#cursor, signal)) {
        if (signal.aborted) return;
        this.#takePiece(blocks);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiFailure && (error.isSignedOut || error.facts.status === 403)) throw error;
      // A place that the service does not know is none: it begins anew, and says so.
      if (error instanceof ApiFailure && error.facts.status === 400) this.#cursor = null;
    }
  }

  #takePiece(blocks: readonly SseBlock[]): void {
    const begins = this.#cursor === null && blocks.some(({ lastEventId }) => lastEventId !== '');
    const news = blocks.map(readBlock).filter((item) => item !== null);
    const cursor = blocks.at(-1)?.lastEventId ?? '';
    if (cursor !== '') this.#cursor = cursor;
    this.#tries = 0;
    this.#lostAtMs = null;
    this.#asOfMs = this.#seams.timing.nowMs();
    this.#report('live', begins ? [{ kind: 'resync', isReset: false }, ...news] : news);
  }

  /** Says that the stream is lost, and waits as long as becomes a service that restarts. */
  async pause(signal: AbortSignal): Promise<void> {
    const { timing, random, isOnline, onOnline } = this.#seams;
    this.#lostAtMs ??= timing.nowMs();
    const isLong = timing.nowMs() - this.#lostAtMs >= OFFLINE_AFTER_MS;
    this.#report(isLong || !isOnline() ? 'offline' : 'reconnecting', []);
    const online = new AbortController();
    const stopListening = onOnline(() => online.abort());
    const longestMs = Math.min(250 * 2 ** this.#tries, LONGEST_DELAY_MS);
    this.#tries += 1;
    // With jitter, so that all the browsers do not come back together.
    await waitMs(timing, longestMs * (0.5 + random() / 2), AbortSignal.any([signal, online.signal]));
    stopListening();
  }

  #report(state: LinkStatus['state'], news: readonly LiveNews[]): void {
    this.#tell({ news, cursor: this.#cursor, status: { state, asOfMs: this.#asOfMs } });
  }
}

import { ApiFailure } from '../../../api/api-failure.ts';
import type { LogSource } from './log-source.ts';

/**
 * How a log is followed: `live` by a stream; `checking` from time to time, where no stream can be had; `reconnecting`
 * after a lost connection; `ended`: nothing more will be written.
 */
export type FollowState = 'live' | 'checking' | 'reconnecting' | 'ended';

/** A connection that may be held until the disposal, or until it is lost to another page. */
export interface HeldConnection extends Disposable {
  readonly lost?: AbortSignal;
}

/** What following needs of the page. */
export interface FollowHost {
  /** True once the job has ended. */
  readonly isOver: () => boolean;
  /** Resolves while the page is shown: a page that nobody sees holds no connection. */
  readonly shown: (signal: AbortSignal) => Promise<void>;
  /** Aborted when the page is hidden or its connection is known to be lost. */
  readonly interruption: (signal: AbortSignal) => Disposable & { readonly signal: AbortSignal };
  /** One of the few connections that may be held; null while others have them. */
  readonly takeConnection: () => Promise<HeldConnection | null>;
  /** Resolves after a time. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** News of a log that is followed. */
export type FollowNews =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'state'; readonly state: FollowState };

/** Between two looks where no stream can be had. */
const CHECK_MS = 1_000;
/** Between attempts after a lost connection, longer each time. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/**
 * The bytes of a file from a position on, each once, until the job has ended; a lost connection is taken up at the byte
 * after the last that came. @throws ApiFailure for what trying again does not help.
 */
export async function* followLog(
  source: LogSource,
  {
    start,
    host,
    signal,
  }: { readonly start: number; readonly host: FollowHost; readonly signal: AbortSignal },
): AsyncGenerator<FollowNews, void> {
  const reading = new Following(source, { start, host, signal });
  let retryMs = FIRST_RETRY_MS;
  for (;;) {
    await host.shown(signal);
    // Asked before the reading: what is written up to the end is read by the next turn.
    const isOver = host.isOver();
    try {
      const before = reading.position;
      yield* isOver ? reading.rest() : reading.turn();
      if (isOver) break;
      if (reading.position > before) retryMs = FIRST_RETRY_MS;
      await host.wait(CHECK_MS, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error)) throw error;
      yield { kind: 'state', state: 'reconnecting' };
      await host.wait(retryMs, signal);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }
  yield { kind: 'state', state: 'ended' };
}

class Following {
  readonly #source: LogSource;
  readonly #host: FollowHost;
  readonly #signal: AbortSignal;
  position: number;

  constructor(
    source: LogSource,
    {
      start,
      host,
      signal,
    }: { readonly start: number; readonly host: FollowHost; readonly signal: AbortSignal },
  ) {
    this.#source = source;
    this.#host = host;
    this.#signal = signal;
    this.position = start;
  }

  /** By a stream as long as it lasts, or by one look. */
  async *turn(): AsyncGenerator<FollowNews, void> {
    using connection = await this.#host.takeConnection();
    if (connection === null) return yield* this.#look();
    const { lost } = connection;
    const ends = lost === undefined ? this.#signal : AbortSignal.any([this.#signal, lost]);
    using interruption = this.#host.interruption(ends);
    try {
      const pieces = await this.#source.follow(this.position, interruption.signal);
      yield { kind: 'state', state: 'live' };
      yield* this.#read(pieces);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (interruption.signal.aborted) return yield { kind: 'state', state: 'reconnecting' };
      if (!(error instanceof ApiFailure && error.facts.code === 'stream.too-many')) throw error;
      yield* this.#look();
    }
  }

  async *#look(): AsyncGenerator<FollowNews, void> {
    yield* this.rest();
    yield { kind: 'state', state: 'checking' };
  }

  /** What is there now. */
  async *rest(): AsyncGenerator<FollowNews, void> {
    yield* this.#read(this.#source.stream(this.position, this.#signal));
  }

  async *#read(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<FollowNews, void> {
    for await (const bytes of pieces) {
      // At once: when the connection breaks, the next reading begins here.
      this.position += bytes.length;
      yield { kind: 'bytes', bytes };
    }
  }
}

/** A stream that broke is no ApiFailure; a file can be on its way to the archive for a moment. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiFailure)) return true;
  return error.isOutage || error.facts.code === 'output.not-found';
}

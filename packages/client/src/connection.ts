import { ApiFailure, UnreachableFailure } from './failure.ts';
import { pause } from './pause.ts';
import { type RetryPolicy, retryDelayMs } from './retry.ts';

/** The service does not answer, or says that it cannot now; it is tried again. */
export interface ConnectionLost {
  readonly kind: 'lost';
  readonly failure: UnreachableFailure | ApiFailure;
  readonly retryInMs: number;
}

/** The service answers: for the first time, or again. */
export interface ConnectionMade {
  readonly kind: 'connected';
}

/** Whether the service answers. */
export type ConnectionState = ConnectionLost | ConnectionMade;

/** How long an outage is bridged, and how the time is spent. */
export interface Patience {
  /** Without contact for this long the last failure is thrown. */
  readonly patienceMs: number;
  /** Before the first contact: whoever has mistyped an address wants to know soon. */
  readonly retry: RetryPolicy;
  /** After it: the ceiling of the second wait (the first try is made at once), which doubles up to the longest. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** Default of `patienceMs`: longer than a restart with a migration, short enough that a script ends by itself. */
export const DEFAULT_PATIENCE_MS = 10 * 60_000;

/** A connection that held for less is no reason to be in a hurry: a proxy may break each at once. */
const HELD_MS = 500;

/** How it stands with one connection: when it was lost, and how often it was tried since. */
export class Contact {
  readonly #patience: Patience;
  #everMade = false;
  #madeAtMs: number | null = null;
  #lostAtMs: number | null = null;
  #tries = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** The service has answered. */
  made(): void {
    this.#everMade = true;
    this.#madeAtMs ??= performance.now();
    this.#lostAtMs = null;
  }

  /** The time to the next try, in milliseconds. @throws the failure, when there is to be none. */
  lost(failure: ConnectionLost['failure']): number {
    const nowMs = performance.now();
    if (this.#madeAtMs !== null && nowMs - this.#madeAtMs >= HELD_MS) this.#tries = 0;
    this.#madeAtMs = null;
    // Counted from the loss and not from the last contact: a machine that wakes up has heard nothing for hours.
    this.#lostAtMs ??= nowMs;
    this.#tries += 1;
    const delayMs = this.#everMade ? this.#delayAgainMs(failure, nowMs) : this.#delayFirstMs(failure);
    if (delayMs === null) throw failure;
    return delayMs;
  }

  #delayFirstMs(failure: ConnectionLost['failure']): number | null {
    return retryDelayMs(this.#patience.retry, { triesMade: this.#tries, failure, random: Math.random() });
  }

  #delayAgainMs(failure: ConnectionLost['failure'], nowMs: number): number | null {
    const { patienceMs, firstDelayMs, longestDelayMs } = this.#patience;
    const leftMs = patienceMs - (nowMs - (this.#lostAtMs ?? nowMs));
    if (leftMs <= 0) return null;
    const asked = failure instanceof ApiFailure ? failure.retryAfterMs : null;
    if (asked !== null) return asked > leftMs ? null : asked;
    if (this.#tries === 1) return 0;
    // Full jitter, so that the streams of a replica that stopped do not all come back together.
    const ceiling = Math.min(firstDelayMs * 2 ** (this.#tries - 2), longestDelayMs);
    return Math.min(Math.round(ceiling * Math.random()), Math.ceil(leftMs));
  }
}

/** How a connection is kept. */
export interface KeepOptions {
  readonly contact: Contact;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a session over and over until it returns; one that fails because of the connection is begun again after a
 * while. A session says `connected` when it has contact; that is passed on when it is news. A loss that is mended
 * at once is none.
 *
 * @throws the failure, once the contact has no more patience or when no waiting can help.
 */
export async function* keepConnected<News extends { readonly kind: string }>(
  session: () => AsyncGenerator<News | ConnectionMade, void>,
  { contact, signal }: KeepOptions,
): AsyncGenerator<News | ConnectionState> {
  let isTold = false;
  for (;;) {
    try {
      for await (const news of session()) {
        if (news.kind !== 'connected') yield news;
        else if (!isTold) yield { kind: 'connected' };
        if (news.kind === 'connected') isTold = true;
      }
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      const retryInMs = contact.lost(error);
      if (retryInMs > 0) {
        isTold = false;
        yield { kind: 'lost', failure: error, retryInMs };
      }
      await pause(retryInMs, signal);
    }
  }
}

/** True for failures that can go away by themselves. */
function isPassing(error: unknown): error is ConnectionLost['failure'] {
  if (error instanceof UnreachableFailure) return true;
  return error instanceof ApiFailure && (error.status >= 500 || error.status === 429);
}

import type { AnswerCache } from './answer-cache.ts';
import { type ClientSettings, createCall } from './call.ts';
import { Contact, DEFAULT_PATIENCE_MS } from './connection.ts';
import type { Call } from './operation.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts';

/** Times of streams and of the polling that stands in for them, in milliseconds. */
export interface StreamTimes {
  /** A stream that has given nothing by then is taken to be held back by a proxy. Default: 10 s. */
  readonly firstByteMs: number;
  /** A stream that is silent for so long is lost; the service gives a sign of life every 15 s. Default: 45 s. */
  readonly silenceMs: number;
  /** Ceiling of the wait before the second try to reconnect; it doubles. Default: 1 s. */
  readonly reconnectFirstMs: number;
  /** Default: 30 s. */
  readonly reconnectLongestMs: number;
  /** Time to the second look where only polling is left; it doubles until something changes. Default: 1 s. */
  readonly pollFirstMs: number;
  /** Default: 15 s. */
  readonly pollLongestMs: number;
  /** How long polling goes on before a stream is tried again. Default: 5 minutes. */
  readonly pollForMs: number;
}

const DEFAULT_TIMES: StreamTimes = {
  firstByteMs: 10_000,
  silenceMs: 45_000,
  reconnectFirstMs: 1_000,
  reconnectLongestMs: 30_000,
  pollFirstMs: 1_000,
  pollLongestMs: 15_000,
  pollForMs: 5 * 60_000,
};

/** What everything that lasts longer than a call needs from its client. */
export interface Link {
  /** Where the service is. */
  readonly url: string;
  /** Calls once: who bridges outages counts them. */
  readonly call: Call;
  /** Begins a stream, once. */
  readonly open: Call;
  readonly times: StreamTimes;
  readonly gate: StreamGate;
  /** A new record of one connection. */
  contact(patienceMs: number | undefined): Contact;
}

/** Until when this client does without streams, because the last one did not come through. */
export class StreamGate {
  #closedUntilMs = 0;
  #isAsked = false;

  /** True while streams are worth trying. */
  get isOpen(): boolean {
    return performance.now() >= this.#closedUntilMs;
  }

  /** `isAsked`: the service itself wants to be left alone so long. */
  closeFor(durationMs: number, { isAsked }: { readonly isAsked: boolean }): void {
    this.#closedUntilMs = performance.now() + durationMs;
    this.#isAsked = isAsked;
  }

  /** The service does not answer at all: then its silence says nothing about streams, and a new one may have them. */
  reopen(): void {
    if (!this.#isAsked) this.#closedUntilMs = 0;
  }
}

/** Makes the link of a client. */
export function createLink(settings: ClientSettings, cache: AnswerCache | null): Link {
  const times = { ...DEFAULT_TIMES, ...settings.streams };
  const retry: RetryPolicy = settings.retry ?? DEFAULT_RETRY;
  const once = { ...settings, retry: { ...retry, tries: 1 } };
  return {
    url: settings.url,
    call: createCall(once, cache),
    open: createCall({ ...once, timeoutMs: times.firstByteMs }, null),
    times,
    gate: new StreamGate(),
    contact: (patienceMs = DEFAULT_PATIENCE_MS) =>
      new Contact({
        patienceMs,
        retry,
        firstDelayMs: times.reconnectFirstMs,
        longestDelayMs: times.reconnectLongestMs,
      }),
  };
}

import { MAX_STREAM_JOBS } from '@arras/contract';
import { type ConnectionMade, type ConnectionState, type Contact, keepConnected } from './connection.ts';
import { hasEnded } from './ended.ts';
import { ApiFailure, UnreachableFailure } from './failure.ts';
import type { Link } from './link.ts';
import { merge } from './merge.ts';
import {
  openStream,
  type StreamedChange,
  type StreamedEvent,
  type StreamMessage,
  StreamUnavailable,
} from './open-stream.ts';
import { pause } from './pause.ts';
import { chunksOf, type Look, lookAtJobs, type SeenJob } from './seen-jobs.ts';

/** How jobs were at a look: whoever compares knows whether something was missed. */
export interface JobsSeen {
  readonly kind: 'seen';
  readonly jobs: readonly SeenJob[];
  /** True when there is no stream: what changes without an event is not told otherwise. */
  readonly isPolled: boolean;
  /** True after a reset: what was known may be of another time, as after the restore of a backup. */
  readonly isReset: boolean;
}

/** What a feed tells. */
export type JobFeedNews = JobsSeen | StreamedEvent | StreamedChange | ConnectionState;

/** How to follow jobs. */
export interface FeedOptions {
  /** For one job: the sequence number after which its events are wanted. Default: from now on. */
  readonly since?: number | undefined;
  readonly patienceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Beyond this many streams at once the browser has no connection left for anything else. */
const MOST_STREAMS = 4;

const LONG_POLL_SECONDS = 30;

/**
 * What happens to jobs, from a stream where there is one and else by looking. Events come in order; after a look
 * or a gap in the sequence the reader fetches what it lacks, so nothing is lost that it compares. Ends when all
 * jobs have.
 */
export async function* feedJobs(
  link: Link,
  ids: readonly string[],
  options: FeedOptions,
): AsyncGenerator<JobFeedNews, void> {
  const groups = chunksOf(ids, MAX_STREAM_JOBS);
  // Thousands of jobs: one request for all their statuses is less than a dozen streams.
  const parts = groups.length > MOST_STREAMS ? [ids] : groups;
  yield* merge(
    parts.map((part) => (signal: AbortSignal) => new JobFeed(link, part, { ...options, signal }).run()),
    { limit: MOST_STREAMS, signal: options.signal },
  );
}

interface LookOptions {
  readonly wait?: Look['wait'];
  readonly isReset?: boolean;
}

type SessionNews = JobsSeen | StreamedEvent | StreamedChange | ConnectionMade;

/** The feed of the jobs of one stream. Its states: streaming, or polling while the gate for streams is closed. */
class JobFeed {
  readonly #link: Link;
  readonly #ids: readonly string[];
  readonly #options: FeedOptions;
  readonly #contact: Contact;
  /** Where the stream goes on: a sequence number for one job, else whatever the service calls it. */
  #position: string | null;
  /** True when the state has to be read before what the stream says makes sense. */
  #isBlind: boolean;

  constructor(link: Link, ids: readonly string[], options: FeedOptions) {
    this.#link = link;
    this.#ids = ids;
    this.#options = options;
    this.#contact = link.contact(options.patienceMs);
    this.#position = options.since === undefined ? null : String(options.since);
    this.#isBlind = this.#position === null;
  }

  run(): AsyncGenerator<JobFeedNews, void> {
    const { signal } = this.#options;
    return keepConnected<SessionNews>(() => this.#session(), { contact: this.#contact, signal });
  }

  async *#session(): AsyncGenerator<SessionNews, void> {
    for (;;) {
      if (this.#mayStream) {
        try {
          return yield* this.#stream();
        } catch (error) {
          if (!(error instanceof StreamUnavailable)) throw error;
        }
      }
      try {
        if (yield* this.#poll()) return;
      } catch (error) {
        if (error instanceof UnreachableFailure) this.#link.gate.reopen();
        throw error;
      }
    }
  }

  get #mayStream(): boolean {
    return this.#ids.length <= MAX_STREAM_JOBS && this.#link.gate.isOpen;
  }

  async *#stream(): AsyncGenerator<SessionNews, void> {
    const { signal } = this.#options;
    const [id = ''] = this.#ids;
    const isOne = this.#ids.length === 1;
    // Of one job the stream begins at a number, which is read before; of many at a position, which it says itself.
    if (isOne && this.#isBlind) yield* this.#look();
    const target = isOne
      ? ({ kind: 'job', id } as const)
      : ({ kind: 'jobs', query: { ids: this.#ids.join(',') } } as const);
    try {
      for await (const message of openStream(this.#link, target, { position: this.#position, signal })) {
        this.#contact.made();
        yield* this.#take(message);
      }
    } catch (error) {
      if (isOne || !isNotFound(error)) throw error;
      // An older service takes "events" for the id of a job. When it is a job of ours that is missing, the look fails.
      yield* this.#look();
      this.#link.gate.closeFor(this.#link.times.pollForMs, { isAsked: false });
      throw new StreamUnavailable('the service has no streams', { cause: error });
    }
  }

  async *#take(message: StreamMessage): AsyncGenerator<SessionNews, void> {
    if (message.kind === 'opened') return yield { kind: 'connected' };
    if ('cursor' in message) this.#position = message.cursor;
    const isReset = message.kind === 'reset';
    if (isReset || this.#isBlind) yield* this.#look({ isReset });
    if (message.kind === 'end' && this.#ids.length > 1) yield* this.#lookBack();
    if (message.kind === 'event' || message.kind === 'changed') yield message;
  }

  async *#look({ wait, isReset = false }: LookOptions = {}): AsyncGenerator<SessionNews, readonly SeenJob[]> {
    const { signal } = this.#options;
    const isPolled = !this.#mayStream;
    const jobs = await lookAtJobs(this.#link.call, { ids: this.#ids, wait, signal });
    this.#contact.made();
    this.#isBlind = false;
    if (this.#ids.length === 1) this.#position ??= String(jobs[0]?.seq ?? 0);
    yield { kind: 'connected' };
    yield { kind: 'seen', jobs, isPolled, isReset };
    return jobs;
  }

  /** A replica that answered the look before may have been behind the one that streams. */
  async *#lookBack(): AsyncGenerator<SessionNews, void> {
    try {
      yield* this.#look();
    } catch (error) {
      if (!isNotFound(error)) throw error; // One that was deleted has nothing more to tell.
    }
  }

  /**
   * Looks again after 1 s, 2 s, 4 s … 15 s without a change, with jitter; a change starts over (the guide's advice
   * on polling). Where the service can wait for a change, it is the wait that takes the time. True once all have ended.
   */
  async *#poll(): AsyncGenerator<SessionNews, boolean> {
    const { pollFirstMs, pollLongestMs } = this.#link.times;
    let delayMs = pollFirstMs;
    let before = '';
    let since: number | undefined;
    for (;;) {
      const beganMs = performance.now();
      const jobs = yield* this.#look(since === undefined ? {} : { wait: { wait: LONG_POLL_SECONDS, since } });
      if (jobs.every(({ status }) => hasEnded(status))) return true;
      if (this.#mayStream) return false;
      const now = fingerprint(jobs);
      delayMs = now === before ? Math.min(delayMs * 2, pollLongestMs) : pollFirstMs;
      before = now;
      since = jobs.length === 1 ? jobs[0]?.seq : undefined;
      const jitteredMs = (delayMs * (1 + Math.random())) / 2;
      await pause(Math.max(0, jitteredMs - (performance.now() - beganMs)), this.#options.signal);
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiFailure && error.code === 'job.not-found';
}

function fingerprint(jobs: readonly SeenJob[]): string {
  return jobs
    .map(({ status, seq, lastUpdated, stopRequested }) => [status, seq, lastUpdated, stopRequested].join(' '))
    .join('\n');
}

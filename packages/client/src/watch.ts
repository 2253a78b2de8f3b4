import type { JobEvent } from '@arras/contract';
import { type ConnectionState, keepConnected } from './connection.ts';
import { type KnownEvents, readEventsAfter } from './history.ts';
import { feedJobs, type JobFeedNews } from './job-feed.ts';
import type { Link } from './link.ts';
import { merge } from './merge.ts';
import { openStream, type StreamedEvent, StreamUnavailable } from './open-stream.ts';
import type { SeenJob } from './seen-jobs.ts';

/** How to watch. */
export interface WatchOptions {
  /** Sequence number after which events are wanted, of every job or by its id. Default: 0, from the first on. */
  readonly since?: number | Readonly<Record<string, number>> | undefined;
  /** How long the service may be away before the watch fails, in milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number | undefined;
  /** Ends the watch, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Is told when the service is there, and when it is away. */
  readonly onConnection?: ((state: ConnectionState) => void) | undefined;
  /** Is told when something changed that is no event: read the job and its history, if you show them. */
  readonly onChanged?: ((jobId: string) => void) | undefined;
}

/** Jobs whose missed events are fetched at the same time. */
const MOST_AT_ONCE = 4;

/**
 * The events of jobs, each once and in the order of its job, until the last event of the last job that ended.
 * Connections that are lost are resumed; nothing is lost or doubled, because events are numbered.
 *
 * @throws UnreachableFailure when the service stays away, ApiFailure when it refuses.
 */
export function watchJobs(
  link: Link,
  idOrIds: string | readonly string[],
  options: WatchOptions = {},
): AsyncGenerator<JobEvent, void> {
  const ids = [...new Set(typeof idOrIds === 'string' ? [idOrIds] : idOrIds)];
  return new Watch(link, ids, options).run();
}

/** What is known of every job of a watch. */
class Watch {
  readonly #link: Link;
  readonly #ids: readonly string[];
  readonly #options: WatchOptions;
  readonly #known: Map<string, KnownEvents>;

  constructor(link: Link, ids: readonly string[], options: WatchOptions) {
    const { since = 0 } = options;
    this.#link = link;
    this.#ids = ids;
    this.#options = options;
    this.#known = new Map(
      ids.map((id) => [id, beginAfter(typeof since === 'number' ? since : (since[id] ?? 0))]),
    );
  }

  async *run(): AsyncGenerator<JobEvent, void> {
    const { patienceMs, signal } = this.#options;
    const [first = ''] = this.#ids;
    const since = this.#ids.length === 1 ? this.#knownOf(first).seq : undefined;
    for await (const news of feedJobs(this.#link, this.#ids, { since, patienceMs, signal }))
      for await (const event of this.#eventsOf(news)) {
        const { id } = event.job;
        if (event.seq <= this.#knownOf(id).seq) continue;
        this.#known.set(id, event);
        yield event;
      }
  }

  async *#eventsOf(news: JobFeedNews): AsyncGenerator<JobEvent, void> {
    switch (news.kind) {
      case 'event':
        if (news.event.seq > this.#knownOf(news.event.job.id).seq + 1) yield* this.#missedBefore(news);
        return yield news.event;
      case 'seen':
        if (news.isReset) this.#forget(news.jobs);
        return yield* this.#missed(news.jobs);
      case 'changed':
        return this.#options.onChanged?.(news.jobId);
      case 'lost':
      case 'connected':
        this.#options.onConnection?.(news);
    }
  }

  #missedBefore({ event }: StreamedEvent): AsyncGenerator<JobEvent, void> {
    return this.#missed([{ id: event.job.id, seq: event.seq - 1 }]);
  }

  /** Numbers beyond those of the service are of a time that it does not know of. */
  #forget(jobs: readonly SeenJob[]): void {
    for (const { id, seq } of jobs) if (seq < this.#knownOf(id).seq) this.#known.set(id, beginAfter(seq));
  }

  /** The events up to those that a look has seen. */
  async *#missed(jobs: readonly Pick<SeenJob, 'id' | 'seq'>[]): AsyncGenerator<JobEvent, void> {
    const { signal } = this.#options;
    const behind = jobs.filter(({ id, seq }) => this.#isBehind(id, seq));
    const sources = behind.map(
      ({ id, seq }) =>
        (ending: AbortSignal) =>
          this.#fetch(id, seq, ending),
    );
    for await (const news of merge(sources, { limit: MOST_AT_ONCE, signal })) {
      if (news.kind === 'event') yield news.event;
      else this.#options.onConnection?.(news);
    }
  }

  /** A service that does not number its events tells nothing by a look: what it has is read. */
  #isBehind(id: string, seq: number | undefined): boolean {
    return seq === undefined || seq > this.#knownOf(id).seq;
  }

  #fetch(id: string, upTo: number | undefined, signal: AbortSignal): AsyncGenerator<MissedNews, void> {
    const contact = this.#link.contact(this.#options.patienceMs);
    contact.made(); // The feed has it: a loss is bridged from the first on.
    let known = this.#knownOf(id);
    const link = this.#link;
    const session = async function* (): AsyncGenerator<MissedNews, void> {
      for await (const event of readMissed(link, { id, known, upTo, signal })) {
        contact.made();
        if (event.seq <= known.seq) continue;
        known = event;
        yield { kind: 'event', event };
      }
    };
    return keepConnected<MissedNews>(session, { contact, signal });
  }

  #knownOf(id: string): KnownEvents {
    return this.#known.get(id) ?? beginAfter(0);
  }
}

type MissedNews = { readonly kind: 'event'; readonly event: JobEvent } | ConnectionState;

function beginAfter(seq: number): KnownEvents {
  return { seq, status: null };
}

interface Missed {
  readonly id: string;
  readonly known: KnownEvents;
  /** The last event that is missed; undefined when that is not known. */
  readonly upTo: number | undefined;
  readonly signal: AbortSignal;
}

/** What was missed, from the job's own stream, which has the whole event; without streams from the history. */
async function* readMissed(link: Link, { id, known, upTo, signal }: Missed): AsyncGenerator<JobEvent, void> {
  try {
    if (upTo === undefined) throw new StreamUnavailable('the service numbers no events');
    const position = known.seq === 0 ? null : String(known.seq);
    for await (const message of openStream(link, { kind: 'job', id }, { position, signal })) {
      // The job's own stream does not reach so far back either; the history may.
      if (message.kind === 'reset') throw new StreamUnavailable(message.reason);
      if (message.kind !== 'event') continue;
      yield message.event;
      if (message.event.seq >= upTo) return;
    }
  } catch (error) {
    if (!(error instanceof StreamUnavailable)) throw error;
    yield* await readEventsAfter(link, { id, known, signal });
  }
}

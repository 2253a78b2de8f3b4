import type { HistoryEntry, JobStatus, JobView } from '@arras/contract';
import { type ConnectionState, keepConnected } from './connection.ts';
import { hasEnded } from './ended.ts';
import { readHistory } from './history.ts';
import { feedJobs, type JobFeedNews } from './job-feed.ts';
import type { Link } from './link.ts';
import { merge } from './merge.ts';
import { pause } from './pause.ts';
import type { SeenJob } from './seen-jobs.ts';

/** The job as it is now, with everything that has happened to it. */
export interface JobUpdate {
  readonly kind: 'update';
  readonly job: JobView;
  /** The whole history, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** The entries that the update before did not have. */
  readonly added: readonly HistoryEntry[];
}

/** How to follow. */
export interface FollowOptions {
  /** How long the service may be away before it fails, in milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number | undefined;
  /** Ends it; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** News of jobs that are followed. */
export type FollowNews = JobUpdate | ConnectionState;

/** What happens faster is seen in one look: nobody reads more than four a second. */
const ROUND_MS = 250;

/** Jobs that are read at the same time. */
const MOST_AT_ONCE = 4;

/**
 * Follows jobs until all have ended: an update of each at once, then one whenever something changed, the last one
 * with its end. It is for those who show jobs; for the events themselves there is the watch.
 *
 * @throws UnreachableFailure when the service stays away, ApiFailure when it refuses.
 */
export async function* followJobs(
  link: Link,
  idOrIds: string | readonly string[],
  options: FollowOptions = {},
): AsyncGenerator<FollowNews, void> {
  const leave = new AbortController();
  const signal =
    options.signal === undefined ? leave.signal : AbortSignal.any([leave.signal, options.signal]);
  const ids = [...new Set(typeof idOrIds === 'string' ? [idOrIds] : idOrIds)];
  const follower = new Follower(link, ids, { ...options, signal });
  try {
    yield* follower.run();
  } finally {
    leave.abort();
  }
}

/**
 * Two activities share it: one listens and notes which jobs have changed, the other reads those again, as often as
 * is worth while. What changes while a job is read is noted again, and read again.
 */
class Follower {
  readonly #link: Link;
  readonly #options: FollowOptions;
  readonly #seen = new Map<string, JobUpdate>();
  readonly #looks = new Map<string, SeenJob>();
  readonly #open: Set<string>;
  #changed: Set<string>;
  #states: ConnectionState[] = [];
  #isPolled = false;
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #wake = (): void => undefined;

  constructor(link: Link, ids: readonly string[], options: FollowOptions) {
    this.#link = link;
    this.#options = options;
    this.#open = new Set(ids);
    this.#changed = new Set(ids);
  }

  async *run(): AsyncGenerator<FollowNews, void> {
    void this.#listen();
    for (;;) {
      yield* this.#states.splice(0);
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#open.size === 0) return;
      if (this.#changed.size > 0) yield* this.#readChanged();
      else if (this.#isOver) return;
      else await this.#nextNews();
    }
  }

  /** Resolves when there is something to do. What came between the questions of the loop is seen here. */
  #nextNews(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#changed.size > 0 || this.#states.length > 0 || this.#isOver) resolve();
    });
  }

  async #listen(): Promise<void> {
    try {
      for await (const news of feedJobs(this.#link, [...this.#open], this.#options)) {
        this.#note(news);
        this.#wake();
      }
      // The end is the last thing to be read, whatever the stream has said of it.
      for (const id of this.#open) this.#changed.add(id);
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#isOver = true;
      this.#wake();
    }
  }

  #note(news: JobFeedNews): void {
    switch (news.kind) {
      case 'seen':
        this.#isPolled = news.isPolled;
        for (const job of news.jobs) this.#compare(job);
        return;
      case 'event':
        this.#changed.add(news.event.job.id);
        return;
      case 'changed':
        this.#changed.add(news.jobId);
        return;
      case 'lost':
      case 'connected':
        this.#states.push(news);
    }
  }
  #compare(look: SeenJob): void {
    this.#looks.set(look.id, look);
    const known = this.#seen.get(look.id)?.job;
    // One that is just being read for the first time is compared when it has been.
    if (known !== undefined && this.#isOlder(known, look)) this.#changed.add(look.id);
  }

  #isOlder(known: JobView, job: SeenJob): boolean {
    // Without a stream nothing tells how far a transfer is but reading it.
    if (this.#isPolled && TRANSFERRING.includes(job.status)) return true;
    return (
      known.seq !== job.seq ||
      known.status !== job.status ||
      known.lastUpdated !== job.lastUpdated ||
      known.stopRequested !== job.stopRequested ||
      known.freshness?.reachable !== job.freshness?.reachable
    );
  }

  async *#readChanged(): AsyncGenerator<JobUpdate, void> {
    const beganMs = performance.now();
    const ids = [...this.#changed].filter((id) => this.#open.has(id));
    this.#changed = new Set();
    const sources = ids.map((id) => (ending: AbortSignal) => this.#read(id, ending));
    for await (const update of merge(sources, { limit: MOST_AT_ONCE, signal: this.#options.signal })) {
      const { id, status } = update.job;
      const before = this.#seen.get(id) ?? null;
      const isNews = hasChanged(before, update);
      this.#seen.set(id, update);
      const look = this.#looks.get(id);
      if (before === null && look !== undefined) this.#compare(look);
      if (hasEnded(status)) this.#open.delete(id);
      if (isNews) yield update;
    }
    if (this.#open.size > 0)
      await pause(Math.max(0, ROUND_MS - (performance.now() - beganMs)), this.#options.signal);
  }

  /** One update. Outages are told by the one who listens. */
  async *#read(id: string, signal: AbortSignal): AsyncGenerator<JobUpdate, void> {
    const contact = this.#link.contact(this.#options.patienceMs);
    // One that was there before is waited for, as the stream is.
    if (this.#seen.size > 0) contact.made();
    const known = this.#seen.get(id)?.history ?? [];
    const link = this.#link;
    const session = async function* (): AsyncGenerator<JobUpdate, void> {
      yield await readUpdate(link, { id, known, signal });
    };
    for await (const news of keepConnected<JobUpdate>(session, { contact, signal }))
      if (news.kind === 'update') yield news;
  }
}

/** Statuses in which files are on their way. */
const TRANSFERRING: readonly JobStatus[] = ['STAGING_INPUTS', 'ARCHIVING'];

interface ReadOptions {
  readonly id: string;
  readonly known: readonly HistoryEntry[];
  readonly signal: AbortSignal;
}

async function readUpdate(link: Link, { id, known, signal }: ReadOptions): Promise<JobUpdate> {
  // History before job: the job is then never behind what its history says.
  const before = await readHistory(link, { id, known, signal });
  const job = await link.call('showJob', { params: { id }, signal });
  const history = hasEnded(job.status) ? await readHistory(link, { id, known: before, signal }) : before;
  return { kind: 'update', job, history, added: history.slice(known.length) };
}

function hasChanged(before: JobUpdate | null, now: JobUpdate): boolean {
  if (before === null || now.added.length > 0) return true;
  if (before.job.status !== now.job.status || before.job.stopRequested !== now.job.stopRequested) return true;
  if (before.job.freshness?.reachable !== now.job.freshness?.reachable) return true;
  return moved(before.history) !== moved(now.history);
}

function moved(history: readonly HistoryEntry[]): number {
  return history.reduce((sum, { progress }) => sum + (progress?.totalBytesTransferred ?? 0), 0);
}

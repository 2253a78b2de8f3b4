import type { JobStatus } from '@arras/contract';
import type { ConnectionState } from './connection.ts';
import { hasEnded } from './ended.ts';
import { feedJobs, type JobFeedNews } from './job-feed.ts';
import type { Link } from './link.ts';
import { lookAtJobs } from './seen-jobs.ts';

/** How a job stood when the waiting was over. */
export interface JobOutcome {
  readonly id: string;
  readonly status: JobStatus;
}

/** What to wait for. */
export interface WaitOptions {
  /** Every job, or the first. Default: `all`. */
  readonly mode?: 'all' | 'any' | undefined;
  /** What a job has to be; one that ends without having been so is done with too. Default: ended. */
  readonly until?: ((status: JobStatus) => boolean) | undefined;
  /** Ends the waiting as soon as a job has ended in another way than FINISHED. Default: false. */
  readonly failFast?: boolean | undefined;
  /** In milliseconds. Default: for ever. */
  readonly timeoutMs?: number | undefined;
  /** How long the service may be away, in milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number | undefined;
  /** Ends the waiting, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onConnection?: ((state: ConnectionState) => void) | undefined;
}

/** The jobs were not there in time. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
  /** How they stood then; without those that were not seen yet. */
  readonly jobs: readonly JobOutcome[];

  constructor(timeoutMs: number, jobs: readonly JobOutcome[]) {
    super(`The jobs were not there within ${timeoutMs / 1_000} s`);
    this.jobs = jobs;
  }
}

/**
 * Waits for jobs and gives the status of each, in the order asked for; with `any` or `failFast` some may still be on
 * their way.
 *
 * @throws WaitTimeout, UnreachableFailure when the service stays away, ApiFailure when it refuses.
 */
export async function waitForJobs(
  link: Link,
  idOrIds: string | readonly string[],
  options: WaitOptions = {},
): Promise<readonly JobOutcome[]> {
  const round = new Round(typeof idOrIds === 'string' ? [idOrIds] : idOrIds, options);
  const clock = startClock(options, () => round.outcomes);
  const { patienceMs, onConnection } = options;
  try {
    if (round.isOver) return round.outcomes;
    for await (const news of feedJobs(link, round.ids, { patienceMs, signal: clock.signal })) {
      if (news.kind === 'lost' || news.kind === 'connected') onConnection?.(news);
      else round.take(news);
      if (round.isOver) return round.outcomes;
    }
    // Nothing more will come, and yet: a job was deleted meanwhile, which the look tells by failing.
    for (const job of await lookAtJobs(link.call, { ids: round.ids, signal: clock.signal })) round.set(job);
    return round.outcomes;
  } finally {
    clock.stop();
  }
}

/** How it stands with the jobs waited for. */
class Round {
  readonly #options: WaitOptions;
  readonly #statuses: Map<string, JobStatus | null>;
  readonly #reached = new Set<string>();

  constructor(ids: readonly string[], options: WaitOptions) {
    this.#options = options;
    this.#statuses = new Map(ids.map((id) => [id, null]));
  }

  take(news: Exclude<JobFeedNews, ConnectionState>): void {
    if (news.kind === 'seen') for (const job of news.jobs) this.set(job);
    if (news.kind === 'event') this.set({ id: news.event.job.id, status: news.event.status });
  }

  set({ id, status }: JobOutcome): void {
    const before = this.#statuses.get(id);
    // An event that the stream repeats after a look is older than the look.
    if (before === undefined || (before !== null && hasEnded(before))) return;
    this.#statuses.set(id, status);
    if ((this.#options.until ?? hasEnded)(status)) this.#reached.add(id);
  }

  get ids(): readonly string[] {
    return [...this.#statuses.keys()];
  }

  get isOver(): boolean {
    const { mode = 'all', failFast = false } = this.#options;
    const statuses = [...this.#statuses];
    if (mode === 'any' && this.#reached.size > 0) return true;
    if (
      failFast &&
      statuses.some(([, status]) => status !== null && hasEnded(status) && status !== 'FINISHED')
    )
      return true;
    return statuses.every(([id, status]) => this.#reached.has(id) || (status !== null && hasEnded(status)));
  }

  get outcomes(): readonly JobOutcome[] {
    return [...this.#statuses].flatMap(([id, status]) => (status === null ? [] : [{ id, status }]));
  }
}

interface Clock {
  readonly signal: AbortSignal | undefined;
  stop(): void;
}

function startClock({ timeoutMs, signal }: WaitOptions, outcomes: () => readonly JobOutcome[]): Clock {
  if (timeoutMs === undefined) return { signal, stop: () => undefined };
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new WaitTimeout(timeoutMs, outcomes())), timeoutMs);
  return {
    signal: signal === undefined ? clock.signal : AbortSignal.any([clock.signal, signal]),
    stop: () => clearTimeout(timer),
  };
}

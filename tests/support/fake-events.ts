import type { JobId, JobStatus } from '../../packages/contract/src/index.ts';
import type { Change } from '../../packages/server/src/database/changes.ts';
import {
  cursorBefore,
  cursorOf,
  type FedEvent,
  type FeedCursor,
  type JobPosition,
} from '../../packages/server/src/database/feed.ts';
import type { StoredJob } from '../../packages/server/src/database/stored-jobs.ts';
import type { Feed, FeedBatch } from '../../packages/server/src/events/feed.ts';
import { compareCursors } from '../../packages/server/src/realtime/cursor.ts';
import { Realtime } from '../../packages/server/src/realtime/realtime.ts';

/** Jobs of a fake world. */
export const FAKE_JOBS = [1, 2, 3].map((n) => `00179550609870700${n}-b4d31dfa-94c6-007` as JobId);

interface Job {
  readonly id: JobId;
  seq: number;
  status: JobStatus;
  position: number;
}

/** A transaction that has its number and has not committed. */
export interface OpenWork {
  readonly number: number;
}

/**
 * Events as a database keeps them, with transactions that overlap, and a feed over them that tells nothing before it is
 * told to: a test decides what happens when.
 */
export class FakeEvents {
  readonly events: FedEvent[] = [];
  readonly feed: Pick<Feed, 'onChange' | 'follow' | 'position'>;
  readonly #jobs = new Map(
    FAKE_JOBS.map((id): [JobId, Job] => [id, { id, seq: 0, status: 'PENDING', position: 0 }]),
  );
  readonly #open = new Set<OpenWork>();
  #lastNumber = 100;
  readonly #listeners = new Set<(change: Change | null) => void>();
  readonly #followers = new Set<(batch: FeedBatch) => void>();
  #position: FeedCursor | null = null;

  constructor() {
    const position = () => this.#position;
    this.feed = {
      get position() {
        return position();
      },
      onChange: (listener) => {
        this.#listeners.add(listener);
        return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
      },
      follow: (listener) => {
        this.#followers.add(listener);
        this.#position ??= cursorBefore(this.horizon);
        return { [Symbol.dispose]: () => this.#followers.delete(listener) };
      },
    };
  }

  get horizon(): number {
    return Math.min(this.#lastNumber + 1, ...[...this.#open].map(({ number }) => number));
  }

  begin(): OpenWork {
    const work = { number: ++this.#lastNumber };
    this.#open.add(work);
    return work;
  }

  /** Commits one event of a job in this work, or in one of its own; `isTold`: a hint of it arrives. */
  commit(
    id: JobId,
    { work, status, isTold = true }: { work?: OpenWork; status?: JobStatus; isTold?: boolean },
  ) {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    const used = work ?? this.begin();
    this.#open.delete(used);
    job.seq += 1;
    job.status = status ?? job.status;
    job.position = Math.max(job.position, used.number);
    this.events.push(fakeEvent(job));
    this.events.sort((a, b) => compareCursors(cursorOf(a), cursorOf(b)));
    if (isTold) this.tell({ kind: 'events', id, owner: 'ada', seq: job.seq });
  }

  /** Ends a transaction that has done nothing. */
  rollBack(work: OpenWork): void {
    this.#open.delete(work);
  }

  tell(change: Change | null): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Tells the followers what lies below the horizon, at most so many events. */
  pump(limit: number): void {
    const from = this.#position;
    if (from === null) return;
    const { events, reached } = this.#page(from, limit);
    this.#position = reached;
    for (const follower of this.#followers) follower({ events, reached });
  }

  #page(after: FeedCursor, limit: number): FeedBatch {
    const below = this.events.filter(
      (event) => event.feed_position < this.horizon && compareCursors(cursorOf(event), after) > 0,
    );
    const events = below.slice(0, limit);
    const last = events.at(-1);
    if (below.length > limit && last !== undefined) return { events, reached: cursorOf(last) };
    const end = cursorBefore(this.horizon);
    return { events, reached: compareCursors(end, after) > 0 ? end : after };
  }

  /** Streams over this world; every query takes a turn of the event loop before and after it looks. */
  openRealtime(now: () => number, meter: ConstructorParameters<typeof Realtime>[0]['meter']): Realtime {
    const slow = async <T>(look: () => T): Promise<T> => {
      await new Promise((resolve) => setImmediate(resolve));
      const result = look();
      await new Promise((resolve) => setImmediate(resolve));
      return result;
    };
    return new Realtime({
      feed: this.feed,
      view: { formatTime: (time) => time.toISOString() },
      meter,
      log: { warn: () => undefined } as never,
      perUser: 1_000,
      now,
      queries: {
        findJobs: (ids) => slow(() => new Map(ids.map((id) => [id, this.#stored(id)]))),
        readJobs: (positions, limit) => slow(() => this.#after(positions, limit)),
        readFeed: (after, limit) => slow(() => this.#page(after, Math.min(limit, 3))),
        readPresent: () => slow(() => cursorBefore(this.horizon)),
        judgePosition: (after) => slow(() => (after.position > this.horizon ? 'ahead' : 'good')),
        findDeletions: () => slow(() => new Map()),
        filter: () => slow(() => new Set()),
        findHolders: () => slow(() => new Map()),
        findSystemChecks: () => slow(() => new Map()),
        listJobsSeenThrough: () => slow(() => []),
      },
    });
  }

  #after(positions: readonly JobPosition[], limit: number): FedEvent[] {
    return positions.flatMap(({ jobId, seq }) =>
      this.events
        .filter((event) => event.job_id === jobId && event.seq > seq)
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit),
    );
  }

  #stored(id: JobId): StoredJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    const { seq, status, position } = job;
    const row = { id, owner: 'ada', seq, status, visible: true, feed_position: position };
    return { job: row as StoredJob['job'], grants: [], archived: false };
  }
}

function fakeEvent({ id, seq, status, position }: Job): FedEvent {
  const date = new Date(0);
  return {
    job_id: id,
    seq,
    id: `${id}:${seq}` as FedEvent['id'],
    name: status,
    status,
    description: null,
    created_by: 'ada',
    created_at: date,
    data: null,
    feed_position: position,
    owner: 'ada',
    job_name: 'fake',
    app_id: 'noop-1.0',
    execution_system: 'local',
    job_created_at: date,
    visible: true,
    readers: [],
    transfer: null,
  };
}

import type { JobId } from '@arras/contract';
import type { Logger } from 'pino';
import { sendChanges } from '../database/change-channel.ts';
import type { Change, ChangeListener } from '../database/changes.ts';
import type { Db } from '../database/connection.ts';
import { cursorBefore, type FedEvent, type FeedCursor, readFeed, readPulse } from '../database/feed.ts';

// One object per process knows what is new. It hears of this process's own commits at once, of those of other processes
// through hints, and of everything through a regular look at the tables, which is all that correctness rests on.

/** Milliseconds between two looks at the tables when nothing is heard. */
const LOOK_EVERY_MS = 500;
/** How long after a look that saw no other process this process may trust its own knowledge alone. */
const ALONE_MS = 1_000;
/** How long a process waits between signing on and its first write, so that nobody trusts to be alone any more. */
export const SIGN_ON_MS = 1_500;
/** Milliseconds in which hints are gathered before the feed is read or others are told. */
const GATHER_MS = 10;
/** Events read at once. */
const PAGE = 500;

/** What a follower of the whole feed gets: events in the feed's order, then where the feed stands. */
export interface FeedBatch {
  readonly events: readonly FedEvent[];
  readonly reached: FeedCursor;
}

/** What is new, for caches, streams and dispatchers. */
export interface Feed {
  /** Hears of every change, of this process and of others. A `null` means that anything may have changed. */
  onChange(listener: (change: Change | null) => void): Disposable;
  /** Hears of changes of one job and of its transfers. */
  onJob(id: JobId, listener: (change: Change | null) => void): Disposable;
  /** Hears of every event below the horizon, in order, beginning at {@link Feed.position}. */
  follow(listener: (batch: FeedBatch) => void): Disposable;
  /** How far the followers have been told; null while nobody follows. */
  readonly position: FeedCursor | null;
  /**
   * Resolves when everything that was committed before the call is known; null when that is so already. Copies kept
   * since are then as good as the tables (P12).
   */
  catchUp(): Promise<void> | null;
  /** Whether other processes work on the same database, as far as known. */
  readonly hasCompany: boolean;
}

/** The feed of this process; `publish` takes what the database layer announces. */
export class LiveFeed implements Feed, AsyncDisposable {
  readonly #db: Db;
  readonly #replica: string;
  readonly #log: Logger;
  readonly #changeListeners = new Set<(change: Change | null) => void>();
  readonly #jobListeners = new Map<JobId, Set<(change: Change | null) => void>>();
  readonly #followers = new Set<(batch: FeedBatch) => void>();
  #position: FeedCursor | null = null;
  #reading: Promise<void> = Promise.resolve();
  #isReading = false;
  #readAgain = false;
  /** Last horizon seen; null before the first look. */
  #horizon: number | null = null;
  #hasCompany = true;
  /** Monotonic time at which the last good look was sent. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Monotonic time since which the horizon has not moved although there are events behind it. */
  #heldSince: number | null = null;
  #look: Promise<void> | null = null;
  #nextLook: Promise<void> | null = null;
  #unsent: Change[] = [];
  #sending: Promise<void> = Promise.resolve();
  #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(parts: { readonly db: Db; readonly replica: string; readonly log: Logger }) {
    this.#db = parts.db;
    this.#replica = parts.replica;
    this.#log = parts.log;
  }

  /** Looks for the first time and begins to look regularly. */
  async start(): Promise<void> {
    await this.#lookNow();
    this.#lookRegularly();
  }

  /** Takes what this process has just committed. */
  readonly publish: ChangeListener = (change) => {
    this.#tell(change);
    this.#unsent.push(change);
    if (this.#unsent.length === 1) this.#after(GATHER_MS, () => this.#send());
  };

  /** Takes what another process says that it has committed. */
  hear(changes: readonly Change[]): void {
    for (const change of changes) this.#tell(change);
  }

  /** Hints may have been missed: the next look finds what they were about. */
  lookSoon(): void {
    void this.#lookNow().catch(() => undefined);
  }

  get hasCompany(): boolean {
    return this.#hasCompany;
  }

  get position(): FeedCursor | null {
    return this.#position;
  }

  /**
   * Seconds for which an unfinished transaction has held up the feed over all jobs, for the metrics; 0 while none does.
   * Streams of single jobs are not held up.
   */
  heldSeconds(): number {
    return this.#heldSince === null ? 0 : (performance.now() - this.#heldSince) / 1000;
  }

  onChange(listener: (change: Change | null) => void): Disposable {
    this.#changeListeners.add(listener);
    return { [Symbol.dispose]: () => this.#changeListeners.delete(listener) };
  }

  onJob(id: JobId, listener: (change: Change | null) => void): Disposable {
    const listeners = this.#jobListeners.get(id) ?? new Set();
    this.#jobListeners.set(id, listeners);
    listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#jobListeners.delete(id);
      },
    };
  }

  follow(listener: (batch: FeedBatch) => void): Disposable {
    this.#followers.add(listener);
    if (this.#position === null && this.#horizon !== null) this.#position = cursorBefore(this.#horizon);
    return {
      [Symbol.dispose]: () => {
        this.#followers.delete(listener);
        if (this.#followers.size === 0) this.#position = null;
      },
    };
  }

  catchUp(): Promise<void> | null {
    const isAlone = !this.#hasCompany && performance.now() - this.#lookedAt < ALONE_MS;
    return isAlone ? null : this.#lookNow();
  }

  #tell(change: Change | null): void {
    for (const listener of this.#changeListeners) listener(change);
    if (change === null)
      for (const listeners of this.#jobListeners.values()) for (const listener of listeners) listener(null);
    else if (isAboutJob(change))
      for (const listener of this.#jobListeners.get(change.id) ?? []) listener(change);
    if (change === null || change.kind === 'events') this.#readSoon();
  }

  /** One look at a time; a call during one gets the next, whose snapshot is taken after the call. */
  #lookNow(): Promise<void> {
    if (this.#look === null) {
      this.#look = this.#lookOnce().finally(() => {
        this.#look = null;
      });
      return this.#look;
    }
    this.#nextLook ??= this.#look
      .catch(() => undefined)
      .then(() => {
        this.#nextLook = null;
        return this.#lookNow();
      });
    return this.#nextLook;
  }

  async #lookOnce(): Promise<void> {
    const sentAt = performance.now();
    const since = this.#horizon ?? 0;
    try {
      const pulse = await readPulse(this.#db, this.#replica, this.#horizon ?? Number.MAX_SAFE_INTEGER);
      const isFirst = this.#horizon === null;
      const isHeld = !isFirst && pulse.horizon === since && pulse.changed?.length !== 0;
      this.#heldSince = isHeld ? (this.#heldSince ?? sentAt) : null;
      this.#hasCompany = pulse.hasCompany;
      this.#horizon = pulse.horizon;
      this.#lookedAt = sentAt;
      if (isFirst || pulse.changed === null) this.#tell(null);
      else for (const { id, owner, seq } of pulse.changed) this.#tell({ kind: 'events', id, owner, seq });
      if (pulse.horizon > since) this.#readSoon();
    } catch (error) {
      // What is not known for sure is not trusted: see catchUp.
      this.#hasCompany = true;
      throw error;
    }
  }

  #lookRegularly(): void {
    this.#after(LOOK_EVERY_MS, () => {
      void this.#lookNow()
        .catch((error: unknown) => this.#log.warn({ err: error }, 'feed.look'))
        .finally(() => this.#lookRegularly());
    });
  }

  #readSoon(): void {
    if (this.#followers.size === 0) return;
    this.#readAgain = true;
    if (!this.#isReading) this.#reading = this.#readAll();
  }

  /** Between the last question whether to read again and the end of reading nothing else can run: no hint is lost. */
  async #readAll(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#readAgain && this.#followers.size > 0 && !this.#isStopped) {
        this.#readAgain = false;
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        await this.#readPages();
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'feed.read');
    } finally {
      this.#isReading = false;
    }
  }

  async #readPages(): Promise<void> {
    for (;;) {
      const from = this.#position;
      if (from === null) return;
      const { events, reached, isLast } = await readFeed(this.#db, from, PAGE);
      // Everybody may have left meanwhile, and others come.
      if (this.#position !== from) continue;
      this.#position = reached;
      for (const follower of this.#followers) follower({ events, reached });
      if (isLast) return;
    }
  }

  #send(): void {
    const changes = this.#unsent;
    this.#unsent = [];
    if (!this.#hasCompany) return;
    this.#sending = sendChanges(this.#db, this.#replica, dropRepeated(changes)).catch((error: unknown) =>
      this.#log.warn({ err: error }, 'feed.send'),
    );
  }

  #after(ms: number, work: () => void): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled([this.#sending, this.#look, this.#reading]);
  }
}

type AboutJob = Exclude<Change, { readonly kind: 'system' | 'tokens' | 'deliveries' }>;

function isAboutJob(change: Change): change is AboutJob {
  return change.kind !== 'system' && change.kind !== 'tokens' && change.kind !== 'deliveries';
}

/** Of several changes of one thing the last tells all. */
function dropRepeated(changes: readonly Change[]): Change[] {
  const last = new Map(
    changes.map((change) => [`${change.kind}:${'id' in change ? change.id : ''}`, change]),
  );
  return [...last.values()];
}

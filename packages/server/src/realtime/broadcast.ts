import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type FeedCursor, placeOf } from '../database/feed.ts';
import type { Feed, FeedBatch } from '../events/feed.ts';
import { Audience } from './audience.ts';
import { compareCursors } from './cursor.ts';
import type { FeedSession } from './feed-session.ts';
import { type JudgeSeams, judge, type Verdicts } from './judge.ts';
import { RecentEvents } from './recent-events.ts';

/** For how long the feed is followed after the last session has gone: they may all come back, in milliseconds. */
const LINGER_MS = 60_000;
/** After a change of rights, events that were read before it may still be on their way for this long, in milliseconds. */
const STALE_MS = 1_000;
/** Milliseconds before judging is tried again. */
const RETRY_MS = 500;

/** What the broadcast works with. */
export interface BroadcastSeams extends JudgeSeams {
  readonly feed: Pick<Feed, 'follow' | 'position'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

interface Following {
  readonly subscription: Disposable;
  position: FeedCursor;
  readonly recent: RecentEvents;
}

/** Offers what comes new in the feed to the live sessions of many jobs. */
export class Broadcast implements AsyncDisposable {
  readonly audience = new Audience();
  readonly #seams: BroadcastSeams;
  #following: Following | null = null;
  #batches: FeedBatch[] = [];
  #staleUntil = Number.NEGATIVE_INFINITY;
  #isWorking = false;
  #working: Promise<void> = Promise.resolve();
  #leaving: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(seams: BroadcastSeams) {
    this.#seams = seams;
  }

  /** Where the live sessions stand; follows the feed from now on if it did not. */
  get position(): FeedCursor {
    return this.#follow().position;
  }

  add(session: FeedSession): void {
    this.#follow();
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    this.#leaving = null;
    this.audience.add(session);
  }

  delete(session: FeedSession): void {
    this.audience.delete(session);
    if (this.audience.size > 0 || this.#isStopped) return;
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.#leave(), LINGER_MS);
  }

  /** Whether what comes after a place is still known here, so that it is a good place to go on from. */
  knows(position: FeedCursor): boolean {
    const { recent, position: reached } = this.#follow();
    return compareCursors(position, recent.from) >= 0 && compareCursors(position, reached) <= 0;
  }

  /**
   * Makes a session live if what it has missed is known here. All in one step: what comes later is offered to it.
   * False: it has to read from the tables first, or takes no more for now.
   */
  join(session: FeedSession): boolean {
    const { position, recent } = this.#follow();
    if (compareCursors(session.position, position) < 0) {
      if (session.scope.kind === 'search' || compareCursors(session.position, recent.from) < 0) return false;
      for (const event of recent.after(session.position)) {
        session.take(event, NOTHING_HIDDEN);
        if (!session.hasRoom) return false;
      }
      session.pass(position);
    }
    session.goLive();
    return true;
  }

  /** Somebody may read less or more than before: what was looked up earlier does not count any more. */
  forgetReaders(): void {
    const following = this.#following;
    following?.recent.clear(following.position);
    this.#staleUntil = this.#seams.now() + STALE_MS;
  }

  #follow(): Following {
    if (this.#following !== null) return this.#following;
    const subscription = this.#seams.feed.follow((batch) => this.#receive(batch));
    const { position } = this.#seams.feed;
    if (position === null) throw new Error('expected a feed that has been started');
    this.#following = { subscription, position, recent: new RecentEvents(position, this.#seams.now) };
    return this.#following;
  }

  #leave(): void {
    this.#leaving = null;
    this.#following?.subscription[Symbol.dispose]();
    this.#following = null;
    this.#batches = [];
  }

  #receive(batch: FeedBatch): void {
    this.#batches.push(batch);
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.#work();
  }

  async #work(): Promise<void> {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      try {
        const verdicts = await judge(this.#seams, batch.events, this.#scopes());
        // Otherwise nobody followed any more meanwhile.
        if (this.#batches[0] === batch) {
          this.#batches.shift();
          this.#offer(batch, verdicts);
        }
      } catch (error) {
        this.#seams.log.warn({ err: error }, 'stream.judge');
        await delay(RETRY_MS);
      }
    }
    // In the same step as the look that found no batch: the next one starts the work again.
    this.#isWorking = false;
  }

  *#scopes() {
    for (const session of this.audience) yield session.scope;
  }

  #offer({ events, reached }: FeedBatch, verdicts: Verdicts): void {
    const following = this.#following;
    if (following === null) return;
    const unjudged = this.#leaveUnjudged(verdicts);
    for (const event of events)
      for (const session of this.audience.concernedBy(event))
        if (session.isLive) session.take(event, verdicts);
    following.recent.push(events.filter((event) => !verdicts.hidden.has(placeOf(event))));
    following.position = reached;
    if (this.#seams.now() < this.#staleUntil) following.recent.clear(reached);
    for (const session of unjudged) session.resume();
  }

  /** A search that came while the batch was judged reads it from the tables. */
  #leaveUnjudged({ found }: Verdicts): readonly FeedSession[] {
    const isUnjudged = ({ isLive, scope }: FeedSession) =>
      isLive && scope.kind === 'search' && !found.has(scope.search.key);
    const unjudged = [...this.audience].filter(isUnjudged);
    for (const session of unjudged) session.fallBehind();
    return unjudged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    this.#leave();
    await this.#working;
  }
}

const NOTHING_HIDDEN: Verdicts = { hidden: new Set(), found: new Map() };

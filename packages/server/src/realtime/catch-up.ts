import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { FedEvent, FeedCursor } from '../database/feed.ts';
import { compareCursors } from './cursor.ts';
import type { FeedSession } from './feed-session.ts';
import { type JudgeSeams, judge, type Verdicts } from './judge.ts';

/** Events of one page. */
const PAGE = 500;
/** Pages read at the same time. */
const READERS = 2;
/** Milliseconds before a page that could not be read is tried again. */
const RETRY_MS = 500;
/** Sessions that are handed a page before others get a turn. */
const AT_ONCE = 100;

/** A page of the feed. */
export interface FeedPage {
  readonly events: readonly FedEvent[];
  readonly reached: FeedCursor;
}

/** What catching up works with. */
export interface CatchUpSeams extends JudgeSeams {
  readonly read: (after: FeedCursor, limit: number) => Promise<FeedPage>;
  /** Makes the session live if that is possible; see `Broadcast.join`. */
  readonly join: (session: FeedSession) => boolean;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Hands sessions of many jobs what they have missed, page by page. One session after the other gets a turn, and all that
 * stand within the page share it: a thousand streams that were cut at the same time cost a few pages.
 */
export class CatchUp implements AsyncDisposable {
  readonly #seams: CatchUpSeams;
  readonly #waiting = new Set<FeedSession>();
  readonly #readers = new Set<Promise<void>>();
  #running = 0;
  #isStopped = false;

  constructor(seams: CatchUpSeams) {
    this.#seams = seams;
  }

  /** Reads for the session until it is live, or takes no more. */
  add(session: FeedSession): void {
    if (!session.hasRoom || session.isLive || this.#seams.join(session) || !session.hasRoom) return;
    this.#waiting.add(session);
    if (this.#running >= READERS || this.#isStopped) return;
    this.#running += 1;
    const reader: Promise<void> = this.#readAll().finally(() => this.#readers.delete(reader));
    this.#readers.add(reader);
  }

  async #readAll(): Promise<void> {
    for (let first = this.#next(); first !== null; first = this.#next()) {
      try {
        await this.#readPage(first);
      } catch (error) {
        this.#seams.log.warn({ err: error }, 'stream.catch-up');
        await delay(RETRY_MS);
        this.add(first);
      }
    }
    // In the same step as the look that found nobody: who comes next starts a reader.
    this.#running -= 1;
  }

  #next(): FeedSession | null {
    const [first] = this.#waiting;
    if (first === undefined || this.#isStopped) return null;
    this.#waiting.delete(first);
    return first;
  }

  async #readPage(first: FeedSession): Promise<void> {
    const start = first.position;
    const page = await this.#seams.read(start, PAGE);
    const sharing = [first, ...this.#takeSharing(start, page.reached)];
    try {
      const verdicts = await judge(
        this.#seams,
        page.events,
        sharing.map(({ scope }) => scope),
      );
      for (const [index, session] of sharing.entries()) {
        if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
        hand(session, page, verdicts);
      }
    } finally {
      // Each goes on from where it stands, also when judging has failed.
      for (const session of sharing) this.add(session);
    }
  }

  /** Those among the waiting whose next events are on the page. */
  #takeSharing(start: FeedCursor, reached: FeedCursor): FeedSession[] {
    const sharing = [...this.#waiting].filter(
      ({ position }) => compareCursors(position, start) >= 0 && compareCursors(position, reached) < 0,
    );
    for (const session of sharing) this.#waiting.delete(session);
    return sharing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#readers);
  }
}

function hand(session: FeedSession, { events, reached }: FeedPage, verdicts: Verdicts): void {
  for (const event of events) {
    if (!session.hasRoom || session.isLive) return;
    session.take(event, verdicts);
  }
  if (session.hasRoom) session.pass(reached);
}

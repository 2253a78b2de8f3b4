import type { JobId } from '@arras/contract';
import type { Principal } from '../auth/authenticate.ts';
import { cursorOf, type FedEvent, type FeedCursor } from '../database/feed.ts';
import { isTerminal } from '../domain/lifecycle.ts';
import { compareCursors, renderCursor } from './cursor.ts';
import type { EventFrames } from './event-frames.ts';
import { END, feedStartFrame, HEARTBEAT, positionFrame, resetFrame } from './frame.ts';
import type { Verdicts } from './judge.ts';
import { covers, type Scope } from './scope.ts';
import { Session, type SessionKeeper } from './session.ts';
import type { Sink } from './sink.ts';

// A session of many jobs is live, or catching up. Live, it is offered each event as the process hears of it, and stands
// where the process stands. Catching up, it has a position of its own and is handed pages from there, until it stands
// where the process stands; the comparison and the switch are one synchronous step, so nothing falls between.

/** What sessions of many jobs work with. */
export interface FeedSessionSeams {
  readonly keeper: SessionKeeper;
  readonly frames: EventFrames;
  /** Hands the session what comes after its position, and makes it live at the end. */
  readonly catchUp: (session: FeedSession) => void;
  /** Where the process stands. */
  readonly livePosition: () => FeedCursor;
}

/** The events of many jobs in the order of the feed, each once. */
export class FeedSession extends Session {
  readonly kind = 'jobs';
  readonly scope: Scope;
  readonly #seams: FeedSessionSeams;
  /** Behind the last event that was taken; where a live session stands if that lies ahead of the process. */
  #position: FeedCursor;
  #isLive = false;
  /** Jobs that have not told their end, with the least number of the event that does; null: the stream has no end. */
  readonly #unended: Map<JobId, number> | null;

  constructor(
    seams: FeedSessionSeams,
    parts: {
      readonly viewer: Principal;
      readonly sink: Sink;
      readonly scope: Scope;
      readonly position: FeedCursor;
      /** Where the stream ends with its jobs: which of them have something to tell yet. */
      readonly unended: ReadonlyMap<JobId, number> | null;
    },
  ) {
    super(seams.keeper, parts);
    this.#seams = seams;
    this.scope = parts.scope;
    this.#position = parts.position;
    this.#unended = parts.unended === null ? null : new Map(parts.unended);
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get position(): FeedCursor {
    const live = this.#seams.livePosition();
    return this.#isLive && compareCursors(live, this.#position) > 0 ? live : this.#position;
  }

  /** Says where the stream begins, and why not where it was asked to. */
  start(reset: string | null): void {
    const cursor = renderCursor(this.#position);
    if (reset === null) this.write(feedStartFrame(cursor));
    else {
      this.write(feedStartFrame(cursor));
      this.write(resetFrame(reset, cursor));
    }
    if (this.#unended?.size === 0) this.#finish();
    else if (this.hasRoom) this.resume();
  }

  /** The session stands where the process stands, or ahead of it. */
  goLive(): void {
    this.#isLive = true;
  }

  /** Is live no more: it has to catch up from where it stands. */
  fallBehind(): void {
    this.#position = this.position;
    this.#isLive = false;
  }

  /** Takes an event of the feed, in order; the same one again is passed over. */
  take(event: FedEvent, verdicts: Verdicts): void {
    const cursor = cursorOf(event);
    if (compareCursors(cursor, this.#position) <= 0) return;
    this.#position = cursor;
    if (!covers(this.scope, this.viewer, event, verdicts)) return;
    this.writeEvent(this.#seams.frames.ofFeed(event));
    if (this.#countEnd(event)) this.#finish();
  }

  /** One of the stream's jobs is not shared with the viewer any more. */
  drop(id: JobId): void {
    if (this.#unended?.delete(id) !== true || this.#unended.size > 0) return;
    this.close('forbidden');
  }

  /** There is nothing more for the session up to this place. Only while it catches up. */
  pass(position: FeedCursor): void {
    if (!this.#isLive && compareCursors(position, this.#position) > 0) this.#position = position;
  }

  #countEnd({ job_id, seq, status, name }: FedEvent): boolean {
    const least = this.#unended?.get(job_id);
    if (least === undefined) return false;
    const isEnd = name === 'DELETED' || (isTerminal(status) && seq >= least);
    if (isEnd) this.#unended?.delete(job_id);
    return this.#unended?.size === 0;
  }

  #finish(): void {
    this.write(END);
    this.close('complete');
  }

  resume(): void {
    this.#seams.catchUp(this);
  }

  protected override onBlocked(): void {
    this.fallBehind();
  }

  /** A live stream without news says how far it is, so that it need not go far back when it resumes. */
  beat(): void {
    if (!this.hasRoom) return;
    this.write(this.#isLive ? positionFrame(renderCursor(this.position)) : HEARTBEAT);
  }
}

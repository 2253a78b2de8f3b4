import type { JobId } from '@arras/contract';
import type { Principal } from '../auth/authenticate.ts';
import { changedFrame, type Frame } from './frame.ts';
import { type EndReason, MAX_BLOCKED_MS, MAX_QUEUED_BYTES, type Sink } from './sink.ts';

// A session is one stream of one client, whatever carries it. It is open and reads; or blocked, because the client
// does not take what it is sent: then it reads nothing and keeps nothing, and goes on from its position once there is
// room; or closed. It never holds events in memory: what it has not written it reads again.

/** What all sessions of a process share. */
export interface SessionKeeper {
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
  /** The client takes nothing for now. */
  blocked(session: Session): void;
  /** It takes something again. */
  unblocked(session: Session): void;
  /** The session has come to its end; null: the client has left. */
  closed(session: Session, reason: EndReason | null): void;
  /** An event was written. */
  sent(): void;
}

/** Jobs told as changed once a slow client reads again; beyond, it has to look itself. */
const MAX_CHANGED = 1_000;

/** What the streams of one job and of many have in common. */
export abstract class Session {
  readonly viewer: Principal;
  /** For the metrics. */
  abstract readonly kind: 'job' | 'jobs';
  readonly #keeper: SessionKeeper;
  readonly #sink: Sink;
  #isOpen = true;
  #blockedAt: number | null = null;
  #changed: Set<JobId> | null = null;

  constructor(keeper: SessionKeeper, parts: { readonly viewer: Principal; readonly sink: Sink }) {
    this.#keeper = keeper;
    this.viewer = parts.viewer;
    this.#sink = parts.sink;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Open, and the client takes what it is sent. */
  get hasRoom(): boolean {
    return this.#isOpen && this.#blockedAt === null;
  }

  /** Reads on from the session's position. */
  abstract resume(): void;
  /** Gives a sign of life. */
  abstract beat(): void;

  /** The client can take more. */
  drained(): void {
    if (this.#blockedAt === null || !this.#isOpen) return;
    this.#blockedAt = null;
    this.#keeper.unblocked(this);
    const changed = this.#changed;
    this.#changed = null;
    for (const id of changed ?? []) this.tellChanged(id);
    if (this.hasRoom) this.resume();
  }

  /** Tells that something about a job changed that is no event. */
  tellChanged(id: JobId, frame: Frame = changedFrame(id)): void {
    if (this.hasRoom) this.write(frame);
    else if (this.#isOpen && (this.#changed?.size ?? 0) < MAX_CHANGED) {
      this.#changed ??= new Set();
      this.#changed.add(id);
    }
  }

  /** Cuts a client that has not read for too long. */
  cutIfStuck(): void {
    if (this.#blockedAt === null) return;
    const isStuck = this.#keeper.now() - this.#blockedAt > MAX_BLOCKED_MS;
    if (isStuck || this.#sink.queuedBytes > MAX_QUEUED_BYTES) this.close('slow');
  }

  /** The token does not count any more. */
  revoke(): void {
    this.close('revoked');
  }

  /** Ends the stream; null: the client has left, there is nobody to end it for. */
  close(reason: EndReason | null): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#keeper.closed(this, reason);
    if (reason !== null) this.#sink.end(reason);
  }

  /** False: the client takes nothing more for now. */
  protected write(frame: Frame): boolean {
    if (this.#sink.write(frame)) return true;
    if (this.#isOpen && this.#blockedAt === null) {
      this.#blockedAt = this.#keeper.now();
      this.onBlocked();
      this.#keeper.blocked(this);
    }
    return false;
  }

  /** The client takes nothing for now: from here on the session needs its own position. */
  protected onBlocked(): void {}

  protected writeEvent(frame: Frame): boolean {
    this.#keeper.sent();
    return this.write(frame);
  }
}

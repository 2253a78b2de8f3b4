import { setTimeout as delay } from 'node:timers/promises';
import type { JobId, JobStatus } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { acquireLease, renewLeases } from '../database/leases.ts';
import type { JobRow } from '../database/tables.ts';

/** A job this replica owns for now. */
export interface Lease {
  readonly job: JobRow;
  /** Aborts when the lease is lost, or when this process can no longer be sure of holding it. */
  readonly signal: AbortSignal;
  /** Throws {@link LeaseLost} when an irreversible step must not be taken any more. */
  check(): void;
}

/** Somebody else may own the job now: stop without writing anything. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

const RENEW_EVERY_MS = 3_000;
/**
 * Milliseconds on the monotonic clock after the last successful renewal was *sent* at which the process
 * fences itself: below the lease's 10 s, so that it stops before anybody else may begin (RELIABILITY R2).
 */
const FENCE_AFTER_MS = 7_000;
/**
 * Milliseconds a task waits for another of this process that holds the job. That one gives the job back in the
 * database a moment before it ends here, and the bell it rang for its successor must not be lost in between.
 */
const HANDOVER_MS = 1_000;

interface Held {
  readonly jobId: JobId;
  readonly epoch: number;
  readonly controller: AbortController;
  /** Resolves when this process has let go of the job. */
  readonly ended: Promise<void>;
  confirmedAt: number;
}

/**
 * Takes, renews and gives up leases on jobs. A lease is lost when a renewal does not confirm it or when no
 * renewal got through in time; both abort the work's signal.
 */
export class LeaseKeeper implements AsyncDisposable {
  readonly #db: Db;
  readonly #replica: string;
  readonly #monotonicMs: () => number;
  readonly #held = new Map<JobId, Held>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopping = new AbortController();
  #renewing = false;

  constructor(deps: { readonly db: Db; readonly replica: string; readonly monotonicMs: () => number }) {
    this.#db = deps.db;
    this.#replica = deps.replica;
    this.#monotonicMs = deps.monotonicMs;
    this.#timer = setInterval(() => void this.renew(), RENEW_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Runs `work` while holding the job; returns without running it when the job is not in one of the statuses
   * or somebody holds it, another task of this process included if it does not end soon.
   */
  async hold(
    jobId: JobId,
    statuses: readonly JobStatus[],
    work: (lease: Lease) => Promise<void>,
  ): Promise<void> {
    const deadline = this.#monotonicMs() + HANDOVER_MS;
    // Nothing may be awaited between the last look and taking the place.
    for (let holder = this.#held.get(jobId); holder; holder = this.#held.get(jobId)) {
      if (!(await this.#endsBefore(holder, deadline))) return;
    }
    const sentAt = this.#monotonicMs();
    const controller = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const placeholder: Held = { jobId, epoch: -1, controller, ended, confirmedAt: sentAt };
    this.#held.set(jobId, placeholder);
    try {
      const job = await acquireLease(this.#db, { jobId, replica: this.#replica, statuses });
      if (!job) return;
      const held: Held = { ...placeholder, epoch: job.epoch };
      this.#held.set(jobId, held);
      await work({ job, signal: controller.signal, check: () => this.#check(held) });
    } finally {
      this.#held.delete(jobId);
      end();
    }
  }

  async #endsBefore(holder: Held, deadline: number): Promise<boolean> {
    const leftMs = deadline - this.#monotonicMs();
    if (leftMs <= 0) return false;
    await Promise.race([holder.ended, delay(leftMs, undefined, { ref: false })]);
    return true;
  }

  #check(held: Held): void {
    if (this.#monotonicMs() - held.confirmedAt > FENCE_AFTER_MS) held.controller.abort(new LeaseLost());
    if (held.controller.signal.aborted) throw new LeaseLost(`the lease on job ${held.jobId} was lost`);
  }

  /** Renews every lease; called by the timer, and by tests. */
  async renew(): Promise<void> {
    this.#fenceStale();
    const held = [...this.#held.values()].filter(({ epoch }) => epoch >= 0);
    if (this.#renewing || held.length === 0) return;
    this.#renewing = true;
    const sentAt = this.#monotonicMs();
    try {
      const kept = await renewLeases(
        this.#db,
        this.#replica,
        held.map(({ jobId, epoch }) => ({ jobId, epoch })),
      );
      for (const lease of held) {
        if (kept.has(lease.jobId)) lease.confirmedAt = sentAt;
        else lease.controller.abort(new LeaseLost());
      }
    } catch {
      // The database is away: leases run out by the monotonic clock, which fenceStale turns into aborts.
    } finally {
      this.#renewing = false;
    }
  }

  #fenceStale(): void {
    const now = this.#monotonicMs();
    for (const lease of this.#held.values()) {
      if (now - lease.confirmedAt > FENCE_AFTER_MS) lease.controller.abort(new LeaseLost());
    }
  }

  /** Aborts with all work in hand: for work that is about no job. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborts all work in hand, so that a stopping process leaves at a safe point. */
  abortAll(reason: Error): void {
    this.#stopping.abort(reason);
    for (const lease of this.#held.values()) lease.controller.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }
}

import { forgiveInterruption, type JobPatch } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { classifyFailure } from '../domain/failure.ts';
import { MAX_ATTEMPTS, MAX_INTERRUPTIONS, retryDelayMs, waitAgainMs } from '../domain/retry.ts';
import { StorageError } from '../storage/storage.ts';
import type { EngineContext } from './context.ts';
import { reloadHeld } from './held-job.ts';
import { type Lease, LeaseLost } from './lease-keeper.ts';

const LONGEST_ASKED_MS = 3_600_000;

/** What becomes of an attempt at moving data that failed. */
export type AttemptVerdict =
  /** A host is away: the same attempt is made again later. */
  | { readonly kind: 'wait'; readonly reason: string; readonly delayMs: number; readonly patch: JobPatch }
  | { readonly kind: 'retry'; readonly reason: string; readonly delayMs: number; readonly patch: JobPatch }
  | { readonly kind: 'give-up'; readonly reason: string; readonly patch: JobPatch };

/** Which of a job's two attempts at moving data. */
export type AttemptColumn = 'staging_attempts' | 'archiving_attempts';

/** A failed attempt: the job as it is now, and what becomes of it. */
export interface FailedAttempt {
  readonly job: JobRow;
  readonly verdict: AttemptVerdict;
}

/**
 * Begins an attempt, or counts that the present one was cut short by the end of a process. `tooOften`: the job has been
 * in hand each time a process died, so its attempt counts as failed.
 */
export function countAttempt(
  job: JobRow,
  column: AttemptColumn,
  isInterrupted: boolean,
): { readonly attempt: number; readonly patch: JobPatch; readonly tooOften: boolean } {
  const attempt = job[column] + (isInterrupted ? 0 : 1);
  const interruptions = isInterrupted ? job.interruptions + 1 : 0;
  return {
    attempt,
    patch: { [column]: attempt, interruptions },
    tooOften: interruptions > MAX_INTERRUPTIONS,
  };
}

/** An attempt that died with its process again and again. */
export class TooManyInterruptions extends Error {
  override readonly name = 'TooManyInterruptions';
  constructor() {
    super(`the service ended ${MAX_INTERRUPTIONS + 1} times while it worked on this attempt`);
  }
}

/**
 * Decides what becomes of a failed attempt (spec/lifecycle.md section 6); null when the job is somebody else's by now. An
 * error because this process stops or has lost the job is thrown on.
 */
export async function judgeFailedAttempt(
  context: EngineContext,
  lease: Lease,
  column: AttemptColumn,
  error: unknown,
): Promise<FailedAttempt | null> {
  if (lease.signal.aborted || error instanceof LeaseLost) {
    // A process that is told to stop says so; one that dies cannot.
    if (!(lease.signal.reason instanceof LeaseLost || error instanceof LeaseLost))
      await forgiveInterruption(context.db, lease.job);
    throw error;
  }
  const job = await reloadHeld(context, lease);
  return job && { job, verdict: judgeAttempt(job, column, error) };
}

/** The same without looking at anything but the job. */
export function judgeAttempt(job: JobRow, column: AttemptColumn, error: unknown): AttemptVerdict {
  const { retry, reason } = classifyFailure(error);
  if (retry === 'unreachable') {
    const patch = { interruptions: 0, [column]: job[column] - 1, data_waits: job.data_waits + 1 };
    return { kind: 'wait', reason, delayMs: waitAgainMs(job.data_waits), patch };
  }
  const patch = { interruptions: 0, data_waits: 0 };
  if (retry === 'permanent' || job[column] >= MAX_ATTEMPTS) return { kind: 'give-up', reason, patch };
  return { kind: 'retry', reason, delayMs: Math.max(retryDelayMs(job[column]), askedDelayMs(error)), patch };
}

/** A server may say when to come again; one that says next year is not taken at its word. */
function askedDelayMs(error: unknown): number {
  const asked = error instanceof StorageError ? error.retryAfterMs : null;
  return Math.min(asked ?? 0, LONGEST_ASKED_MS);
}

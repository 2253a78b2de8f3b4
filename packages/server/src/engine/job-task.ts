import type { JobId, JobStatus } from '@arras/contract';
import { findJob } from '../database/jobs.ts';
import { releaseLease } from '../database/leases.ts';
import type { JobRow } from '../database/tables.ts';
import { isUnreachable } from '../domain/failure.ts';
import { MAX_FAULTS, retryDelayMs, WAIT_FOR_SYSTEM_MS } from '../domain/retry.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { type Lease, LeaseLost } from './lease-keeper.ts';

/** A task that moves one job. It may run twice, late, or when there is nothing to do: all harmless. */
export interface JobTask {
  /** Statuses in which there is something to do. */
  readonly statuses: readonly JobStatus[];
  readonly run: (context: EngineContext, lease: Lease) => Promise<void>;
}

/**
 * Runs a task on a job it can lease. What it throws never ends the job by itself: the job is looked at again
 * after a growing delay, and failed with the reason after {@link MAX_FAULTS} faults in a row (T17).
 */
export async function runJobTask(context: EngineContext, task: JobTask, jobId: JobId): Promise<void> {
  await context.leases.hold(jobId, task.statuses, async (lease) => {
    try {
      await task.run(context, lease);
    } catch (error) {
      await recordFault(context, lease, error);
    }
  });
}

async function recordFault(context: EngineContext, lease: Lease, error: unknown): Promise<void> {
  const { job } = lease;
  if (error instanceof LeaseLost || lease.signal.aborted) {
    context.log.warn({ jobId: job.id, status: job.status }, 'lease lost');
    return;
  }
  if (isUnreachable(error)) {
    // No fault of the job: it is looked at again until its system answers (P7).
    context.log.warn({ jobId: job.id, status: job.status, err: error }, 'job.system-unreachable');
    await releaseLease(context.db, job, { lookAfterMs: WAIT_FOR_SYSTEM_MS });
    return;
  }
  const faults = job.faults + 1;
  context.log.error({ jobId: job.id, status: job.status, faults, err: error }, 'job.fault');
  if (faults < MAX_FAULTS) {
    await releaseLease(context.db, job, { lookAfterMs: retryDelayMs(faults), faults });
    return;
  }
  const current = await findJob(context.db, job.id);
  if (current?.epoch === job.epoch) await giveUp(context, current, error);
}

async function giveUp(context: EngineContext, job: JobRow, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await context.transition({
    job,
    moves: [{ to: 'FAILED', description: `Job failed: the service could not go on with it: ${reason}` }],
    patch: { faults: MAX_FAULTS },
    by: SERVICE,
  });
}

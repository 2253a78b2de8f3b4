import { findJob } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { UnreadableAnswer } from '../execution/scheduler.ts';
import type { EngineContext } from './context.ts';
import { applyObservation } from './observe.ts';
import { trackedOf } from './targets.ts';

/** What became of a request to pause or resume. */
export type PauseResult =
  | { readonly kind: 'done'; readonly job: JobRow }
  /** The job's scheduler cannot suspend, or the job is not in a status in which that means anything. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Suspends or resumes a job's program and reports the status that was then *seen*, not the one hoped for.
 * Rejects with ShellUnreachable or UnreadableAnswer when the target cannot be asked.
 */
export async function suspendJob(
  context: EngineContext,
  job: JobRow,
  action: 'pause' | 'resume',
): Promise<PauseResult> {
  const from = action === 'pause' ? 'RUNNING' : 'PAUSED';
  if (job.status !== from)
    return { kind: 'impossible', reason: `only a ${from} job can ${action}, this one is ${job.status}` };
  const target = await context.targets.get(job.execution_system);
  const { suspend } = target.executor;
  if (suspend === null)
    return { kind: 'impossible', reason: `system ${target.systemId} cannot suspend jobs` };
  const tracked = trackedOf(target, job);
  const asked = await suspend(tracked, action);
  if (asked.kind === 'refused') return { kind: 'impossible', reason: asked.reason };
  // Whether it was done after all shows at the next look.
  if (asked.kind === 'unknown') throw new UnreadableAnswer(asked.reason);
  await applyObservation(context, target, job, await target.executor.reconcile(tracked));
  return { kind: 'done', job: (await findJob(context.db, job.id)) ?? job };
}

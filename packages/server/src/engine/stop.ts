import { findJob, requestStop } from '../database/jobs.ts';
import { queueTasks } from '../database/queue.ts';
import type { JobRow } from '../database/tables.ts';
import { isMonitored, isTerminal, lifecycleOf } from '../domain/lifecycle.ts';
import type { EngineContext } from './context.ts';
import { type Target, trackedOf } from './targets.ts';

/** Who asks for what end. */
export interface StopOrder {
  readonly to: 'STOPPED' | 'KILLED';
  /** The user who asks. */
  readonly by: string;
}

/** Times a job may move on while it is being stopped before the bell is left to finish the work. */
const MAX_RACES = 5;

/**
 * Stops a job. A job that has nothing on its target ends at once; one whose program runs is marked and ended
 * with proof by the task `cancel`. When this returns, nothing of the job will start any more (P9): a start
 * under way has either been called off by taking its claim, or has already happened. A job that has ended
 * stays as it is. Rejects with ShellUnreachable or UnreadableAnswer when a start under way could not be
 * called off; the request stands all the same.
 */
export async function stopJob(context: EngineContext, job: JobRow, order: StopOrder): Promise<JobRow> {
  if (isTerminal(job.status)) return job;
  let current = await requestStop(context.db, job.id, { to: order.to, reason: reasonOf(order) });
  for (let race = 0; race < MAX_RACES && current && !isTerminal(current.status); race += 1) {
    if (isMonitored(current.status)) return endProgram(context, current);
    const stopped = await endWithoutProgram(context, current, order);
    if (stopped) return stopped;
    current = await requestStop(context.db, job.id, { to: order.to, reason: reasonOf(order) });
  }
  return current ?? (await findJob(context.db, job.id)) ?? job;
}

function reasonOf(order: StopOrder): string {
  return order.to === 'KILLED'
    ? `Job execution killed at user request (${order.by})`
    : `Job stopped at the request of ${order.by}`;
}

async function endProgram(context: EngineContext, job: JobRow): Promise<JobRow> {
  await queueTasks(context.db, [{ task: 'cancel', subject: job.id }]);
  return job;
}

/** Ends a job that has no program yet, or none any more; null when it moved on meanwhile. */
async function endWithoutProgram(
  context: EngineContext,
  job: JobRow,
  order: StopOrder,
): Promise<JobRow | null> {
  if (lifecycleOf(job.status).onTarget) {
    const target = await context.targets.get(job.execution_system);
    if ((await callOffStart(target, job)) === 'started') {
      await queueTasks(context.db, [{ task: 'submit', subject: job.id }]);
      return job;
    }
  }
  return context.transition({
    job,
    moves: [{ to: order.to, description: job.stop_reason ?? undefined }],
    by: order.by,
    lease: 'fence',
  });
}

async function callOffStart(target: Target, job: JobRow): Promise<'fenced' | 'started'> {
  return job.try_number === 0 || job.work_path === null
    ? 'fenced'
    : target.executor.fence(trackedOf(target, job));
}

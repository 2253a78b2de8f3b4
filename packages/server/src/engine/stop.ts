import { findJob, requestStop } from '../database/jobs.ts';
import { queueTasks } from '../database/queue.ts';
import type { JobRow } from '../database/tables.ts';
import { isMonitored, isTerminal, lifecycleOf } from '../domain/lifecycle.ts';
import type { EngineContext } from './context.ts';
import { trackedOf } from './targets.ts';

/** Who asks for what end. */
export interface StopOrder {
  readonly to: 'STOPPED' | 'KILLED';
  /** The user who asks. */
  readonly by: string;
}

/** Times a job may move on while it is being stopped before the bell is left to finish the work. */
const MAX_RACES = 5;

/**
 * Stops a job. A job that has nothing on its target ends at once; one whose program runs is marked, signalled, and
 * ended with proof by the task `cancel`. When this returns, nothing of the job will start any more (P9): a start
 * under way has either been called off by taking its claim, or has already happened. A job that has ended
 * stays as it is. Rejects with ShellUnreachable or UnreadableAnswer when a start under way could not be
 * called off; the request stands all the same.
 */
export async function stopJob(context: EngineContext, job: JobRow, order: StopOrder): Promise<JobRow> {
  if (isTerminal(job.status)) return job;
  let current = await requestStop(context.db, job.id, { to: order.to, reason: reasonOf(order) });
  for (let race = 0; race < MAX_RACES && current && !isTerminal(current.status); race += 1) {
    const stopped = await stopOnce(context, current, order);
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

/** Ends a job at once, or has its program asked to end; null when the job moved on meanwhile. */
async function stopOnce(context: EngineContext, job: JobRow, order: StopOrder): Promise<JobRow | null> {
  if (lifecycleOf(job.status).onTarget && (await haltProgram(context, job)) === 'asked') {
    // A start that nobody has written down yet is adopted first; its end is proven afterwards.
    const task = isMonitored(job.status) ? 'cancel' : 'submit';
    await queueTasks(context.db, [{ task, subject: job.id }]);
    return job;
  }
  return context.transition({
    job,
    moves: [{ to: order.to, description: job.stop_reason ?? undefined }],
    by: order.by,
    lease: 'fence',
  });
}

/**
 * Sees to it that the program does not begin after this: its claim is taken, or, where a start has won it already,
 * the program is signalled before it is answered that it stops. A wrapper that has not come to its program yet is
 * killed, because it would still start it. A target that cannot be asked about a program that was accepted long ago
 * is asked again by the task.
 */
async function haltProgram(context: EngineContext, job: JobRow): Promise<'never' | 'asked'> {
  if (job.try_number === 0 || job.work_path === null) return 'never';
  const target = await context.targets.get(job.execution_system);
  const tracked = trackedOf(target, job);
  try {
    if ((await target.executor.fence(tracked)) === 'fenced') return 'never';
    const { state } = await target.executor.reconcile(tracked);
    await target.executor.cancel(tracked, state === 'starting' || job.stop_requested === 'KILLED');
  } catch (error) {
    if (!isMonitored(job.status)) throw error;
    context.log.warn({ jobId: job.id, err: error }, 'stop.unanswered');
  }
  return 'asked';
}

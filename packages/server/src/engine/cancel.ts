import { releaseLease } from '../database/leases.ts';
import { queueTasks } from '../database/queue.ts';
import type { JobRow } from '../database/tables.ts';
import type { EngineContext } from './context.ts';
import type { JobTask } from './job-task.ts';
import { isEnd } from './news.ts';
import { applyEnd, applyObservation } from './observe.ts';
import { type Target, trackedOf } from './targets.ts';

/** Milliseconds between two requests to end, until the end is proven. */
const ASK_AGAIN_MS = 1_000;

/**
 * Ends a program that was asked to stop: TERM, after the grace time KILL, again and again until its end is
 * proven (P9). The job keeps its status until then.
 */
export const cancel: JobTask = {
  statuses: ['QUEUED', 'RUNNING', 'PAUSED'],
  async run(context, lease) {
    const { job } = lease;
    if (job.stop_requested === null) {
      return releaseLease(context.db, job, { lookAfterMs: context.times.monitorEveryMs });
    }
    const target = await context.targets.get(job.execution_system);
    const tracked = trackedOf(target, job);
    const observation = await target.executor.reconcile(tracked);
    if (observation.state === 'absent' && !observation.started) return callOff(context, job, target);
    // One that started and is not seen any more has ended, or is late to say so: then it is asked about again.
    if (observation.state === 'absent' || isEnd(observation)) {
      const applied = await applyObservation(context, target, job, observation);
      return applied === 'moved' ? undefined : askAgain(context, job);
    }
    lease.check();
    await target.executor.cancel(tracked, isDueToForce(context, job));
    await askAgain(context, job);
  },
};

/** Nothing has started: the claim is taken so that nothing can. */
async function callOff(context: EngineContext, job: JobRow, target: Target): Promise<void> {
  if ((await target.executor.fence(trackedOf(target, job))) === 'started') return askAgain(context, job);
  await applyEnd(context, target, job, { kind: 'lost', reason: 'its start was called off' });
}

async function askAgain(context: EngineContext, job: JobRow): Promise<void> {
  await releaseLease(context.db, job, { lookAfterMs: ASK_AGAIN_MS * 2 });
  await queueTasks(context.db, [{ task: 'cancel', subject: job.id, delayMs: ASK_AGAIN_MS }]);
}

/** The grace time is measured on one host's clock against the database's: a wrong clock can only shorten or lengthen it. */
function isDueToForce(context: EngineContext, job: JobRow): boolean {
  if (job.stop_requested === 'KILLED') return true;
  const since = job.stop_requested_at?.getTime() ?? 0;
  return context.now().getTime() - since >= context.times.stopGraceMs;
}

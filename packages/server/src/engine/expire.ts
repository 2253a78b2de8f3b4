import { formatRunTime } from '@arras/contract';
import { hasExpired, requestStop } from '../database/jobs.ts';
import { releaseLease } from '../database/leases.ts';
import { queueTasks } from '../database/queue.ts';
import type { JobRow } from '../database/tables.ts';
import { isMonitored } from '../domain/lifecycle.ts';
import { SWEEP_AFTER_MS } from '../domain/tasks.ts';
import { SERVICE } from './context.ts';
import type { JobTask } from './job-task.ts';

/** Ends a job that has stayed too long where it is: the service gives it up, so it is FAILED with the reason. */
export const expire: JobTask = {
  statuses: [
    'PENDING',
    'PROCESSING_INPUTS',
    'STAGING_INPUTS',
    'STAGED',
    'RUNNING',
    'PAUSED',
    'CLEANING_UP',
    'ARCHIVING',
  ],
  async run(context, lease) {
    const { job } = lease;
    if (!(await hasExpired(context.db, job.id))) {
      return releaseLease(context.db, job, { lookAfterMs: SWEEP_AFTER_MS });
    }
    const reason = reasonOf(job);
    if (isMonitored(job.status)) {
      await requestStop(context.db, job.id, { to: 'FAILED', reason });
      await releaseLease(context.db, job, { lookAfterMs: SWEEP_AFTER_MS });
      await queueTasks(context.db, [{ task: 'cancel', subject: job.id }]);
      return;
    }
    await context.transition({ job, moves: [{ to: 'FAILED', description: reason }], by: SERVICE });
  },
};

function reasonOf(job: JobRow): string {
  if (isMonitored(job.status)) {
    const limit = job.max_run_time_seconds;
    return `Job failed: it ran longer than its maxRunTime${limit === null ? '' : ` of ${formatRunTime(limit)}`}.`;
  }
  return `Job failed: it stayed in ${job.status} longer than the service waits. Last message: ${job.last_message ?? 'none'}`;
}

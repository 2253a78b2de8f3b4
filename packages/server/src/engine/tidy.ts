import { markWorkRemoved } from '../database/jobs.ts';
import type { JobTask } from './job-task.ts';

/** Removes the work directory of a job whose output is in its archive, whole and verified (P11). */
export const tidy: JobTask = {
  statuses: ['FINISHED', 'FAILED'],
  async run(context, lease) {
    const { job } = lease;
    if (job.work_removed_at === null && job.work_path !== null) {
      const target = await context.targets.get(job.execution_system);
      await target.storage.remove(job.work_path);
    }
    await markWorkRemoved(context.db, job);
  },
};

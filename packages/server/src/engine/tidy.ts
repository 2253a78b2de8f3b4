import { appendJobEvents, markWorkRemoved } from '../database/jobs.ts';
import { classifyFailure } from '../domain/failure.ts';
import { MAX_FAULTS } from '../domain/retry.ts';
import { type EngineContext, SERVICE } from './context.ts';
import type { JobTask } from './job-task.ts';
import type { Lease } from './lease-keeper.ts';

/**
 * Removes the work directory of a job whose output is in its archive, whole and verified (P11), or which never came to
 * have any. One that cannot be removed, such as for files that the program gave to another account, is left and told of.
 */
export const tidy: JobTask = {
  statuses: ['FINISHED', 'FAILED'],
  async run(context, lease) {
    const { job } = lease;
    if (job.work_removed_at !== null || job.work_path === null) return markWorkRemoved(context.db, job);
    const target = await context.targets.get(job.execution_system);
    lease.check();
    try {
      await target.storage.remove(job.work_path);
    } catch (error) {
      if (!isHopeless(lease, error)) throw error;
      return leaveIt(context, lease, error);
    }
    await markWorkRemoved(context.db, job);
  },
};

function isHopeless({ job }: Lease, error: unknown): boolean {
  const { retry } = classifyFailure(error);
  return retry === 'permanent' || (retry === 'temporary' && job.faults + 1 >= MAX_FAULTS);
}

async function leaveIt({ db, newId, log }: EngineContext, { job }: Lease, error: unknown): Promise<void> {
  log.warn({ jobId: job.id, err: error }, 'tidy.given-up');
  const description = `The work directory could not be removed and stays: ${classifyFailure(error).reason}`;
  await appendJobEvents(db, job.id, [
    {
      id: newId('jobEvent'),
      name: 'UPDATED',
      status: job.status,
      description,
      inHistory: true,
      transferId: null,
      createdBy: SERVICE,
    },
  ]);
  await markWorkRemoved(db, job);
}

import { findJob } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import type { EngineContext } from './context.ts';
import type { Lease } from './lease-keeper.ts';

/** The job as it is now, or null when it is no longer ours. */
export async function reloadHeld(context: EngineContext, lease: Pick<Lease, 'job'>): Promise<JobRow | null> {
  const job = await findJob(context.db, lease.job.id);
  return job?.epoch === lease.job.epoch ? job : null;
}

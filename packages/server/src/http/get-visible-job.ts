import { ApiError, type JobId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { findVisibleJob } from '../database/jobs.ts';
import type { Viewer } from '../database/systems.ts';
import type { JobRow } from '../database/tables.ts';

/** The job, if it is the viewer's and not hidden. Throws the one error that says nothing about which it was (S1). */
export async function getVisibleJob(db: Db, viewer: Viewer, id: JobId): Promise<JobRow> {
  const job = await findVisibleJob(db, viewer, id);
  if (job === null) throw new ApiError('job.not-found');
  return job;
}

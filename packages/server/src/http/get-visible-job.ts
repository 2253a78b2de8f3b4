import { ApiError, type JobId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import type { Viewer } from '../database/systems.ts';
import type { JobRow } from '../database/tables.ts';
import { findVisibleJob } from '../database/visible-jobs.ts';

/**
 * The job, if the viewer may read it: it is theirs, or shared with them. Throws the one error that says nothing about
 * whether it exists to those it is not shared with (S1).
 */
export async function getVisibleJob(db: Db, viewer: Viewer, id: JobId): Promise<JobRow> {
  const { job, mayRead } = await getSharedJob(db, viewer, id);
  if (mayRead) return job;
  throw new ApiError('access.forbidden', { message: 'You need the permission READ on this job.' });
}

/** The job, if the viewer may act on it and change its permissions. Throws ApiError. */
export async function getChangeableJob(db: Db, viewer: Viewer, id: JobId): Promise<JobRow> {
  const { job, mayWrite } = await getSharedJob(db, viewer, id);
  if (mayWrite) return job;
  throw new ApiError('access.forbidden', { message: 'You need the permission WRITE on this job.' });
}

async function getSharedJob(db: Db, viewer: Viewer, id: JobId) {
  const found = await findVisibleJob(db, viewer, id);
  if (found === null) throw new ApiError('job.not-found');
  return found;
}

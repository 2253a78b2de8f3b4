import { ApiError, type JobId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import type { StoredJob } from '../database/stored-jobs.ts';
import type { Viewer } from '../database/systems.ts';
import type { JobRow } from '../database/tables.ts';
import { findVisibleJob, type VisibleJob } from '../database/visible-jobs.ts';
import { judgeJobAccess } from '../domain/job-access.ts';

/**
 * The job, if the viewer may read it: it is theirs, or shared with them. Throws the one error that says nothing about
 * whether it exists to those it is not shared with (S1).
 */
export async function getVisibleJob(db: Db, viewer: Viewer, id: JobId): Promise<JobRow> {
  return requireRead(await findVisibleJob(db, viewer, id));
}

/** As {@link getVisibleJob}, of a job that has been read with its permissions. */
export function getReadableJob(viewer: Viewer, { job, grants }: StoredJob): JobRow {
  const verdict = judgeJobAccess(viewer, job, grants);
  return requireRead(verdict === null ? null : { job, ...verdict });
}

/** The job, if the viewer may act on it and change its permissions. Throws ApiError. */
export async function getChangeableJob(db: Db, viewer: Viewer, id: JobId): Promise<JobRow> {
  const { job, mayWrite } = requireShared(await findVisibleJob(db, viewer, id));
  if (mayWrite) return job;
  throw new ApiError('access.forbidden', { message: 'You need the permission WRITE on this job.' });
}

function requireRead(found: VisibleJob | null): JobRow {
  const { job, mayRead } = requireShared(found);
  if (mayRead) return job;
  throw new ApiError('access.forbidden', { message: 'You need the permission READ on this job.' });
}

function requireShared(found: VisibleJob | null): VisibleJob {
  if (found === null) throw new ApiError('job.not-found');
  return found;
}

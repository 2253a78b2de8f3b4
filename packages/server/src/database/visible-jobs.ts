import type { JobId } from '@arras/contract';
import { type JobVerdict, judgeJobAccess } from '../domain/job-access.ts';
import type { Db } from './connection.ts';
import { findStoredJobs } from './stored-jobs.ts';
import type { Viewer } from './systems.ts';
import type { JobRow } from './tables.ts';

/** A job with what its viewer may do with it. */
export interface VisibleJob extends JobVerdict {
  readonly job: JobRow;
}

/** The job unless it is hidden, or neither the viewer's nor shared with them; admins see every one. */
export async function findVisibleJob(db: Db, viewer: Viewer, id: JobId): Promise<VisibleJob | null> {
  const stored = (await findStoredJobs(db, [id])).get(id);
  const verdict = stored === undefined ? null : judgeJobAccess(viewer, stored.job, stored.grants);
  return stored === undefined || verdict === null ? null : { job: stored.job, ...verdict };
}

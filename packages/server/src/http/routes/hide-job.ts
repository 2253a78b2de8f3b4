import { ApiError, type JobId } from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import { findStoredJobs } from '../../database/stored-jobs.ts';
import type { Viewer } from '../../database/systems.ts';
import type { JobRow } from '../../database/tables.ts';
import { judgeJobAccess } from '../../domain/job-access.ts';
import { deleteJob, restoreJob } from '../../events/record.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableJob } from '../get-visible-job.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';
import { renderOneJob } from '../views/one-job.ts';

export const hideJob: Handler<'hideJob'> = async ({ context, viewer, params }) => {
  const job = await getChangeableJob(context.db, viewer, params.id);
  return answer(await renderOneJob(context, await hide(context, viewer, job)));
};

export const unhideJob: Handler<'unhideJob'> = async ({ context, viewer, params }) => {
  const job = await getJobToRestore(context, viewer, params.id);
  const shown = job.visible ? job : await restore(context, viewer, job);
  return answer(await renderOneJob(context, shown));
};

/** Takes a job out of every listing; whatever it does goes on. */
export async function hide(context: HttpContext, viewer: Viewer, job: JobRow): Promise<JobRow> {
  const { newId } = context;
  const isHidden = await inTransaction(context.db, (tx) =>
    deleteJob(tx, { jobId: job.id, by: viewer.username, newId, job }),
  );
  // Somebody else was faster.
  if (!isHidden) throw new ApiError('job.not-found');
  return { ...job, visible: false };
}

/** Brings a hidden job back. */
export async function restore(context: HttpContext, viewer: Viewer, job: JobRow): Promise<JobRow> {
  const { newId } = context;
  await inTransaction(context.db, (tx) => restoreJob(tx, { by: viewer.username, newId, job }));
  return { ...job, visible: true };
}

/** The job, hidden or not, if the viewer could act on it were it visible. Throws ApiError. */
export async function getJobToRestore({ db }: HttpContext, viewer: Viewer, id: JobId): Promise<JobRow> {
  const stored = (await findStoredJobs(db, [id])).get(id);
  const verdict = stored && judgeJobAccess(viewer, { ...stored.job, visible: true }, stored.grants);
  if (!stored || !verdict) throw new ApiError('job.not-found');
  if (verdict.mayWrite) return stored.job;
  throw new ApiError('access.forbidden', { message: 'You need the permission WRITE on this job.' });
}

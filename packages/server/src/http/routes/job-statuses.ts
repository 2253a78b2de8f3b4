import { type JobId, type JobStatusView, jobIdSchema } from '@arras/contract';
import type { StoredJob } from '../../database/stored-jobs.ts';
import type { Viewer } from '../../database/systems.ts';
import { judgeJobAccess } from '../../domain/job-access.ts';
import { isMonitored } from '../../domain/lifecycle.ts';
import { surroundingsOf } from '../../events/job-surroundings.ts';
import { renderJobStatus } from '../../events/job-view.ts';
import type { HttpContext } from '../context.ts';
import type { Handler } from '../handler.ts';
import { maxAgeMs } from '../polling/copy-age.ts';
import { answer } from '../reply.ts';

/** Ids of no job, of jobs of others, and of shared jobs that may not be read look the same (S1). */
export const showJobStatuses: Handler<'showJobStatuses'> = async ({ context, viewer, body }) => {
  await context.feed.catchUp();
  const found = await Promise.all(body.ids.map((id) => findReadable(context, viewer, id)));
  const jobs = await Promise.all(
    found.flatMap((stored) => (stored === null ? [] : [render(context, stored)])),
  );
  return answer({ jobs, missing: body.ids.filter((_, index) => found[index] === null) });
};

async function findReadable(
  { polling }: HttpContext,
  viewer: Viewer,
  asked: string,
): Promise<StoredJob | null> {
  const id = jobIdSchema.safeParse(asked);
  if (!id.success) return null;
  const stored = await findStored(polling, id.data);
  if (stored === null) return null;
  return judgeJobAccess(viewer, stored.job, stored.grants)?.mayRead === true ? stored : null;
}

function findStored(
  { jobs }: HttpContext['polling'],
  id: JobId,
): StoredJob | null | Promise<StoredJob | null> {
  return jobs.find(jobs.entry(id));
}

async function render(
  context: HttpContext,
  { job, archived }: StoredJob,
): Promise<Omit<JobStatusView, '_links'>> {
  const age = maxAgeMs({ hasCompany: context.feed.hasCompany, hasEnded: !isMonitored(job.status) });
  const system = isMonitored(job.status)
    ? await context.polling.systems.find(job.execution_system, age)
    : null;
  const { _links, ...status } = renderJobStatus(context, job, surroundingsOf(system, archived));
  return status;
}

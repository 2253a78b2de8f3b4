import { listVisibleJobs } from '../../database/visible-jobs.ts';
import { findSurroundings } from '../../events/job-surroundings.ts';
import { renderJob, renderJobSummary } from '../../events/job-view.ts';
import type { Handler } from '../handler.ts';
import { readOrder } from '../read-order.ts';
import { answer } from '../reply.ts';
import { readPresentation } from '../send-reply.ts';

/** The fields a listing of jobs can be ordered by, and their columns. */
const JOB_ORDER = {
  lastUpdated: 'last_updated',
  lastModified: 'last_updated',
  created: 'created_at',
  name: 'name',
  status: 'status',
} as const;

/** With `filter` the rows are full jobs, so that every field can be chosen (spec/conventions.md 3.2). */
export const listJobs: Handler<'listJobs'> = async ({ context, viewer, query, raw }) => {
  const jobs = await listVisibleJobs(context.db, viewer.username, {
    limit: query.limit,
    offset: query.offset,
    orderBy: 'last_updated',
    order: 'desc',
    ...readOrder(query, JOB_ORDER),
  });
  const surroundingsOf = await findSurroundings(context.db, jobs);
  const isFull = readPresentation(raw.request).filter !== null;
  return answer(
    jobs.map((job) =>
      isFull
        ? renderJob(context, job, surroundingsOf(job))
        : renderJobSummary(context, job, surroundingsOf(job)),
    ),
  );
};

import { isRecord, JOB_STATUSES, MAX_COUNTED_JOBS } from '@arras/contract';
import { countVisibleJobs } from '../../database/count-jobs.ts';
import type { Handler } from '../handler.ts';
import { readJobSearch } from '../read-job-search.ts';
import { refuseBadPattern } from '../read-search.ts';
import { answer } from '../reply.ts';

/** How many jobs a listing has, by status. */
export const countJobs: Handler<'countJobs'> = async ({ context, viewer, raw }) => {
  const given = isRecord(raw.request.query) ? raw.request.query : {};
  const { terms } = await readJobSearch(context, viewer, given);
  const most = MAX_COUNTED_JOBS;
  const counts = await countVisibleJobs(context.db, viewer, { terms, most }).catch(refuseBadPattern);
  const byStatus = new Map(counts.map(({ status, count }) => [status, count] as const));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const statuses = JOB_STATUSES.flatMap((status) => {
    const count = byStatus.get(status);
    return count === undefined ? [] : [{ status, count }];
  });
  return answer({ total, complete: total < most, statuses });
};

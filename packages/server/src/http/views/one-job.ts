import type { JobView } from '@arras/contract';
import type { JobRow } from '../../database/tables.ts';
import { findSurroundings } from '../../events/job-surroundings.ts';
import { renderJob } from '../../events/job-view.ts';
import type { HttpContext } from '../context.ts';

/** One job in full, with what is read beside it. */
export async function renderOneJob(context: HttpContext, job: JobRow): Promise<JobView> {
  const surroundingsOf = await findSurroundings(context.db, [job]);
  return renderJob(context, job, surroundingsOf(job));
}

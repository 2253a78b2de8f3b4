import type { JobId } from '@arras/contract';
import type { Db } from './connection.ts';

/** Those of the jobs whose whole output has reached its archive. A finished job is not one when archiving failed. */
export async function findArchivedJobs(db: Db, ids: readonly JobId[]): Promise<ReadonlySet<JobId>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('job_events')
    .select('job_id')
    .distinct()
    .where('job_id', 'in', [...ids])
    .where('name', '=', 'ARCHIVING_FINISHED')
    .execute();
  return new Set(rows.map((row) => row.job_id));
}

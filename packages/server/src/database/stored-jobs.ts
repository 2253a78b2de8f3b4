import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import type { JobGrant } from '../domain/job-access.ts';
import type { Db } from './connection.ts';
import type { JobRow } from './tables.ts';

/** A job with what decides who may see it and where its output is. */
export interface StoredJob {
  readonly job: JobRow;
  readonly grants: readonly JobGrant[];
  /** The whole output has reached its archive. */
  readonly archived: boolean;
}

/** The jobs with these ids, hidden or not, in one query. Who may see them is for `judgeJobAccess` to say. */
export async function findStoredJobs(db: Db, ids: readonly JobId[]): Promise<ReadonlyMap<JobId, StoredJob>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('jobs')
    .selectAll('jobs')
    .select([
      sql<JobGrant[] | null>`(
        select jsonb_agg(jsonb_build_object('username', p.username, 'can_read', p.can_read, 'can_write', p.can_write))
        from job_permissions p
        where p.job_id = jobs.id)`.as('grants'),
      sql<boolean>`jobs.archive and exists (
        select from job_events e where e.job_id = jobs.id and e.name = 'ARCHIVING_FINISHED')`.as('archived'),
    ])
    .where('jobs.id', '=', sql<JobId>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(
    rows.map(({ grants, archived, ...job }) => [job.id, { job, grants: grants ?? [], archived }] as const),
  );
}

import type { JobId, JobStatus } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** A job that somebody has to look at now although nobody rang. */
export interface DueJob {
  readonly id: JobId;
  readonly status: JobStatus;
  readonly execution_system: string;
  readonly stop_requested: string | null;
  readonly expired: boolean;
}

/**
 * Jobs whose time has come and which nobody holds (R2: finds all due work even when every queue row is lost).
 * Each is put off a little, so that several replicas sweeping at once share the work.
 */
export async function claimDueJobs(db: Db, limit: number): Promise<DueJob[]> {
  const { rows } = await sql<DueJob>`
    with due as (
      select id
      from jobs
      where (next_at <= clock_timestamp() or deadline_at <= clock_timestamp())
        and lease_until <= clock_timestamp()
      order by least(next_at, deadline_at)
      limit ${limit}
      for update skip locked
    )
    update jobs
    set next_at = clock_timestamp() + interval '5 seconds'
    from due
    where jobs.id = due.id
    returning jobs.id, jobs.status, jobs.execution_system, jobs.stop_requested,
      coalesce(jobs.deadline_at <= clock_timestamp(), false) as expired`.execute(db);
  return rows;
}

import type { JobSearchTerm, JobStatus } from '@arras/contract';
import { sql } from 'kysely';
import { type Db, PLANNED_EACH_TIME } from './connection.ts';
import { allParts, ownParts, searchesAll } from './list-parts.ts';
import type { Viewer } from './systems.ts';

/** Jobs of one status. */
export interface StatusCount {
  readonly status: JobStatus;
  readonly count: number;
}

/**
 * How many of the jobs that `listVisibleJobs` lists for the terms have each status, among the first `most` that are
 * found: which ones these are is left to the database.
 */
export async function countVisibleJobs(
  db: Db,
  viewer: Viewer,
  { terms, most }: { readonly terms: readonly JobSearchTerm[]; readonly most: number },
): Promise<readonly StatusCount[]> {
  const parts = searchesAll(viewer, terms) ? allParts(terms) : ownParts(viewer.username, terms);
  const selects = parts.map(
    ({ conditions }) => sql`(select jobs.status from jobs where ${sql.join([...conditions], sql` and `)})`,
  );
  const planning = terms.length === 0 ? sql`` : sql.raw(PLANNED_EACH_TIME);
  const { rows } = await sql<StatusCount>`${planning}
    select status, count(*)::integer as count
    from (
      select status
      from (${sql.join(selects, sql` union all `)}) parts
      limit ${most}
    ) counted
    group by status`.execute(db);
  return rows;
}

import type { SystemRequest } from '@arras/contract';
import { findArchivedJobs } from '../database/archived-jobs.ts';
import type { Db } from '../database/connection.ts';
import { findSystemChecks } from '../database/system-checks.ts';
import { findSystem } from '../database/systems.ts';
import type { JobRow } from '../database/tables.ts';
import type { JobSurroundings } from './job-view.ts';

/** An execution system as stored: written by the system routes from a parsed request, never by hand. */
export type StoredExecutionSystem = Extract<SystemRequest, { type: 'EXECUTION' }>;

/**
 * Reads what the views of some jobs need beside the rows: one query for the archives, one for
 * the looks at systems, one for each system.
 */
export async function findSurroundings(
  db: Db,
  jobs: readonly JobRow[],
): Promise<(job: JobRow) => JobSurroundings> {
  const archived = await findArchivedJobs(
    db,
    jobs.filter((job) => job.archive).map((job) => job.id),
  );
  const ids = [...new Set(jobs.map((job) => job.execution_system))];
  const systems = new Map(await Promise.all(ids.map(async (id) => [id, await findSystem(db, id)] as const)));
  const checks = await findSystemChecks(db, ids);
  return (job) => {
    const definition = systems.get(job.execution_system)?.definition as unknown as
      | StoredExecutionSystem
      | undefined;
    return {
      archived: archived.has(job.id),
      executionType: definition?.executionType ?? 'CLI',
      schedulerType: definition?.scheduler ?? 'FORK',
      check: checks.get(job.execution_system) ?? null,
    };
  };
}

import type { JobView, SystemRequest } from '@arras/contract';
import { findArchivedJobs } from '../database/archived-jobs.ts';
import type { Db } from '../database/connection.ts';
import { findShownSystems, type ShownSystem } from '../database/execution-systems.ts';
import type { JobRow } from '../database/tables.ts';
import type { JobSurroundings } from './job-view.ts';

/** An execution system as stored: written by the system routes from a parsed request, never by hand. */
export type StoredExecutionSystem = Extract<SystemRequest, { type: 'EXECUTION' }>;

/** What the views of some jobs need beside the rows: one query for the archives, one for the systems. */
export async function findSurroundings(
  db: Db,
  jobs: readonly JobRow[],
): Promise<(job: JobRow) => JobSurroundings> {
  const archived = await findArchivedJobs(
    db,
    jobs.filter((job) => job.archive).map((job) => job.id),
  );
  const systems = await findShownSystems(db, [...new Set(jobs.map((job) => job.execution_system))]);
  return (job) => surroundingsOf(systems.get(job.execution_system) ?? null, archived.has(job.id));
}

/** The surroundings of a job on this system; null: the system is not known any more. */
export function surroundingsOf(system: ShownSystem | null, archived: boolean): JobSurroundings {
  return {
    archived,
    executionType: (system?.executionType ?? 'CLI') as JobView['executionType'],
    schedulerType: system?.scheduler ?? 'FORK',
    check: system?.check ?? null,
  };
}

import { sql } from 'kysely';
import type { Db } from '../../packages/server/src/database/connection.ts';

/** A job for searches: what a test says of it, the rest alike. */
export interface SearchedJob {
  readonly name: string;
  readonly owner?: string;
  readonly app_id?: string;
  readonly execution_system?: string;
  readonly batch_queue?: string | null;
  readonly status?: string;
  readonly created_at?: string;
  readonly start_time?: string | null;
  readonly end_time?: string | null;
  readonly last_updated?: string;
  readonly node_count?: number;
  readonly memory_per_node_gb?: number | null;
  readonly max_run_time_seconds?: number;
  readonly archive?: boolean;
  readonly visible?: boolean;
  readonly last_message?: string;
  readonly submit_attempts?: number;
  readonly work_path?: string;
  readonly local_id?: string;
  readonly inputs?: object;
}

const DEFAULTS = {
  owner: 'ada',
  app_id: 'plot-1.0',
  app_uuid: '174000000000000000-00000000-0001-005',
  app_revision: 1,
  execution_system: 'exec',
  batch_queue: 'normal',
  node_count: 1,
  processors_per_node: 1,
  archive: false,
  inputs: {},
  parameters: {},
  status: 'FINISHED',
  seq: 1,
  created_at: '2026-03-01T12:00:00.123456Z',
} as const;

/** The id that {@link addSearchedJobs} gives to the job of this number. */
export function searchedJobId(number: number): string {
  return `1740000000000000${String(number).padStart(2, '0')}-0000abcd-0001-007`;
}

/** Stores jobs as they are, past all rules; the first gets the number 1. */
export async function addSearchedJobs(db: Db, jobs: readonly SearchedJob[], first = 1): Promise<void> {
  const rows = jobs.map((job, index) => {
    const row = { ...DEFAULTS, id: searchedJobId(first + index), ...job };
    return { submit_time: row.created_at, last_updated: row.created_at, ...row };
  });
  for (const row of rows) {
    const columns = Object.keys(row).map((name) => sql.ref(name));
    const values = Object.values(row).map((value) =>
      typeof value === 'object' && value !== null ? sql`${JSON.stringify(value)}::jsonb` : sql`${value}`,
    );
    await sql`insert into jobs (${sql.join(columns)}) values (${sql.join(values)})`.execute(db);
  }
}

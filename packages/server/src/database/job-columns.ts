import { JOB_SEARCH_FIELDS, type JobSearchFieldName } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';

/** Says where a field that can be searched is found; replaces the column of a job. */
export type FieldColumns = Partial<Readonly<Record<JobSearchFieldName, RawBuilder<unknown>>>>;

/** Whole seconds between two times, null while one of them is not known. */
function seconds(from: RawBuilder<unknown>, until: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`floor(extract(epoch from ${until} - ${from}))`;
}

/**
 * What each field is in the table of jobs, under the name that the statement gives it. Indexes are on these
 * expressions as they stand.
 */
export function jobColumns(table: string): Readonly<Record<JobSearchFieldName, RawBuilder<unknown>>> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${table}.${name}`);
  return {
    id: column('id'),
    name: column('name'),
    owner: column('owner'),
    appId: column('app_id'),
    executionSystem: column('execution_system'),
    batchQueue: column('batch_queue'),
    tenantQueue: sql`''::text`,
    status: column('status'),
    errorMessage: sql`case when ${column('status')} = 'FAILED' then ${column('last_message')} end`,
    archive: column('archive'),
    archiveOnAppError: column('archive_on_app_error'),
    archiveSystem: column('archive_system'),
    archivePath: column('archive_path'),
    // As `jobSubdirectory` makes it, below whatever directory of the system.
    outputPath: sql`substring(${column('work_path')} from '[^/]*/[^/]*$')`,
    localId: column('local_id'),
    inputs: sql`${column('inputs')}::text`,
    parameters: sql`${column('parameters')}::text`,
    visible: column('visible'),
    created: column('created_at'),
    lastUpdated: column('last_updated'),
    submitTime: column('submit_time'),
    startTime: column('start_time'),
    endTime: column('end_time'),
    nodeCount: column('node_count'),
    processorsPerNode: column('processors_per_node'),
    // Shown as -1, "no limit".
    memoryPerNode: sql`coalesce(${column('memory_per_node_gb')}, -1)`,
    maxRunTime: column('max_run_time_seconds'),
    maxHours: sql`${column('max_run_time_seconds')} / 3600.0`,
    runTime: seconds(column('start_time'), column('end_time')),
    wallTime: seconds(column('created_at'), column('end_time')),
    retries: sql`greatest(0, ${column('submit_attempts')} - 1)`,
    remoteStatusChecks: column('remote_status_checks'),
    failedStatusChecks: column('failed_status_checks'),
    blockedCount: sql`0::integer`,
    charge: sql`null::double precision`,
  };
}

/** Fields whose texts are stored in one case only, and compared as they are. */
const ONE_CASE: ReadonlySet<JobSearchFieldName> = new Set(['id', 'owner', 'status']);

/** A text that compares without regard to case. */
export function foldedText(field: JobSearchFieldName, column: RawBuilder<unknown>): RawBuilder<unknown> {
  return ONE_CASE.has(field) ? column : sql`lower(${column})`;
}

/** Fields that every job has: their order needs no place for missing values. */
const ALWAYS_THERE: ReadonlySet<JobSearchFieldName> = new Set([
  ...(['id', 'name', 'owner', 'appId', 'executionSystem', 'status', 'created', 'lastUpdated'] as const),
  ...(['submitTime', 'nodeCount', 'processorsPerNode', 'archive', 'visible'] as const),
]);

/** What jobs are ordered by: texts in any case, jobs without a value at the end. */
export interface SortKey {
  readonly key: RawBuilder<unknown>;
  readonly direction: RawBuilder<unknown>;
}

/** The order by a field; `id` has to follow it, in the same direction, so that it is total. */
export function jobSortKey(field: JobSearchFieldName, order: 'asc' | 'desc', table: string): SortKey {
  const column = jobColumns(table)[field];
  const isText = JOB_SEARCH_FIELDS[field].type === 'text';
  const end = ALWAYS_THERE.has(field) ? sql`` : sql` nulls last`;
  return {
    key: isText ? foldedText(field, column) : column,
    direction: order === 'asc' ? sql`asc${end}` : sql`desc${end}`,
  };
}

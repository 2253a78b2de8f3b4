import { JOB_STATUSES, type JobStatus } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import { isTerminal } from '../domain/lifecycle.ts';

/** Columns of jobs that are times, as JSON text in a snapshot. */
const TIME_COLUMNS = [
  'created_at',
  'last_updated',
  'submit_time',
  'start_time',
  'remote_ended',
  'end_time',
  'work_removed_at',
  'stop_requested_at',
  'lease_until',
  'next_at',
  'deadline_at',
  'absent_since',
  'last_status_check',
  'estimated_start',
  'account_until',
] as const satisfies readonly (keyof JobRow)[];

/**
 * The job as it was at one event. The snapshot is the row as the event's transaction left it; several events may have
 * committed together, so status, message and the times that later ones set are put back to what this event meant.
 */
export function reviveJob(
  snapshot: Readonly<Record<string, unknown>>,
  event: { readonly status: JobStatus; readonly description: string | null },
): JobRow {
  const times = TIME_COLUMNS.map((column) => [column, reviveTime(snapshot[column])]);
  // A row of `jobs` that PostgreSQL itself turned to JSON.
  const row = { ...snapshot, ...Object.fromEntries(times) } as JobRow;
  return {
    ...row,
    status: event.status,
    last_message: event.description ?? row.last_message,
    start_time: hasReached(event.status, 'RUNNING') ? row.start_time : null,
    remote_ended: hasReached(event.status, 'CLEANING_UP') ? row.remote_ended : null,
    end_time: isTerminal(event.status) ? row.end_time : null,
    end_cause: hasReached(event.status, 'CLEANING_UP') ? row.end_cause : null,
  };
}

function reviveTime(value: unknown): Date | null {
  return typeof value === 'string' ? new Date(value) : null;
}

/** Ends can follow any status: then the row's own times tell what was reached. */
function hasReached(status: JobStatus, milestone: JobStatus): boolean {
  return isTerminal(status) || JOB_STATUSES.indexOf(status) >= JOB_STATUSES.indexOf(milestone);
}

import { JOB_STATUSES, type JobStatus, STATUS_LOOKS } from '@arras/contract';

/** True once nothing more can happen to a job of this status. */
export function hasEnded(status: JobStatus): boolean {
  return STATUS_LOOKS[status].phase === 'done' && !status.startsWith('ARCHIVING');
}

/** Statuses after which nothing more happens. */
export const END_STATUSES: readonly JobStatus[] = JOB_STATUSES.filter(hasEnded);

import { hasEnded } from '@arras/client';
import {
  type HistoryEntry,
  JOB_EVENT_DESCRIPTIONS,
  JOB_STATUSES,
  type JobStatus,
  type JobView,
} from '@arras/contract';

/** An event of a job, as its history tells of it. */
export interface LiveEvent {
  readonly job: JobView;
  readonly entry: HistoryEntry;
  /** Its number among the job's events. */
  readonly seq: number;
}

/** The job's first event, which the history leaves out (the guide's history begins with PENDING). */
export function createdEntry(job: JobView): HistoryEntry {
  const description = JOB_EVENT_DESCRIPTIONS.CREATED;
  return { created: job.created, createdBy: job.owner, status: 'CREATED', description };
}

/** The status that a job has after an entry; other events than changes of status leave it as it was. */
export function statusAfter(entry: HistoryEntry, before: JobStatus): JobStatus {
  return JOB_STATUSES.find((status) => status === entry.status) ?? before;
}

/**
 * The job as it was at an event: what later events have changed is put back, as in the body of a delivery. Only what
 * the job itself can tell; its links are those of now.
 */
export function jobAtEvent(job: JobView, status: JobStatus, description: string | undefined): JobView {
  const { message: _, ...rest } = job;
  const lastMessage = description ?? job.lastStatusMessage;
  return {
    ...rest,
    status,
    ...(status === 'FAILED' && { message: lastMessage ?? '' }),
    lastStatusMessage: lastMessage,
    ...(!hasReached(status, 'RUNNING') && { startTime: null, started: null, remoteStarted: null }),
    ...(!hasReached(status, 'CLEANING_UP') && { remoteEnded: null, remoteOutcome: null }),
    ...(!hasEnded(status) && { endTime: null, ended: null }),
  };
}

/** Ends can follow any status: then the job's own times tell what was reached. */
function hasReached(status: JobStatus, milestone: JobStatus): boolean {
  return hasEnded(status) || JOB_STATUSES.indexOf(status) >= JOB_STATUSES.indexOf(milestone);
}

import { hasEnded } from '@arras/client';
import { JOB_STATUSES, type JobEvent, type JobStatus, type JobView } from '@arras/contract';

/** An event, and the job as it was then. */
export interface LiveEvent {
  readonly event: JobEvent;
  readonly job: JobView;
}

/**
 * The job as it was at an event: what later events have changed is put back, as in the body of a delivery. Only what
 * the job itself can tell; its links are those of now.
 */
export function jobAtEvent(
  job: JobView,
  { seq, status, description }: Pick<JobEvent, 'seq' | 'status' | 'description'>,
): JobView {
  const { message: _, ...rest } = job;
  const lastMessage = description ?? job.lastStatusMessage;
  return {
    ...rest,
    seq,
    status,
    ...(status === 'FAILED' && { message: lastMessage ?? '' }),
    lastStatusMessage: lastMessage,
    ...(!hasReached(status, 'RUNNING') && { startTime: null, started: null, remoteStarted: null }),
    ...(!hasReached(status, 'CLEANING_UP') && { remoteEnded: null, remoteOutcome: null, endCause: null }),
    ...(status !== 'QUEUED' && { waiting: null }),
    ...(!hasEnded(status) && { endTime: null, ended: null, report: null }),
  };
}

/** Ends can follow any status: then the job's own times tell what was reached. */
function hasReached(status: JobStatus, milestone: JobStatus): boolean {
  return hasEnded(status) || JOB_STATUSES.indexOf(status) >= JOB_STATUSES.indexOf(milestone);
}

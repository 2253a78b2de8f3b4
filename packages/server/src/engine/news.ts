import type { WatchedJob } from '../database/looks.ts';
import type { Observation } from '../execution/scheduler.ts';

/** Observations after which a try's records on the target are history. */
export function isEnd({ state }: Observation): boolean {
  return state === 'ended' || state === 'lost' || state === 'fenced';
}

/**
 * Whether an observation may change the job's status or what is remembered of its absence. Statuses only go forward
 * (R7): a scheduler that shows a started job as waiting has forgotten something, and changes nothing. Why a job waits is
 * told elsewhere.
 */
export function isNews(job: Pick<WatchedJob, 'status' | 'absent_count'>, observation: Observation): boolean {
  switch (observation.state) {
    case 'ended':
    case 'lost':
    case 'fenced':
    case 'absent':
      return true;
    case 'running':
      return job.status !== 'RUNNING' || job.absent_count > 0;
    case 'paused':
      return job.status !== 'PAUSED' || job.absent_count > 0;
    case 'queued':
    case 'starting':
      return job.absent_count > 0;
  }
}

/**
 * Job events that subscribers of the execution system hear, with the names they hear (spec/lifecycle.md 8.3). The
 * original tells JOB_CREATED at PENDING because it has no CREATED; but a job can be PENDING more than once.
 */
export const MIRRORED_SYSTEM_EVENTS: ReadonlyMap<string, string> = new Map([
  ['CREATED', 'JOB_CREATED'],
  ['QUEUED', 'JOB_QUEUED'],
  ['RUNNING', 'JOB_RUNNING'],
  ['PAUSED', 'JOB_PAUSED'],
  ['FINISHED', 'JOB_FINISHED'],
  ['FAILED', 'JOB_FAILED'],
  ['STOPPED', 'JOB_STOPPED'],
]);

/** Job events that subscribers of the app hear. */
export const MIRRORED_APP_EVENTS: ReadonlyMap<string, string> = new Map([['CREATED', 'JOB_CREATED']]);

import { z } from 'zod';

/**
 * The job statuses of the guide's Table 2, in the order in which a job passes them, each with the guide's
 * sentence. These are stored in `jobs.status`.
 */
export const JOB_STATUS_DESCRIPTIONS = {
  PENDING: 'Job accepted and queued for submission.',
  PROCESSING_INPUTS: 'Identifying input files for staging',
  STAGING_INPUTS: 'Transferring job input data to execution system',
  STAGED: 'Job inputs staged to execution system',
  SUBMITTING: 'Preparing job for execution and staging binaries to execution system',
  STAGING_JOB: 'Job inputs staged to execution system',
  QUEUED: 'Job successfully placed into queue',
  RUNNING: 'Job started running',
  PAUSED: 'Job execution paused by user',
  CLEANING_UP: 'Job completed execution',
  ARCHIVING: 'Transferring job output to archive system',
  ARCHIVING_FINISHED: 'Job archiving complete',
  ARCHIVING_FAILED: 'Job archiving failed',
  FINISHED: 'Job complete',
  KILLED: 'Job execution killed at user request',
  STOPPED: 'Job execution intentionally stopped',
  FAILED: 'Job failed',
} as const;

/** A status a job can have. */
export type JobStatus = keyof typeof JOB_STATUS_DESCRIPTIONS;

/** All statuses, in progressive order. */
export const JOB_STATUSES = Object.keys(JOB_STATUS_DESCRIPTIONS) as readonly JobStatus[];

export const jobStatusSchema = z.enum(JOB_STATUSES as [JobStatus, ...JobStatus[]]);

/**
 * The names of the guide's Table 2 that are events but never a stored status (DECISIONS: "Statuses").
 * The guide prints "The job was updated" for CREATED, a slip that is part of its text and therefore kept.
 */
export const JOB_RECORD_EVENT_DESCRIPTIONS = {
  CREATED: 'The job was updated',
  UPDATED: 'The job was updated',
  DELETED: 'The job was deleted',
  PERMISSION_GRANT: 'User permission was granted',
  PERMISSION_REVOKE: 'Permission was removed for a user on this job',
  HEARTBEAT: 'Job heartbeat received',
} as const;

/** Every event name of Table 2 with its sentence: 23 of them. */
export const JOB_EVENT_DESCRIPTIONS = {
  ...JOB_RECORD_EVENT_DESCRIPTIONS,
  ...JOB_STATUS_DESCRIPTIONS,
} as const;

/** An event name of the guide's Table 2. */
export type JobEventName = keyof typeof JOB_EVENT_DESCRIPTIONS;

/** Literal texts of the guide's history example. Clients and tests compare them byte for byte. */
export const HISTORY_TEXTS = {
  stagingAttempt: (attempt: number) => `Attempt ${attempt} to stage job inputs`,
  identifyingInputs: 'Identifying input files for staging',
  stagingInput: (uri: string) => `Staging ${uri} to remote job directory`,
  copyInProgress: 'Copy in progress',
  preparing: 'Preparing job for submission.',
  submitAttempt: (attempt: number) => `Attempt ${attempt} to submit job`,
  finishedWithoutArchive: 'Job completed. Skipping archiving at user request.',
  finished: 'Job completed successfully.',
} as const;

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

/** Events of systems themselves, with their sentences (spec: systems-apps-files 1.4). */
export const SYSTEM_EVENT_DESCRIPTIONS = {
  CREATED: 'The system was registered',
  UPDATED: 'The system was changed',
  DELETED: 'The system was deleted',
  ENABLED: 'The system takes jobs',
  DISABLED: 'The system takes no more jobs',
  ERASED: 'The system was deleted with its credentials and roles',
  PUBLISH: 'The system is public',
  UNPUBLISH: 'The system is no longer public',
  ROLES_GRANT: 'A user was given a role on the system',
  ROLES_REVOKE: 'A role on the system was taken from a user',
  QUEUE_CREATE: 'A queue was added to the system',
  QUEUE_UPDATE: 'A queue of the system was changed',
  QUEUE_DELETE: 'A queue was removed from the system',
  UPDATE_CREDENTIAL: 'Credentials of the system were replaced',
  REMOVE_CREDENTIAL: 'Credentials of the system were removed',
  CLEAR_CREDENTIALS: 'All credentials of the system were removed',
  STATUS_UPDATE: 'The system does not answer any more, or answers again',
} as const;

/** Events of apps themselves. */
export const APP_EVENT_DESCRIPTIONS = {
  CREATED: 'The app was registered',
  UPDATED: 'The app was changed',
  DELETED: 'The app was deleted',
  ENABLED: 'The app can be run',
  DISABLED: 'The app can no longer be run',
  PUBLISHED: 'The app is public',
  REPUBLISHED: 'The app is public again',
  UNPUBLISHED: 'The app is no longer public',
  CLONED: 'The app was cloned',
  PERMISSION_GRANT: 'A user was given a permission on the app',
  PERMISSION_REVOKE: 'A permission on the app was taken from a user',
} as const;

/** Events of subscriptions themselves (spec: notifications 13). */
export const NOTIFICATION_EVENT_DESCRIPTIONS = {
  CREATED: 'The subscription was made',
  UPDATED: 'The subscription was changed',
  DELETED: 'The subscription was deleted',
  DISABLED: 'The subscription was switched off',
  FAILURE: 'An event could not be delivered and was parked',
  FORCED_ATTEMPT: 'A message was sent on demand',
} as const;

/** Events of files and directories (spec: systems-apps-files 3). */
export const FILE_EVENT_DESCRIPTIONS = {
  CREATED: 'It was made',
  OVERWRITTEN: 'Its content was replaced',
  MOVED: 'It was moved',
  RENAME: 'It got another name',
  DELETED: 'It was deleted',
  STAGING_QUEUED: 'Its content waits to be fetched',
  STAGING: 'Its content is being fetched',
  STAGING_COMPLETED: 'Its content is complete',
  STAGING_FAILED: 'Its content could not be fetched',
  UPLOAD: 'A file was uploaded into the directory',
  CONTENT_CHANGE: 'Something in the directory is different',
  PERMISSION_GRANT: 'A user was given a permission',
  PERMISSION_REVOKE: 'A permission was taken from a user',
} as const;

/** An event of a file or directory. */
export type FileEventName = keyof typeof FILE_EVENT_DESCRIPTIONS;

/** Job events that subscribers of the job's system and app hear, under these names (spec: lifecycle 8.3). */
export const MIRRORED_EVENT_NAMES = [
  'JOB_CREATED',
  'JOB_QUEUED',
  'JOB_RUNNING',
  'JOB_FINISHED',
  'JOB_FAILED',
  'JOB_STOPPED',
  'JOB_PAUSED',
] as const;

/** The name of a program's own event that does not say one (spec: jobs 9.2). */
export const DEFAULT_CUSTOM_EVENT = 'JOB_RUNTIME_CALLBACK_EVENT';

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(JOB_EVENT_DESCRIPTIONS),
  ...Object.keys(SYSTEM_EVENT_DESCRIPTIONS),
  ...Object.keys(APP_EVENT_DESCRIPTIONS),
  ...Object.keys(NOTIFICATION_EVENT_DESCRIPTIONS),
  ...MIRRORED_EVENT_NAMES,
]);

/** True for names that only the service may give to an event; programs inside jobs may use all others. */
export function isReservedEventName(name: string): boolean {
  return RESERVED_NAMES.has(name.toUpperCase());
}

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

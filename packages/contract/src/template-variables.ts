/**
 * Variables for URLs of webhooks and for mail addresses, written `${NAME}`: what a subscription to a job may use,
 * each with its sentence. The first thirteen and their sentences are the guide's Table 3.
 */
export const GUIDE_JOB_VARIABLES = {
  UUID: 'The UUID of the job',
  EVENT: 'The event which occurred',
  JOB_STATUS: 'The status of the job at the time the event occurs',
  JOB_URL: 'The url of the job within the API',
  JOB_ID: 'The unique id used to reference the job within Tapis.',
  JOB_SYSTEM: 'ID of the job execution system (ex. ssh.execute.example.com)',
  JOB_NAME: 'The user-supplied name of the job',
  JOB_START_TIME: 'The time when the job started running in ISO8601 format.',
  JOB_END_TIME: 'The time when the job stopped running in ISO8601 format.',
  JOB_SUBMIT_TIME:
    'The time when the job was submitted to Tapis for execution by the user in ISO8601 format.',
  JOB_ARCHIVE_PATH: 'The path on the archive system where the job output will be staged.',
  JOB_ARCHIVE_URL: 'The Tapis URL for the archived data.',
  JOB_ERROR: 'The error message explaining why a job failed. Null if completed successfully.',
} as const;

/** Variables of a job that existing clients use beside the guide's (spec: notifications 9.2). */
export const FURTHER_JOB_VARIABLES = {
  OWNER: 'The user who caused the event',
  JOB_OWNER: 'The user who owns the job',
  JOB_TENANT: 'The name of the deployment',
  JOB_APP_ID: 'The id of the app',
  JOB_APPID: 'Same as JOB_APP_ID',
  APP_ID: 'Same as JOB_APP_ID',
  JOB_EXECUTION_SYSTEM: 'Same as JOB_SYSTEM',
  JOB_BATCH_QUEUE: 'The queue of the job; empty without one',
  JOB_LOCAL_ID: 'The batch or process id on the execution system; empty before the job has one',
  JOB_NODE_COUNT: 'The number of nodes',
  JOB_PROCESSORS_PER_NODE: 'The number of processors on each node',
  JOB_MEMORY_PER_NODE: 'The memory on each node in GB; -1 without a limit',
  JOB_MAX_RUNTIME: 'The longest run time as HH:MM:SS; empty without a limit',
  JOB_MAX_RUNTIME_MILLISECONDS: 'The longest run time in milliseconds; empty without a limit',
  JOB_INPUTS: 'The inputs as JSON',
  JOB_PARAMETERS: 'The parameters as JSON',
  JOB_CREATED: 'The time when the job was accepted in ISO8601 format',
  JOB_STARTTIME: 'Same as JOB_START_TIME',
  JOB_ENDTIME: 'Same as JOB_END_TIME',
  JOB_SUBMITTIME: 'Same as JOB_SUBMIT_TIME',
  JOB_OUTPUT_PATH: 'The work directory on the execution system; empty before staging',
  JOB_ARCHIVE: 'true when the output is archived, else false',
  JOB_ARCHIVE_SYSTEM: 'The id of the archive system; empty when the output is not archived',
  JOB_ARCHIVEPATH: 'Same as JOB_ARCHIVE_PATH',
  JOB_ARCHIVEURL: 'Same as JOB_ARCHIVE_URL',
  JOB_JSON: 'The job object as JSON',
  PERMISSION_ID: 'The user whose permission changed; empty at other events',
  PERMISSION_USERNAME: 'Same as PERMISSION_ID',
  PERMISSION_PERMISSION: 'The permission that the user has now; empty at other events',
  PERMISSION_LASTUPDATED: 'The time of the change in ISO8601 format; empty at other events',
  PERMISSION_JSON: 'The change of the permission as JSON; empty at other events',
  RAW_JSON: 'The body of the call as text',
} as const;

const JOB_VARIABLES = { ...GUIDE_JOB_VARIABLES, ...FURTHER_JOB_VARIABLES } as const;

/** Variables of subscriptions to a subscription itself (spec: notifications 13). */
const NOTIFICATION_VARIABLES = {
  UUID: 'The UUID of the subscription',
  EVENT: 'The event which occurred',
  OWNER: 'The user who caused the event',
  USERNAME: 'The user who owns the subscription',
  URL: 'The address the subscription calls, as given, without its password',
  STATUS: 'The status of the subscription',
  CREATED: 'The time when the subscription was made in ISO8601 format',
  LAST_UPDATED: 'The time when the subscription last changed in ISO8601 format',
  ASSOCIATED_ID: 'The UUID of the resource whose events it waits for',
  ATTEMPTS: 'The attempts made for the oldest event that could not be delivered',
  RESPONSE_CODE: 'The code of the last of these attempts; empty without one',
  RAW_JSON: 'The body of the call as text',
} as const;

/** Variables of subscriptions to a file or directory (spec: notifications 9). */
const FILE_VARIABLES = {
  UUID: 'The UUID of the file',
  EVENT: 'The event which occurred',
  OWNER: 'The user who caused the event',
  TYPE: 'file or dir',
  FORMAT: 'raw or folder',
  PATH: 'The path, beginning with a slash',
  SYSTEM: 'The id of the system',
  RAW_JSON: 'The body of the call as text',
} as const;

// The events that apps and systems mirror are about a job, so its variables may be used there; they are empty at the
// resource's own events.
const APP_VARIABLES = { ...JOB_VARIABLES, UUID: 'The UUID of the app', APP_ID: 'The id of the app' } as const;
const SYSTEM_VARIABLES = {
  ...JOB_VARIABLES,
  UUID: 'The UUID of the system',
  SYSTEM_ID: 'The id of the system',
} as const;

/** The variables of each kind of resource; `any` is a subscription to every resource. */
export const TEMPLATE_VARIABLES = {
  job: JOB_VARIABLES,
  app: APP_VARIABLES,
  system: SYSTEM_VARIABLES,
  file: FILE_VARIABLES,
  notification: NOTIFICATION_VARIABLES,
  any: {
    ...NOTIFICATION_VARIABLES,
    ...FILE_VARIABLES,
    ...SYSTEM_VARIABLES,
    UUID: 'The UUID of the resource',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** A kind of resource whose events can be subscribed to. */
export type TemplateKind = keyof typeof TEMPLATE_VARIABLES;

/** A variable of one kind of resource. */
export type TemplateVariable<Kind extends TemplateKind> = keyof (typeof TEMPLATE_VARIABLES)[Kind] & string;

/** Values of all variables of a kind; what is missing at an event is the empty text. */
export type TemplateValues<Kind extends TemplateKind> = Readonly<Record<TemplateVariable<Kind>, string>>;

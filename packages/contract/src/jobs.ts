import { z } from 'zod';
import { linkSchema, linksSchema, timestampSchema } from './envelope.ts';
import { expected } from './expectation.ts';
import { jobEventIdSchema, jobIdSchema } from './ids.ts';
import { jobStatusSchema } from './job-status-schema.ts';
import { flag, word } from './scalars.ts';
import { notificationPolicySchema } from './subscriptions.ts';

const time = timestampSchema.nullable();
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/**
 * As of when a status is known, and from where. What the service does itself it knows at once; what a program does it
 * learns by looking at the execution system, whose jobs keep their last known status while it cannot be reached.
 */
export const freshnessSchema = z.object({
  asOf: timestampSchema.describe('The status was seen to be true at this time.'),
  source: z
    .enum(['service', 'executionSystem'])
    .describe('Who knows: the service itself, or the system it looks at.'),
  reachable: z.boolean().describe('False while the execution system does not answer.'),
  message: z.string().optional().describe('Why it does not, and since when.'),
});

/** As of when a status is known, and from where. */
export type Freshness = z.infer<typeof freshnessSchema>;

/** Why a job waits in its queue, in the scheduler's word and in ours. */
export const waitingSchema = z.object({
  reason: z
    .string()
    .nullable()
    .describe("The scheduler's own word, such as Priority; null: it has said none."),
  category: z
    .enum([
      ...(['resources', 'priority', 'limit-that-clears', 'never-starts', 'held'] as const),
      ...(['node-trouble', 'unknown'] as const),
    ])
    .describe('What kind of wait it is.'),
  sentence: z.string(),
  action: z.string().optional().describe('What the owner can do; absent: wait.'),
  estimatedStart: timestampSchema
    .optional()
    .describe('When the scheduler expects to start it; it may move. Absent: no estimate.'),
  similar: z
    .object({
      count: z.int().describe('Jobs that it was measured on, at most 50.'),
      shortestSeconds: z.int(),
      medianSeconds: z.int(),
      longestSeconds: z.int(),
    })
    .optional()
    .describe('How long the last jobs waited in this queue of the system; absent: none has left it yet.'),
  canStart: z.boolean().describe('False: it can never start as it is.'),
});

/** Why a job waits in its queue. */
export type Waiting = z.infer<typeof waitingSchema>;

/** Why a program did not end well. */
export const endCauseSchema = z.object({
  code: z.string().describe('For machines, such as OUT_OF_MEMORY, TIME_LIMIT, NODE_FAILURE, PROGRAM_FAILED.'),
  sentence: z.string(),
  action: z.string().nullable().describe('What the owner can do, naming the field of the request.'),
});

/** Why a program did not end well. */
export type EndCauseView = z.infer<typeof endCauseSchema>;

const shareSchema = z.object({
  used: z.number(),
  requested: z.number().nullable(),
  share: z.number().nullable().describe('used divided by requested.'),
});

/** What a job used of what it asked for. */
export const endReportSchema = z.object({
  wallTime: shareSchema.describe('Seconds, of maxRunTime.'),
  cpuTime: shareSchema
    .nullable()
    .describe('Seconds, of the wall time of all processors; null where the scheduler keeps no accounts.'),
  memory: shareSchema.nullable().describe('Bytes that the largest task held at a time, of memoryPerNode.'),
  notes: z
    .array(
      z.object({
        field: z.enum(['maxRunTime', 'processorsPerNode', 'memoryPerNode']),
        sentence: z.string(),
      }),
    )
    .describe('One for each waste, with the field of the request to change.'),
});

/** What a job used of what it asked for. */
export type EndReportView = z.infer<typeof endReportSchema>;

const jobLinksSchema = linksSchema(
  'self',
  'app',
  'executionSystem',
  'archiveSystem',
  'archiveData',
  'owner',
  'permissions',
  'history',
  'metadata',
  'notifications',
).extend({
  notification: z
    .array(z.object({ href: z.url(), title: z.string() }))
    .optional()
    .describe('The subscriptions of the request; only in the answer to a submission.'),
});

/** The guide's fields, in the guide's order (spec: jobs 4.1). */
const guideFields = {
  id: jobIdSchema,
  name: z.string(),
  owner: z.string(),
  appId: z.string(),
  executionSystem: z.string(),
  batchQueue: z.string().nullable(),
  nodeCount: z.int(),
  processorsPerNode: z.int(),
  memoryPerNode: z.number().describe('In GB.'),
  maxRunTime: z.string().nullable().describe('HH:MM:SS'),
  archive: z.boolean(),
  archivePath: z.string().optional().describe('Only when archive is true.'),
  archiveSystem: z.string().optional().describe('Only when archive is true.'),
  retries: z.int().describe('Submissions that were repeated.'),
  localId: z.string().nullable().describe('Batch or process id on the execution system.'),
  created: timestampSchema,
  lastUpdated: timestampSchema,
  lastModified: timestampSchema.describe('Same as lastUpdated.'),
  outputPath: z.string().nullable().describe('Work directory on the execution system; null before staging.'),
  status: jobStatusSchema,
  message: z.string().optional().describe('Why the job failed; only when it did.'),
  submitTime: time.describe(
    'When the request was accepted; from QUEUED on, when the job was placed in the queue.',
  ),
  startTime: time,
  endTime: time,
  inputs: z.record(z.string(), z.array(z.string())),
  parameters: z.record(z.string(), z.union([scalar, z.array(scalar)])),
};

/** Later (Aloe) names of the same facts, for clients that read those (spec: discrepancies 3). */
const laterFields = {
  systemId: z.string(),
  appUuid: z.string().nullable(),
  tenantId: z.string(),
  roles: z.string(),
  tenantQueue: z.string(),
  remoteJobId: z.string().nullable(),
  schedulerJobId: z.string().nullable(),
  remoteQueue: z.string().nullable(),
  workPath: z.string().nullable(),
  accepted: timestampSchema,
  started: time,
  ended: time,
  remoteSubmitted: time,
  remoteStarted: time,
  remoteEnded: time,
  remoteOutcome: z.enum(['FINISHED', 'FAILED', 'FAILED_SKIP_ARCHIVE']).nullable(),
  maxHours: z.number().optional().describe('maxRunTime in hours; absent when there is no limit.'),
  submitRetries: z.int(),
  lastStatusMessage: z.string().nullable(),
  lastStatusCheck: time.describe("When the job's system last told how its programs are."),
  remoteStatusChecks: z
    .int()
    .describe(
      'Looks at its system, answered, while its program was there: one look is for all jobs of the system.',
    ),
  failedStatusChecks: z.int().describe('The same of looks that were not answered.'),
  blockedCount: z.int(),
  archiveOnAppError: z.boolean(),
  visible: z.boolean(),
};

/** The full job: the guide's fields, the later ones, and whether a stop was asked for. */
export const jobSchema = z.object({
  ...guideFields,
  ...laterFields,
  executionType: z.enum(['HPC', 'CONDOR', 'CLI']),
  schedulerType: z.string(),
  stopRequested: z.boolean().describe('A stop was asked for and the end is not yet proven.'),
  waiting: waitingSchema.nullable().describe('Why it waits in its queue; null unless it is QUEUED.'),
  endCause: endCauseSchema
    .nullable()
    .describe('Why its program did not end well; null while it runs and when it did.'),
  report: endReportSchema
    .nullable()
    .describe(
      'What it used of what it asked for; null until it has ended, and when its program never started.',
    ),
  seq: z.int().describe('Sequence number of the last event: `since` of history, status and streams.'),
  freshness: freshnessSchema,
  _links: jobLinksSchema,
});

/** The full job as it travels. */
export type JobView = z.infer<typeof jobSchema>;

/** One row of a job listing (spec: jobs 4.4), with the columns that existing clients show in verbose mode. */
export const jobSummarySchema = jobSchema
  .pick({
    id: true,
    name: true,
    owner: true,
    executionSystem: true,
    appId: true,
    created: true,
    status: true,
    startTime: true,
    endTime: true,
    lastUpdated: true,
    systemId: true,
    remoteStarted: true,
    remoteSubmitted: true,
    ended: true,
    lastStatusCheck: true,
    stopRequested: true,
    seq: true,
    freshness: true,
  })
  .extend({ _links: linksSchema('self', 'archiveData') });

/** One row of a job listing. */
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** The small answer for polling: the guide's id and status, and how well they are known. */
export const jobStatusViewSchema = z.object({
  id: jobIdSchema,
  status: jobStatusSchema,
  stopRequested: z.boolean(),
  waiting: jobSchema.shape.waiting,
  seq: jobSchema.shape.seq,
  lastUpdated: timestampSchema,
  freshness: freshnessSchema,
  _links: z.object({ self: linkSchema }),
});

/** The small answer for polling. */
export type JobStatusView = z.infer<typeof jobStatusViewSchema>;

/** Ids that one request for statuses may name. */
export const MAX_STATUS_IDS = 10_000;

/** Body of a request for the statuses of many jobs. */
export const jobStatusesRequestSchema = z.object({
  ids: z
    .array(z.string({ error: expected('the id of a job') }).max(64, { error: expected('the id of a job') }), {
      error: expected('a list of ids of jobs'),
    })
    .max(MAX_STATUS_IDS, { error: expected(`at most ${MAX_STATUS_IDS} ids`) })
    .describe('In any order; the answer keeps it.'),
});

/** The statuses of many jobs. */
export const jobStatusesSchema = z.object({
  jobs: z.array(jobStatusViewSchema.omit({ _links: true })),
  missing: z.array(z.string()).describe('Ids of no job that you may read.'),
});

/** The statuses of many jobs. */
export type JobStatuses = z.infer<typeof jobStatusesSchema>;

/** How far a transfer is; bytes, files, bytes a second. */
export const transferProgressSchema = z.object({
  source: z.string(),
  totalActiveTransfers: z.int(),
  totalFiles: z.int(),
  totalBytesTransferred: z.int(),
  totalBytes: z.int(),
  averageRate: z.number().describe('Bytes a second.'),
  uuid: z.string().optional().describe('Id of the transfer.'),
  stalledSince: timestampSchema
    .optional()
    .describe('When its last byte came; only while none has come for a minute.'),
});

/** How far a transfer is. */
export type TransferProgress = z.infer<typeof transferProgressSchema>;

/** One entry of a job's history, oldest first (spec: jobs 6). */
export const historyEntrySchema = z.object({
  progress: transferProgressSchema.optional().describe('Only on entries about a transfer.'),
  created: timestampSchema,
  createdBy: z.string(),
  status: z.string().describe('The status or the event.'),
  description: z.string().optional(),
  id: jobEventIdSchema.describe('Id of the event, the same in webhooks and streams.'),
  seq: z.int().describe('Sequence number of the event: `since` of the next request.'),
});

/** One entry of a job's history. */
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** What can be asked of a job. `cancel` is another name of `stop`, and `unhide` of `restore`. */
export const JOB_ACTIONS = [
  'stop',
  'kill',
  'cancel',
  'pause',
  'resume',
  'resubmit',
  'hide',
  'unhide',
  'restore',
] as const;

/** How a job is submitted again (spec: jobs 7.2). */
export const resubmissionSchema = z.object({
  ignoreInputConflicts: flag()
    .default(true)
    .describe('Leave out inputs that the app no longer has, instead of refusing.'),
  ignoreParameterConflicts: flag()
    .default(true)
    .describe('Leave out parameters that the app no longer has, instead of refusing.'),
  preserveNotifications: flag().default(true).describe('Subscribe to the new job as you did to this one.'),
});

/** Body of an action. */
export const jobActionRequestSchema = resubmissionSchema.extend({
  action: word(JOB_ACTIONS).describe(
    'stop lets the program end, kill does not; pause and resume need a scheduler that can; resubmit makes a new job; hide takes it out of listings, restore brings it back.',
  ),
});

/** Body of an action, parsed. */
export type JobActionRequest = z.output<typeof jobActionRequestSchema>;

/** One file or directory of a job's output (spec: jobs 10). */
export const outputEntrySchema = z.object({
  name: z.string(),
  path: z.string().startsWith('/').describe('Relative to the job directory, beginning with a slash.'),
  lastModified: timestampSchema,
  length: z.int(),
  permission: z.enum(['NONE', 'READ', 'WRITE', 'READ_WRITE', 'ALL']),
  mimeType: z.string(),
  format: z.enum(['unknown', 'folder']),
  type: z.enum(['file', 'dir']),
  _links: linksSchema('self', 'system', 'parent'),
});

/** One file or directory of a job's output. */
export type OutputEntry = z.infer<typeof outputEntrySchema>;

/** What a request would have become: the answer to a dry run. */
export const resolvedJobRequestSchema = z.object({
  name: z.string(),
  owner: z.string(),
  appId: z.string(),
  executionSystem: z.string(),
  batchQueue: z.string().nullable(),
  nodeCount: z.int(),
  processorsPerNode: z.int(),
  memoryPerNode: z.number(),
  maxRunTime: z.string().nullable(),
  archive: z.boolean(),
  archiveSystem: z.string().nullable(),
  archivePath: z.string().nullable().describe('Null where the path will contain the id of the job.'),
  archiveOnAppError: z.boolean(),
  inputs: guideFields.inputs,
  parameters: guideFields.parameters,
  notifications: z.array(
    z.object({
      url: z.string(),
      event: z.string(),
      persistent: z.boolean(),
      policy: notificationPolicySchema,
    }),
  ),
});

/** What a request would have become. */
export type ResolvedJobRequest = z.infer<typeof resolvedJobRequestSchema>;

/** `Idempotency-Key` of a submission: at most 255 printable characters. */
export const idempotencyKeySchema = z
  .string({ error: expected('a text of 1 to 255 printable characters') })
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, {
    error: expected('1 to 255 printable ASCII characters'),
  });

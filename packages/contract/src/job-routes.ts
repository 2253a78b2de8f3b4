import { z } from 'zod';
import { jobIdSchema } from './ids.ts';
import { jobCountsSchema } from './job-counts.ts';
import { jobRequestSchema } from './job-request.ts';
import { jobCountQuerySchema, jobListQuerySchema } from './job-search-query.ts';
import {
  historyEntrySchema,
  idempotencyKeySchema,
  jobActionRequestSchema,
  jobSchema,
  jobStatusesRequestSchema,
  jobStatusesSchema,
  jobStatusViewSchema,
  jobSummarySchema,
  outputEntrySchema,
  resolvedJobRequestSchema,
  resubmissionSchema,
} from './jobs.ts';
import {
  listQueryFields,
  pageQuerySchema,
  queryFlagSchema,
  querySwitchSchema,
  settleOrder,
  sinceSchema,
  waitSchema,
} from './listing.ts';
import { rangeHeadersSchema } from './range-headers.ts';
import type { Route } from './route.ts';

const params = z.object({ id: jobIdSchema.describe('Id of the job.') });

const outputParams = params.extend({
  path: z.string().describe('Path relative to the job directory.'),
});

/** How to wait for a change instead of asking again. */
const waitFields = {
  wait: waitSchema.describe(
    'Seconds, at most 60: answer at the next change, or after this time. With If-None-Match a change is anything after that version.',
  ),
  since: sinceSchema.describe('Sequence number: with `wait`, a change is an event after it.'),
};

/** Why a job is not accepted, beside what is wrong with its fields. */
const SUBMISSION_ERRORS = [
  'app.unavailable',
  'app.not-permitted',
  'system.not-permitted',
  'input.not-permitted',
  'system.unavailable',
  'precondition.failed',
  'storage.full',
] as const;

/** Operations on jobs. */
export const JOB_ROUTES = {
  listJobs: {
    method: 'GET',
    path: '/jobs/v2',
    tag: 'Jobs',
    summary: 'List your jobs',
    description:
      'Abbreviated jobs, yours and those shared with you, last updated first. Search parameters choose among them, `saved` adds those of a saved filter; administrators who search see the jobs of everybody. With `filter` the rows are full jobs, of which the named fields are kept.',
    access: 'user',
    query: jobListQuerySchema,
    conditional: true,
    success: { status: 200, schema: z.array(jobSummarySchema) },
    errors: ['filter.not-found'],
  },
  searchJobs: {
    method: 'GET',
    path: '/jobs/v2/search/{path}',
    tag: 'Jobs',
    summary: 'Search jobs by pairs in the address',
    description:
      'As listJobs, with one condition for each pair of a field and a value: /jobs/v2/search/status/RUNNING/name/demo.',
    access: 'user',
    params: z.object({
      path: z.string().max(4096).describe('Fields and values in turn, at most seven of each.'),
    }),
    success: { status: 200, schema: z.array(jobSummarySchema) },
    errors: ['request.bad-query'],
  },
  countJobs: {
    method: 'GET',
    path: '/jobs/v2/counts',
    tag: 'Jobs',
    summary: 'Count your jobs by status',
    description:
      'The jobs that the listing with the same search parameters has on all its pages. One request instead of reading them.',
    access: 'user',
    query: jobCountQuerySchema,
    success: { status: 200, schema: jobCountsSchema },
    errors: ['filter.not-found'],
  },
  submitJob: {
    method: 'POST',
    path: '/jobs/v2',
    tag: 'Jobs',
    summary: 'Submit a job',
    description:
      'Checks the request against app and system and reports all problems at once. With an Idempotency-Key the request can be repeated safely: the same key and body give the same job.',
    access: 'user',
    query: z.object({
      dryRun: queryFlagSchema.describe('Only check the request; nothing is stored or started.'),
    }),
    headers: z.object({
      'idempotency-key': idempotencyKeySchema
        .optional()
        .describe('Makes repeating the request safe, for 7 days.'),
    }),
    body: jobRequestSchema,
    form: true,
    document: true,
    success: { status: 201, schema: jobSchema },
    alternatives: [{ status: 200, schema: resolvedJobRequestSchema, when: 'it is a dry run' }],
    errors: [...SUBMISSION_ERRORS, 'idempotency.in-progress', 'idempotency.key-reused'],
  },
  showJob: {
    method: 'GET',
    path: '/jobs/v2/{id}',
    tag: 'Jobs',
    summary: 'Show a job',
    description: 'The full description of a job, exactly like the one returned when it was submitted.',
    access: 'user',
    params,
    query: z.object(waitFields),
    conditional: true,
    success: { status: 200, schema: jobSchema },
    errors: ['job.not-found', 'access.forbidden', 'wait.too-many'],
  },
  actOnJob: {
    method: 'POST',
    path: '/jobs/v2/{id}',
    tag: 'Jobs',
    summary: 'Stop, kill, pause, resume, resubmit, hide or restore a job',
    description:
      'stop (or cancel) asks the program to end and ends it after a grace period: STOPPED. kill ends it at once: KILLED. Until the end is proven the job keeps its status and says stopRequested. A job that has ended stays as it is.',
    access: 'user',
    params,
    body: jobActionRequestSchema,
    form: true,
    success: { status: 200, schema: jobSchema },
    alternatives: [{ status: 202, schema: jobSchema, when: 'the job was submitted again: the new job' }],
    errors: [
      'job.not-found',
      'access.forbidden',
      'job.action-impossible',
      ...SUBMISSION_ERRORS,
      'system.unreachable',
    ],
  },
  resubmitJob: {
    method: 'POST',
    path: '/jobs/v2/{id}/resubmit',
    tag: 'Jobs',
    summary: 'Submit a job again',
    description:
      'A new job of the same name, inputs, parameters and resources. Archive system and path are chosen anew. Only for the owner.',
    access: 'user',
    params,
    body: resubmissionSchema,
    bodyOptional: true,
    form: true,
    success: { status: 202, schema: jobSchema },
    errors: ['job.not-found', 'access.forbidden', ...SUBMISSION_ERRORS, 'system.unreachable'],
  },
  hideJob: {
    method: 'POST',
    path: '/jobs/v2/{id}/hide',
    tag: 'Jobs',
    summary: 'Hide a job',
    description: 'It goes on, but no listing shows it any more, and only unhide finds it.',
    access: 'user',
    params,
    success: { status: 200, schema: jobSchema },
    errors: ['job.not-found', 'access.forbidden'],
  },
  unhideJob: {
    method: 'POST',
    path: '/jobs/v2/{id}/unhide',
    tag: 'Jobs',
    summary: 'Bring a hidden or deleted job back',
    description: 'Its data and history were never gone. A job that is not hidden stays as it is.',
    access: 'user',
    params,
    success: { status: 200, schema: jobSchema },
    errors: ['job.not-found', 'access.forbidden'],
  },
  cancelJob: {
    method: 'POST',
    path: '/jobs/v2/{id}/cancel',
    aliases: ['/jobs/v2/{id}/stop', '/jobs/v2/{id}/kill'],
    tag: 'Jobs',
    summary: 'Stop a job',
    description: 'Without a body: cancel and stop act as the action stop, kill as the action kill.',
    access: 'user',
    params,
    success: { status: 200, schema: jobSchema },
    errors: ['job.not-found', 'access.forbidden', 'system.unreachable'],
  },
  deleteJob: {
    method: 'DELETE',
    path: '/jobs/v2/{id}',
    tag: 'Jobs',
    summary: 'Delete a job',
    description: 'Stops the job if it runs and hides it. Its data and history remain.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['job.not-found', 'access.forbidden'],
  },
  showJobStatus: {
    method: 'GET',
    path: '/jobs/v2/{id}/status',
    tag: 'Jobs',
    summary: 'Show the status of a job',
    description: 'The smallest answer, for polling.',
    access: 'user',
    params,
    query: z.object(waitFields),
    conditional: true,
    success: { status: 200, schema: jobStatusViewSchema },
    errors: ['job.not-found', 'access.forbidden', 'wait.too-many'],
  },
  showJobStatuses: {
    method: 'POST',
    path: '/jobs/v2/statuses',
    tag: 'Jobs',
    scope: 'read',
    summary: 'Show the statuses of many jobs',
    description: 'One request instead of thousands. Ids that are no job of yours are listed as missing.',
    access: 'user',
    body: jobStatusesRequestSchema,
    bodyLimitBytes: 1024 * 1024,
    success: { status: 200, schema: jobStatusesSchema },
    errors: [],
  },
  listJobHistory: {
    method: 'GET',
    path: '/jobs/v2/{id}/history',
    tag: 'Jobs',
    summary: 'List what happened to a job',
    description:
      'Status changes, messages and the progress of transfers, oldest first. With `since` only what came after that sequence number.',
    access: 'user',
    params,
    query: listQueryFields
      .extend({
        wait: waitFields.wait,
        since: sinceSchema.describe('Sequence number: only entries after it.'),
      })
      .transform(settleOrder),
    conditional: true,
    success: { status: 200, schema: z.array(historyEntrySchema) },
    errors: ['job.not-found', 'access.forbidden', 'wait.too-many'],
  },
  listJobOutputs: {
    method: 'GET',
    path: '/jobs/v2/{id}/outputs/listings',
    aliases: ['/jobs/v2/{id}/outputs/listings/{path}', '/jobs/v2/{id}/outputs'],
    tag: 'Jobs',
    summary: 'List the output of a job',
    description:
      'From the archive once the output is there, before that from the work directory, also while it runs.',
    access: 'user',
    params: outputParams.partial({ path: true }),
    query: pageQuerySchema.extend({
      recursive: querySwitchSchema.describe(
        'Also what the directories hold, each directly behind its directory.',
      ),
    }),
    success: { status: 200, schema: z.array(outputEntrySchema) },
    errors: [
      'job.not-found',
      'access.forbidden',
      'output.not-found',
      'system.unavailable',
      'system.unreachable',
    ],
  },
  downloadJobOutput: {
    method: 'GET',
    path: '/jobs/v2/{id}/outputs/media/{path}',
    aliases: ['/jobs/v2/{id}/outputs/media'],
    tag: 'Jobs',
    summary: 'Download a file of the output',
    description:
      'The bytes of the file, or of the first range of the Range header. A directory is given as a zip archive only.',
    access: 'user',
    params: outputParams.partial({ path: true }),
    query: z.object({
      force: queryFlagSchema.describe('Answer as an attachment with a file name.'),
      zip: querySwitchSchema.describe('Answer with a directory and all it holds as a zip archive.'),
      follow: querySwitchSchema.describe(
        'Answer with what the file holds, and then with what is appended to it until the job has ended. A Range header tells where to begin (RFC 8673).',
      ),
    }),
    headers: rangeHeadersSchema,
    head: true,
    bare: true,
    success: { status: 200, schema: 'bytes' },
    alternatives: [{ status: 206, schema: 'bytes', when: 'a range was asked for' }],
    errors: [
      'job.not-found',
      'access.forbidden',
      'output.not-found',
      'zip.too-large',
      'range.not-satisfiable',
      'stream.too-many',
      'system.unavailable',
      'system.unreachable',
      'internal.error',
      'database.unavailable',
    ],
  },
} as const satisfies Record<string, Route>;

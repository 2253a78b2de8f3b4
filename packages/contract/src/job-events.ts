import { z } from 'zod';
import { timestampSchema } from './envelope.ts';
import { jobEventIdSchema, jobIdSchema } from './ids.ts';
import { jobStatusSchema } from './job-status-schema.ts';
import { jobSchema, transferProgressSchema } from './jobs.ts';

/** An event of a job as streams carry it: the same id and sequence number as in history and webhooks. */
export const jobEventSchema = z.object({
  id: jobEventIdSchema,
  seq: z.int().positive().describe('1, 2, 3 … of one job, without gaps.'),
  name: z
    .string()
    .describe("The status or the event, as in the guide's Table 2; programs may send their own."),
  status: jobStatusSchema.describe('The status of the job once the event had happened.'),
  description: z.string().optional(),
  created: timestampSchema,
  createdBy: z.string(),
  progress: transferProgressSchema.optional().describe('Only on events about a transfer: how far it is now.'),
  data: z.unknown().optional().describe('What a program inside the job sent with its own event.'),
  job: jobSchema
    .pick({ id: true, name: true, owner: true, appId: true, executionSystem: true, created: true })
    .describe('What stays the same about the job.'),
});

/** An event of a job as streams carry it. */
export type JobEvent = z.infer<typeof jobEventSchema>;

/**
 * Why a stream cannot go on where the client stopped: what happened meanwhile is no longer in reach, or the position
 * is none of this service. The client reads the state anew and goes on from `cursor`.
 */
export const streamResetSchema = z.object({
  reason: z.string(),
  cursor: z.string().describe('Where the stream goes on.'),
});

/** Why a stream cannot go on where the client stopped. */
export type StreamReset = z.infer<typeof streamResetSchema>;

/** Something about a job changed that is no event: read the job and its history again. */
export const jobChangedSchema = z.object({ jobId: jobIdSchema });

/** Names of the messages in a stream (the `event:` lines of SSE, the `type` of WebSocket messages). */
export const STREAM_MESSAGES = {
  event: 'An event of a job; its id is where the stream resumes after it.',
  changed:
    'Not an event: the progress of a transfer, a stop that was asked for, or whether the system answers.',
  reset: 'The position asked for is out of reach; the stream goes on from the one given.',
  end: 'Nothing more will come: every job of the stream has ended and said so, or was deleted.',
} as const;

/** A name of {@link STREAM_MESSAGES}. */
export type StreamMessageName = keyof typeof STREAM_MESSAGES;

/** Jobs that the address of one stream may name: more would not fit into what HTTP servers take as one. */
export const MAX_STREAM_JOBS = 300;

/** Tenant part of channel names that is accepted beside the deployment's own (DECISIONS: "Realtime channels"). */
export const TAPIS_TENANT = 'agave.prod';

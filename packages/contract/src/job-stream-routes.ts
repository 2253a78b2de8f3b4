import { z } from 'zod';
import { jobIdSchema } from './ids.ts';
import { MAX_STREAM_JOBS } from './job-events.ts';
import { queryTextSchema } from './listing.ts';
import type { Route } from './route.ts';
import { wireShapes } from './scalars.ts';

const headers = z.object({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('The id of the last event that was received: the stream goes on after it.'),
});

const since = queryTextSchema.describe(
  'The same as the header Last-Event-ID, for clients that cannot set it.',
);

/** Clients of other languages write `True`; whatever does not say yes means no. */
const privileged = queryTextSchema.transform((given) => ['true', '1'].includes((given ?? '').toLowerCase()));
wireShapes.add(privileged, { type: 'boolean', default: false });

/** Streams of events (Server-Sent Events). */
export const JOB_STREAM_ROUTES = {
  streamJobEvents: {
    method: 'GET',
    path: '/jobs/v2/{id}/events',
    tag: 'Streams',
    summary: 'Follow a job',
    description:
      'Every event of the job since `since`, from the first one without it, then each new one as it happens, as Server-Sent Events. After the last event of a job that has ended the stream says `end` and closes.',
    access: 'user',
    params: z.object({ id: jobIdSchema.describe('Id of the job.') }),
    query: z.object({ since }),
    headers,
    bare: true,
    success: { status: 200, schema: 'bytes', mediaType: 'text/event-stream' },
    errors: ['job.not-found', 'access.forbidden', 'stream.bad-position', 'stream.too-many'],
  },
  streamEvents: {
    method: 'GET',
    path: '/jobs/v2/events',
    tag: 'Streams',
    summary: 'Follow many jobs',
    description:
      'New events of your jobs and those shared with you, of the jobs named by `ids`, or of the jobs that a saved filter or search parameters choose, as Server-Sent Events in the order in which they were committed. With `privileged=true` administrators follow the jobs of everybody.',
    access: 'user',
    query: z.looseObject({
      since,
      ids: queryTextSchema.describe(`Ids of jobs with commas, at most ${MAX_STREAM_JOBS}.`),
      saved: queryTextSchema.describe('Name of one of your saved filters.'),
      privileged: privileged.describe(
        'true: of the jobs of everybody, all of them or those that the search chooses; for administrators only.',
      ),
    }),
    headers,
    bare: true,
    success: { status: 200, schema: 'bytes', mediaType: 'text/event-stream' },
    errors: [
      'job.not-found',
      'access.forbidden',
      'access.admin-only',
      'stream.bad-position',
      'stream.too-many',
    ],
  },
} as const satisfies Record<string, Route>;

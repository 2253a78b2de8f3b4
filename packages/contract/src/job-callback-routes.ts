import { z } from 'zod';
import { jobIdSchema } from './ids.ts';
import { jobSchema } from './jobs.ts';
import { customEventEchoSchema, customEventSchema } from './notifications.ts';
import type { Route } from './route.ts';

const params = z.object({
  id: jobIdSchema.describe('Id of the job.'),
  localId: z.string().max(255).optional().describe('Accepted and not used: the service knows it itself.'),
  token: z.string().max(255).describe('The token of the job, which the service gave to it.'),
  status: z.string().max(32).describe('HEARTBEAT, or a status.'),
});

const headers = z.object({
  'arras-message': z
    .string()
    .max(128)
    .optional()
    .describe(
      'A number of 19 digits, and the signature of the try: what comes again with the same number is answered alike and recorded once.',
    ),
});

const path = '/jobs/v2/trigger/job/{id}/token/{token}/status/{status}';
const aliases = ['/jobs/v2/trigger/job/{id}/localid/{localId}/token/{token}/status/{status}'];
const errors = ['job.not-found', 'callback.wrong-token', 'callback.impossible', 'rate.limited'] as const;

/** What programs inside jobs may say, with the token of their job instead of a login (spec: jobs 9). */
export const JOB_CALLBACK_ROUTES = {
  callBack: {
    method: 'GET',
    path,
    aliases,
    tag: 'Jobs',
    summary: 'Say from inside a job that it is alive, or where it is',
    description:
      'HEARTBEAT adds an event. Any status is a hint only: it makes the service look at the program at once, and what it sees decides.',
    access: 'public',
    params,
    headers,
    success: { status: 200, schema: jobSchema },
    errors: ['request.invalid', ...errors],
  },
  sendJobEvent: {
    method: 'POST',
    path,
    aliases,
    tag: 'Jobs',
    summary: 'Send an event from inside a job',
    description:
      'With the status HEARTBEAT and a JSON object of at most 5120 characters that names the event in CUSTOM_USER_JOB_EVENT_NAME. Subscribers to that name, or to *, get the object. Without a body: as GET.',
    access: 'public',
    params,
    headers,
    body: customEventSchema,
    bodyOptional: true,
    success: { status: 202, schema: customEventEchoSchema },
    alternatives: [{ status: 200, schema: jobSchema, when: 'there is no body' }],
    errors,
  },
} as const satisfies Record<string, Route>;

import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './errors.ts';
import { jobIdSchema } from './ids.ts';
import { jobEventSchema } from './job-events.ts';
import type { Scope } from './scopes.ts';

// What travels on the WebSocket of `/channels/v2/`: JSON, one message a frame.

/** Path at which WebSockets are opened; the name of a channel as the path subscribes at once. */
export const CHANNELS_PATH = '/channels/v2/';

/** What a token needs there. */
export const CHANNELS_SCOPE: Scope = 'jobs:read';

/** Subprotocol of these messages. */
export const CHANNEL_PROTOCOL = 'arras.v1';

/** Beside {@link CHANNEL_PROTOCOL} and before a token: browsers can send no headers with a WebSocket. */
export const CHANNEL_BEARER_PREFIX = 'arras.bearer.';

/** Channels that one WebSocket may follow. */
export const MAX_SOCKET_CHANNELS = 200;

/** Longest message that clients may send, in bytes. */
export const MAX_CHANNEL_MESSAGE_BYTES = 16 * 1024;

const channel = z
  .string()
  .max(400)
  .describe(
    '`/TENANT/USERNAME/JOB_ID`, or `/TENANT/USERNAME` for all jobs of a user, or `/TENANT/*` for those of everybody (administrators only); the tenant or agave.prod.',
  );

const jobSeq = z.int().min(0).describe('Of a job: the number of the event after which the channel begins.');
const cursor = z.string().describe('Of many jobs: the place where the channel begins.');

/** What clients send, by `type`. */
export const channelRequestSchema = z.discriminatedUnion('type', [
  z
    .object({ type: z.literal('authenticate'), token: z.string().max(1_024) })
    .describe('The first message of clients that gave no token when they connected, within 10 s.'),
  z
    .object({ type: z.literal('subscribe'), channel, since: z.union([z.string(), z.int()]).optional() })
    .describe('Follows a channel. `since` is the `id` of the last event that was received.'),
  z.object({ type: z.literal('unsubscribe'), channel }).describe('Leaves a channel.'),
  z.object({ type: z.literal('ping') }).describe('Answered with pong.'),
]);

/** What clients send. */
export type ChannelRequest = z.infer<typeof channelRequestSchema>;

/** What the service sends, by `type`. */
export const channelMessageSchema = z.discriminatedUnion('type', [
  z
    .object({ type: z.literal('authenticated'), username: z.string() })
    .describe('The token of `authenticate` counts.'),
  z
    .object({ type: z.literal('subscribed'), channel, seq: jobSeq.optional(), cursor: cursor.optional() })
    .describe('The channel is followed from here on.'),
  z.object({ type: z.literal('unsubscribed'), channel }).describe('The channel was left.'),
  z
    .object({ type: z.literal('event'), channel, id: z.string(), event: jobEventSchema })
    .describe('An event of a job; `id` is the `since` that goes on after it.'),
  z
    .object({ type: z.literal('changed'), channel, jobId: jobIdSchema })
    .describe(
      'Not an event: the progress of a transfer, a stop that was asked for, or whether the system answers.',
    ),
  z
    .object({ type: z.literal('reset'), channel, reason: z.string(), cursor: z.string() })
    .describe('The `since` is out of reach; read the state anew. The channel goes on from `cursor`.'),
  z
    .object({ type: z.literal('end'), channel })
    .describe('The job has ended and said so, or was deleted; the channel is left.'),
  z
    .object({
      type: z.literal('error'),
      code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      channel: z.string().optional(),
    })
    .describe('A message could not be followed, or a channel has ended before its time.'),
  z.object({ type: z.literal('pong') }).describe('The answer to ping.'),
]);

/** What the service sends. */
export type ChannelMessage = z.infer<typeof channelMessageSchema>;

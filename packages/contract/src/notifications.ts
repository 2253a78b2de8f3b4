import { z } from 'zod';
import { linkSchema, linksSchema, timestampSchema } from './envelope.ts';
import { expected, expectedSecret } from './expectation.ts';
import { deliveryIdSchema, jobIdSchema, notificationIdSchema, RESOURCE_CODES } from './ids.ts';
import { bodyRules, isRecord } from './parse-body.ts';
import { flag, isStorable, line, wireShapes } from './scalars.ts';
import {
  eventNameSchema,
  notificationPolicySchema,
  notificationUrlSchema,
  policyRequestSchema,
  SERVER_FIELDS,
  subscriptionRequestSchema,
} from './subscriptions.ts';

/** What can be subscribed to: a resource by its kind, or everything. */
export const EVENT_RESOURCES = ['job', 'app', 'system', 'file', 'notification'] as const;

/** A kind of resource that has events. */
export type EventResource = (typeof EVENT_RESOURCES)[number];

/** The kind of the resource an id belongs to; null for ids of things without events. */
export function resourceKindOf(uuid: string): EventResource | null {
  return EVENT_RESOURCES.find((kind) => uuid.endsWith(`-${RESOURCE_CODES[kind]}`)) ?? null;
}

const ASSOCIATED = 'the id of a job, app, system, file or subscription';

const associatedUuidSchema = line({ what: ASSOCIATED, max: 64 }).refine(
  (uuid) => uuid === '*' || (/^[0-9a-f]+(-[0-9a-f]+)+$/.test(uuid) && resourceKindOf(uuid) !== null),
  { error: expected(`${ASSOCIATED}, which ends in -007, -005, -006, -002 or -011, or * for everything`) },
);

/** Standard Webhooks: 24 to 64 bytes in base64 behind `whsec_`. */
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

const secretRequestSchema = z
  .union([z.boolean(), z.string()], { error: expectedSecret('true, or a secret that begins with whsec_') })
  .transform((value, context) => {
    if (value === true || value === 'true') return 'make' as const;
    if (value === false || value === 'false') return null;
    if (SIGNING_SECRET.test(value)) return { given: value };
    context.addIssue({
      code: 'custom',
      message: 'expected true, or whsec_ and 24 to 64 bytes in base64, got something else',
    });
    return z.NEVER;
  });
wireShapes.add(secretRequestSchema, {
  type: ['boolean', 'string'],
  examples: [true],
});

/** A new subscription as given (spec: notifications 3). */
export const notificationRequestSchema = subscriptionRequestSchema.extend({
  associatedUuid: associatedUuidSchema.describe(
    'The resource whose events count; * for every resource (administrators only).',
  ),
  secret: secretRequestSchema
    .default(null)
    .describe('true makes a signing secret, which is shown once; or a secret of your own, whsec_….'),
});

bodyRules.add(notificationRequestSchema, { aliases: {}, anyCase: true, closed: { ignored: SERVER_FIELDS } });

/** A new subscription, parsed. */
export type NotificationRequest = z.output<typeof notificationRequestSchema>;

/** A change of a subscription: what is left out stays; a policy is replaced as a whole. */
export const notificationUpdateSchema = z.object({
  url: notificationUrlSchema.optional(),
  event: eventNameSchema.optional(),
  associatedUuid: associatedUuidSchema.optional(),
  persistent: flag().optional(),
  policy: policyRequestSchema.optional(),
});

bodyRules.add(notificationUpdateSchema, {
  aliases: {},
  anyCase: true,
  closed: { ignored: [...SERVER_FIELDS, 'secret'] },
});

/** A change of a subscription, parsed. */
export type NotificationUpdate = z.output<typeof notificationUpdateSchema>;

/** What a subscription can be (spec: notifications 5). */
export const SUBSCRIPTION_STATUSES = ['ACTIVE', 'INACTIVE', 'COMPLETE', 'FAILED'] as const;

/** The link named after the kind of the resource. */
const resourceLinks = {
  job: linkSchema.optional(),
  app: linkSchema.optional(),
  system: linkSchema.optional(),
  notification: linkSchema.optional(),
};

/** A subscription as shown (spec: notifications 2). */
export const notificationSchema = z.object({
  id: notificationIdSchema,
  owner: z.string(),
  url: z.string().describe('Template variables unresolved; without user and password.'),
  associatedUuid: z.string(),
  event: z.string(),
  responseCode: z.int().nullable().describe('Of the oldest stored failed attempt.'),
  attempts: z.int().describe('Number of that attempt.'),
  lastSent: timestampSchema.nullable(),
  success: z.boolean(),
  persistent: z.boolean(),
  status: z.enum(SUBSCRIPTION_STATUSES),
  signed: z.boolean().describe('Whether deliveries carry a Standard Webhooks signature.'),
  lastUpdated: timestampSchema,
  created: timestampSchema,
  policy: notificationPolicySchema,
  secret: z.string().optional().describe('Only in the answer that made it; it is never shown again.'),
  _links: linksSchema('self', 'attempts', 'history', 'owner', 'profile').extend(resourceLinks),
});

/** A subscription as shown. */
export type NotificationView = z.infer<typeof notificationSchema>;

/** One row of a listing of subscriptions (spec: notifications 2.1). */
export const notificationSummarySchema = notificationSchema
  .pick({
    id: true,
    url: true,
    associatedUuid: true,
    event: true,
    persistent: true,
    status: true,
    created: true,
  })
  .extend({ _links: linksSchema('self', 'profile').extend(resourceLinks) });

/** One row of a listing of subscriptions. */
export type NotificationSummary = z.infer<typeof notificationSummarySchema>;

/** Why an attempt was made. */
export const ATTEMPT_CAUSES = ['scheduled', 'replay', 'test', 'forced'] as const;

/** What came of it: `unreachable` got no answer; `blocked` was not sent, because the address must not be reached. */
export const ATTEMPT_OUTCOMES = ['delivered', 'refused', 'unreachable', 'blocked'] as const;

/**
 * What can stop an attempt: `blocked`, the address must not be reached; `dns`, the name has no address; `connect`, no
 * connection; `tls`, no TLS, or a certificate that is not believed; `timeout`, no whole answer in time; `cut-off`, the
 * connection broke; `http` and `smtp`, the answer says no, or is not understood.
 */
export const ATTEMPT_ERRORS = [
  'blocked',
  'dns',
  'connect',
  'tls',
  'timeout',
  'cut-off',
  'http',
  'smtp',
] as const;

/** What stopped an attempt. */
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

const headersSchema = z.array(z.object({ name: z.string(), value: z.string() }));

/** What was sent. */
const attemptRequestSchema = z.object({
  headers: headersSchema.describe(
    'As sent; *** stands for what lets the service in at the receiver. Of a mail: its own headers.',
  ),
  body: z
    .string()
    .nullable()
    .describe('What was posted, byte for byte; the same at every attempt of a delivery. null for mails.'),
  mail: z
    .object({
      from: z.string().describe('The sender of the envelope.'),
      to: z.string().describe('The recipient of the envelope.'),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
    })
    .nullable()
    .describe('What the mail said; null for webhooks.'),
});

/** One attempt at delivering an event (spec: notifications 7). */
export const attemptSchema = z.object({
  id: deliveryIdSchema,
  url: z.string().describe('Resolved; without user and password.'),
  event: z.string(),
  eventId: z
    .string()
    .nullable()
    .describe('Id of the event that was sent, as in its delivery; null where there was none.'),
  associatedUuid: z.string(),
  notificationId: notificationIdSchema,
  number: z.int().describe('1 for the first attempt at an event.'),
  cause: z.enum(ATTEMPT_CAUSES),
  outcome: z.enum(ATTEMPT_OUTCOMES),
  startTime: timestampSchema,
  endTime: timestampSchema,
  errorClass: z
    .enum(ATTEMPT_ERRORS)
    .nullable()
    .describe('What stopped it; null when it arrived, or was made before this was kept.'),
  request: attemptRequestSchema
    .nullable()
    .describe('What was sent; null when nothing was, or the attempt was made before this was kept.'),
  response: z.object({
    code: z.int(),
    message: z.string().describe('At most the first KiB of the answer, or why there is none.'),
    headers: headersSchema
      .nullable()
      .describe(
        'At most the first 4 KiB; *** stands for cookies and the like. null without an answer to a webhook.',
      ),
    body: z
      .string()
      .nullable()
      .describe('At most the first KiB; null without an answer, and where it is compressed.'),
    truncated: z.boolean().describe('Whether the answer had more than is shown.'),
  }),
  _links: linksSchema('self', 'notification', 'profile').extend(resourceLinks),
});

/** One attempt at delivering an event. */
export type AttemptView = z.infer<typeof attemptSchema>;

/** What became of an event that matched: it waits, arrived, was given up and kept, or its subscription ended first. */
export const DELIVERY_STATES = ['pending', 'delivered', 'parked', 'cancelled'] as const;

/** One event that matched a subscription. */
export const deliverySchema = z.object({
  id: deliveryIdSchema,
  eventId: z.string().describe('The same for every attempt and every replay: webhook-id.'),
  event: z.string(),
  seq: z.int().describe('Number of the event among those of its resource.'),
  description: z.string().nullable(),
  associatedUuid: z.string().describe('The resource whose event it is.'),
  state: z.enum(DELIVERY_STATES),
  replay: z.boolean(),
  attempts: z.int(),
  url: z.string().nullable().describe('Resolved; null before the first attempt.'),
  created: timestampSchema,
  nextAt: timestampSchema.nullable().describe('When it is due; null once it is settled.'),
  settled: timestampSchema.nullable(),
  _links: linksSchema('notification', 'attempts'),
});

/** One event that matched a subscription. */
export type DeliveryView = z.infer<typeof deliverySchema>;

/** A message to be sent now (spec: notifications 7). All is optional; event, associatedUuid and message are for administrators. */
export const fireRequestSchema = z.object({
  event: eventNameSchema.optional().describe('Default: FORCED_EVENT.'),
  associatedUuid: associatedUuidSchema
    .optional()
    .describe('Needed when the subscription is one to everything.'),
  message: z
    .record(z.string(), z.unknown(), { error: expected('a JSON object') })
    .optional()
    .describe('What is sent instead of the usual message.'),
});
bodyRules.add(fireRequestSchema, { aliases: {}, anyCase: true });

/** A sample of an event, to be sent now. */
export const testRequestSchema = z.object({
  event: eventNameSchema
    .refine((event) => event !== '*', { error: 'expected the name of one event, got *' })
    .optional()
    .describe("Default: the subscription's event, or UPDATED when that is *."),
});
bodyRules.add(testRequestSchema, { aliases: {}, anyCase: true });

const instant = z.iso
  .datetime({ offset: true, error: expected('a time such as 2018-01-26T15:08:02.000-06:00') })
  .transform((text) => new Date(text));
wireShapes.add(instant, { type: 'string', format: 'date-time' });

/** Which past deliveries are sent again, behind all that wait. */
export const replayRequestSchema = z.object({
  deliveries: z
    .array(line({ what: 'the id of a delivery or of its event', max: 64 }), {
      error: expected('a list of ids'),
    })
    .max(1_000, { error: 'expected at most 1000 ids; use from and until for more' })
    .optional()
    .describe('Ids of deliveries or of their events. Default: all that the other fields let through.'),
  from: instant.optional().describe('Events that happened at this time or later.'),
  until: instant.optional().describe('Events that happened before this time.'),
  status: z
    .enum(['parked', 'all'], { error: expected('parked or all') })
    .optional()
    .describe(
      'parked: what was given up and has not been replayed since; all: also what arrived. Default: parked, or all when ids are given.',
    ),
});
bodyRules.add(replayRequestSchema, { aliases: {}, anyCase: true });

/** How many deliveries were put in line again. */
export const replayResultSchema = z.object({ count: z.int() });

/** A message to be shown without being sent. */
export const previewRequestSchema = z.object({
  url: notificationUrlSchema,
  jobId: jobIdSchema.describe('A job of which an event is shown.'),
  event: eventNameSchema
    .refine((event) => event !== '*', { error: 'expected the name of one event, got *' })
    .optional()
    .describe("Default: the job's status."),
});
bodyRules.add(previewRequestSchema, { aliases: {}, anyCase: true });

/** What would be sent. */
export const previewSchema = z.object({
  channel: z.enum(['webhook', 'email']),
  url: z.string().describe('The URL or address with every variable filled in.'),
  body: z.record(z.string(), z.unknown()).describe("The webhook's body."),
  mail: z
    .object({ subject: z.string(), text: z.string(), html: z.string() })
    .nullable()
    .describe('What a mail says; null for webhooks.'),
});

/** What would be sent. */
export type PreviewView = z.infer<typeof previewSchema>;

/** The field that names the event a program inside a job sends (spec: jobs 9.1). */
export const CUSTOM_EVENT_FIELD = 'CUSTOM_USER_JOB_EVENT_NAME';

/** Longest document a program inside a job may send, in characters. */
export const CUSTOM_EVENT_MAX = 5_120;

/** An event of a program inside a job; its other fields travel with it. Empty: a heartbeat. */
export const customEventSchema = z
  .looseObject({
    [CUSTOM_EVENT_FIELD]: line({
      what: 'the name of an event',
      max: 32,
      pattern: /^[A-Za-z][A-Za-z0-9_]*$/,
      hint: 'of letters, digits and _, beginning with a letter',
    }).optional(),
  })
  .refine((body) => isRecord(body) && JSON.stringify(body).length <= CUSTOM_EVENT_MAX, {
    error: `expected at most ${CUSTOM_EVENT_MAX} characters of JSON; write the rest into a file of the output`,
  })
  .refine(isStorableDocument, { error: 'expected text without NUL characters and lone surrogates' });

function isStorableDocument(body: unknown): boolean {
  let isSound = true;
  JSON.stringify(body, (key, value: unknown) => {
    isSound &&= isStorable(key) && (typeof value !== 'string' || isStorable(value));
    return value;
  });
  return isSound;
}

/** The same document, as it was understood. */
export const customEventEchoSchema = z.record(z.string(), z.unknown());

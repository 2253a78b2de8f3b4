import { z } from 'zod';
import { describeValue, expected } from './expectation.ts';
import { bodyRules, whenSound } from './parse-body.ts';
import { flag, integerBetween, isStorable, line, word } from './scalars.ts';

/** How a failed delivery is repeated (spec: notifications 4). */
export const RETRY_STRATEGIES = ['NONE', 'IMMEDIATE', 'DELAYED', 'EXPONENTIAL'] as const;

/** The policy of a subscription that gives none (DECISIONS: "No policy given"). Times in seconds. */
export const DEFAULT_POLICY = {
  retryStrategy: 'EXPONENTIAL',
  retryLimit: 90,
  retryRate: 5,
  retryDelay: 0,
  saveOnFailure: true,
} as const satisfies NotificationPolicy;

/** A policy as stored and shown. */
export const notificationPolicySchema = z.object({
  retryStrategy: z.enum(RETRY_STRATEGIES),
  retryLimit: z.int().describe('The most attempts that are made.'),
  retryRate: z.int().describe('Seconds between retries (DELAYED).'),
  retryDelay: z.int().describe('Seconds before the first retry (DELAYED).'),
  saveOnFailure: z.boolean().describe('Keep what could not be delivered.'),
});

/** A policy as stored and shown. */
export type NotificationPolicy = z.infer<typeof notificationPolicySchema>;

/** A policy as given: what is left out takes the original's defaults (DECISIONS: "Policy given by the user"). */
export const policyRequestSchema = z
  .object({
    retryStrategy: word(RETRY_STRATEGIES).default('IMMEDIATE'),
    retryLimit: integerBetween(0, 1440).default(5),
    retryRate: integerBetween(0, 86_400).default(5),
    retryDelay: integerBetween(0, 86_400).default(0),
    saveOnFailure: flag().default(false),
  })
  .superRefine(
    ({ retryStrategy, retryDelay }, context) => {
      if (retryDelay === 0 || retryStrategy === 'DELAYED' || retryStrategy === 'EXPONENTIAL') return;
      const message = `expected 0 with the strategy ${retryStrategy}, got ${retryDelay}; use DELAYED to wait before a retry`;
      context.addIssue({ code: 'custom', path: ['retryDelay'], message });
    },
    whenSound(['retryStrategy', 'retryDelay']),
  );

bodyRules.add(policyRequestSchema, {
  aliases: { retryStrategyType: 'retryStrategy' },
  anyCase: true,
  closed: { ignored: [] },
});

/** `*`, an event of Table 2, or the name of a custom event. */
export const eventNameSchema = line({
  what: 'the name of an event',
  max: 32,
  pattern: /^(\*|[A-Za-z][A-Za-z0-9_]*)$/,
  hint: 'such as FINISHED, or * for every event',
});

// One address and nothing else: quoted parts, comments, groups and lists are refused, because mail libraries read
// several recipients out of them.
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;

const TARGET = 'an http:// or https:// URL, or one e-mail address';

/** Where a notification goes. Which network addresses may be reached is the server's rule, not the wire's. */
export const notificationUrlSchema = z
  .string({ error: expected(TARGET) })
  .min(5, { error: expected(`${TARGET}, of at least 5 characters`) })
  .max(1024, { error: `expected ${TARGET}, of at most 1024 characters; shorten it` })
  .refine((url) => isStorable(url) && isTarget(url), {
    error: ({ input }) => `expected ${TARGET}, got ${describeValue(withoutUserInfo(String(input)))}`,
  });

function isTarget(url: string): boolean {
  // URL parsers drop tabs and line ends silently; backslashes they read as slashes.
  if (/[\s\\]/.test(url)) return false;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) return url.length <= 254 && EMAIL.test(url);
  if (!/^https?:\/\//i.test(url)) return false;
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  // A variable may stand in path and query, never where it would choose the host.
  return !host.includes('${') && URL.canParse(url.replaceAll(/\$\{[^}]*\}/g, 'x'));
}

/** Passwords in URLs stay out of messages. */
function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//…@');
}

/** One entry of `notifications` in a job request (spec: jobs 2.5). */
export const subscriptionRequestSchema = z.object({
  url: notificationUrlSchema.describe(
    'Where to send it. Template variables such as ${JOB_ID} are filled in.',
  ),
  event: eventNameSchema.describe('An event of Table 2, a custom event, or * for all.'),
  persistent: flag().default(false).describe('Keep sending after the first delivery.'),
  policy: policyRequestSchema.default(DEFAULT_POLICY).describe('How failed deliveries are repeated.'),
});

/** What a subscription is shown with and only the server sets: whoever sends one back as read is understood. */
export const SERVER_FIELDS = [
  'id',
  'owner',
  'status',
  'responseCode',
  'attempts',
  'lastSent',
  'success',
  'signed',
  'lastUpdated',
  'created',
  '_links',
] as const;

bodyRules.add(subscriptionRequestSchema, {
  aliases: {},
  anyCase: true,
  closed: { ignored: [...SERVER_FIELDS, 'associatedUuid'] },
});

/** A subscription that comes with a job request. */
export type SubscriptionRequest = z.output<typeof subscriptionRequestSchema>;

/** The events that `callbackUrl` subscribes to, once each (spec: jobs 2.1). */
export const CALLBACK_EVENTS = ['FINISHED', 'FAILED', 'STOPPED'] as const;

/** The three one-shot subscriptions that a `callbackUrl` stands for. */
export function subscriptionsOfCallback(url: string): SubscriptionRequest[] {
  return CALLBACK_EVENTS.map((event) => ({ url, event, persistent: false, policy: DEFAULT_POLICY }));
}

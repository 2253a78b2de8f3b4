import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { bodyRules } from './parse-body.ts';
import { flag, integerBetween, line, word } from './scalars.ts';

/** Postits that a user can have at a time. */
export const MAX_POSTITS = 1_000;

/** 30 days and a year, in seconds. */
export const POSTIT_LIFETIME = { default: 2_592_000, max: 31_536_000 } as const;

/** A postit as asked for. */
export const postitRequestSchema = z.object({
  url: line({ what: 'an address of this service', max: 4_096 }).describe(
    'An address of this service that answers GET, with its query.',
  ),
  method: word(['GET', 'PUT', 'POST', 'DELETE'])
    .default('GET')
    .refine((method) => method === 'GET', { error: 'expected GET: postits only read' })
    .describe('GET.'),
  lifetime: integerBetween(1, POSTIT_LIFETIME.max)
    .default(POSTIT_LIFETIME.default)
    .describe('Seconds after which it is refused.'),
  maxUses: integerBetween(1, 1_000_000)
    .default(1)
    .describe('Requests that it answers. Each counts, one for a part of a file and one that fails included.'),
  unlimited: flag().default(false).describe('Any number of requests, whatever maxUses says.'),
  noauth: flag()
    .default(false)
    .describe('The address is called as nobody; what needs a user then answers 401.'),
  force: flag().default(false).describe('Files are sent as attachments, which browsers save.'),
});
bodyRules.add(postitRequestSchema, { aliases: {}, anyCase: true });

/** A postit as asked for, parsed. */
export type PostitRequest = z.output<typeof postitRequestSchema>;

/** A postit as shown to the user who made it. */
export const postitSchema = z.object({
  postit: z.string().describe('32 characters. Whoever has them can read what is at the address.'),
  creator: z.string(),
  internalUsername: z.null(),
  authenticated: z.boolean(),
  noauth: z.boolean(),
  url: z.string(),
  method: z.literal('GET'),
  created: timestampSchema,
  expires: timestampSchema,
  remainingUses: z.int().nullable().describe('Null: without limit.'),
  unlimited: z.boolean(),
  force: z.boolean(),
  _links: linksSchema('self', 'profile', 'file'),
});

/** A postit as shown to the user who made it. */
export type PostitView = z.infer<typeof postitSchema>;

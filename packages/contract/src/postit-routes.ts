import { z } from 'zod';
import { pageQuerySchema, queryFlagSchema } from './listing.ts';
import { postitRequestSchema, postitSchema } from './postits.ts';
import { rangeHeadersSchema } from './range-headers.ts';
import type { Route } from './route.ts';

const params = z.object({
  postit: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('The postit.'),
});

/** Operations on addresses that anybody can read for a while. */
export const POSTIT_ROUTES = {
  listPostits: {
    method: 'GET',
    path: '/postits/v2',
    tag: 'Postits',
    summary: 'List your postits',
    description: 'Those that can still be used, newest first.',
    access: 'user',
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(postitSchema) },
    errors: [],
  },
  createPostit: {
    method: 'POST',
    path: '/postits/v2',
    tag: 'Postits',
    summary: 'Make a postit',
    description:
      'An address that answers what you would get at another address of this service, to whoever has it. It does so with the rights that you have then.',
    access: 'user',
    body: postitRequestSchema,
    form: true,
    success: { status: 201, schema: postitSchema },
    errors: ['postit.too-many'],
  },
  redeemPostit: {
    method: 'GET',
    path: '/postits/v2/{postit}',
    tag: 'Postits',
    summary: 'Read what a postit is for',
    description:
      'Answers as its address does, errors included, and counts as one use. Parts of files can be asked for with Range.',
    access: 'public',
    params,
    query: z.object({
      force: queryFlagSchema.describe('true: a file is sent as an attachment, which browsers save.'),
    }),
    headers: rangeHeadersSchema,
    success: { status: 200, schema: 'bytes' },
    errors: ['postit.not-found', 'rate.limited'],
  },
  deletePostit: {
    method: 'DELETE',
    path: '/postits/v2/{postit}',
    tag: 'Postits',
    summary: 'Delete a postit',
    description: 'One of your own. It is refused from now on.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['postit.not-found'],
  },
} as const satisfies Record<string, Route>;

import { z } from 'zod';
import { querySwitchSchema, queryTextSchema } from './listing.ts';
import type { Route } from './route.ts';
import { MAX_UUIDS, uuidSchema } from './uuids.ts';

const expand = querySwitchSchema.describe('true: with what is at the address.');

/** Operations that say what a uuid names. */
export const UUID_ROUTES = {
  listUuids: {
    method: 'GET',
    path: '/uuids/v2',
    aliases: ['/uuid/v2'],
    tag: 'Uuids',
    summary: 'Say what several uuids name',
    description: 'In the order in which they were asked for. What is not visible to you is left out.',
    access: 'user',
    query: z.object({
      'uuids.eq': queryTextSchema.describe(`At most ${MAX_UUIDS} uuids, with commas between them.`),
      uuids: queryTextSchema.describe('Another name of uuids.eq.'),
      expand,
    }),
    success: { status: 200, schema: z.array(uuidSchema) },
    errors: [],
  },
  showUuid: {
    method: 'GET',
    path: '/uuids/v2/{uuid}',
    aliases: ['/uuid/v2/{uuid}'],
    tag: 'Uuids',
    summary: 'Say what a uuid names',
    description: 'Its type and its address.',
    access: 'user',
    params: z.object({ uuid: z.string().max(64).describe('Uuid of any resource.') }),
    query: z.object({ expand }),
    success: { status: 200, schema: uuidSchema },
    errors: ['uuid.not-found'],
  },
} as const satisfies Record<string, Route>;

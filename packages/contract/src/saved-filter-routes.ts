import { z } from 'zod';
import { pageQuerySchema } from './listing.ts';
import type { Route } from './route.ts';
import { savedFilterNameSchema, savedFilterRequestSchema, savedFilterSchema } from './saved-filters.ts';

const params = z.object({ name: savedFilterNameSchema.describe('Name of the filter.') });

/** A name that cannot be one is a mistake here, where elsewhere it is only missing. */
const newParams = z.object({
  name: z.string().describe('Name of the filter: at most 64 letters, digits and . _ -.'),
});

/** Operations on the filters that a user has saved. */
export const SAVED_FILTER_ROUTES = {
  listSavedFilters: {
    method: 'GET',
    path: '/jobs/v2/filters',
    tag: 'Jobs',
    summary: 'List your saved filters',
    description: 'By name. Use one with GET /jobs/v2?saved=NAME.',
    access: 'user',
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(savedFilterSchema) },
    errors: [],
  },
  showSavedFilter: {
    method: 'GET',
    path: '/jobs/v2/filters/{name}',
    tag: 'Jobs',
    summary: 'Show a saved filter',
    description: 'One of your own.',
    access: 'user',
    params,
    success: { status: 200, schema: savedFilterSchema },
    errors: ['filter.not-found'],
  },
  saveFilter: {
    method: 'PUT',
    path: '/jobs/v2/filters/{name}',
    tag: 'Jobs',
    summary: 'Save a filter',
    description: 'Under this name, in the place of the one that had it. At most 100 for each user.',
    access: 'user',
    params: newParams,
    body: savedFilterRequestSchema,
    form: true,
    success: { status: 200, schema: savedFilterSchema },
    errors: ['filter.too-many'],
  },
  deleteSavedFilter: {
    method: 'DELETE',
    path: '/jobs/v2/filters/{name}',
    tag: 'Jobs',
    summary: 'Delete a saved filter',
    description: 'Streams that follow it go on to their end.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['filter.not-found'],
  },
} as const satisfies Record<string, Route>;

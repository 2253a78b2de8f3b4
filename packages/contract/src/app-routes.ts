import { z } from 'zod';
import { appActionRequestSchema, appRequestSchema } from './app-request.ts';
import { appSchema, appSummarySchema } from './apps.ts';
import { listQueryFields, queryFlagSchema, settleOrder } from './listing.ts';
import type { Route } from './route.ts';

const params = z.object({ id: z.string().max(80).describe('Id of the app, such as wc-1.0.') });

/** Operations on apps. */
export const APP_ROUTES = {
  listApps: {
    method: 'GET',
    path: '/apps/v2',
    tag: 'Apps',
    summary: 'List apps',
    description: 'Public apps and your own, last modified first.',
    access: 'user',
    query: listQueryFields
      .extend({
        publicOnly: queryFlagSchema.describe('true: only public apps.'),
        privateOnly: queryFlagSchema.describe('true: only apps that are not public.'),
      })
      .transform(settleOrder),
    success: { status: 200, schema: z.array(appSummarySchema) },
    errors: [],
  },
  createApp: {
    method: 'POST',
    path: '/apps/v2',
    tag: 'Apps',
    summary: 'Register an app',
    description:
      "Registers an app as name-version, or updates your app of the same name and version. On a system of the server's own host this takes the role PUBLISHER, on others USER.",
    access: 'user',
    body: appRequestSchema,
    document: true,
    success: { status: 201, schema: appSchema },
    alternatives: [{ status: 200, schema: appSchema, when: 'the app existed and was updated' }],
    errors: ['access.forbidden', 'app.exists', 'system.unavailable', 'precondition.failed'],
  },
  showApp: {
    method: 'GET',
    path: '/apps/v2/{id}',
    tag: 'Apps',
    summary: 'Show an app',
    description: 'The full description with its inputs and parameters.',
    access: 'user',
    params,
    success: { status: 200, schema: appSchema },
    errors: ['app.not-found'],
  },
  updateApp: {
    method: 'POST',
    path: '/apps/v2/{id}',
    tag: 'Apps',
    summary: 'Update an app',
    description: 'Takes the whole description; the revision rises by one. Name and version cannot change.',
    access: 'user',
    params,
    body: appRequestSchema,
    document: true,
    success: { status: 200, schema: appSchema },
    errors: ['app.not-found', 'access.forbidden', 'conflict', 'precondition.failed'],
  },
  deleteApp: {
    method: 'DELETE',
    path: '/apps/v2/{id}',
    tag: 'Apps',
    summary: 'Delete an app',
    description: 'Hides the app. Jobs that were submitted with it are not touched.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['app.not-found', 'access.forbidden'],
  },
  actOnApp: {
    method: 'PUT',
    path: '/apps/v2/{id}',
    tag: 'Apps',
    summary: 'Enable, disable, publish or unpublish an app',
    description: 'A disabled app takes no new jobs. A published app can be run by everybody.',
    access: 'user',
    params,
    body: appActionRequestSchema,
    form: true,
    success: { status: 200, schema: appSchema },
    errors: ['app.not-found', 'access.forbidden', 'access.admin-only'],
  },
} as const satisfies Record<string, Route>;

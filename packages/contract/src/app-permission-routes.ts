import { z } from 'zod';
import {
  appPermissionRequestSchema,
  appPermissionSchema,
  userAppPermissionRequestSchema,
} from './app-permissions.ts';
import { pageQuerySchema } from './listing.ts';
import type { Route } from './route.ts';

const params = z.object({ id: z.string().max(80).describe('Id of the app, such as wc-1.0.') });

const userParams = params.extend({
  username: z.string().max(64).describe('Name of the user, in any case.'),
});

const granting = ['app.not-found', 'access.forbidden', 'profile.not-found'] as const;

/** Operations on who may see, change and run an app (spec: systems-apps-files 2.1). */
export const APP_PERMISSION_ROUTES = {
  listAppPermissions: {
    method: 'GET',
    path: '/apps/v2/{id}/pems',
    tag: 'Apps',
    summary: 'List who may see, change or run an app',
    description:
      'The owner first, then by name. Whoever may not change the app sees the owner and themselves only.',
    access: 'user',
    params,
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(appPermissionSchema) },
    errors: ['app.not-found', 'access.forbidden'],
  },
  grantAppPermission: {
    method: 'POST',
    path: '/apps/v2/{id}/pems',
    tag: 'Apps',
    summary: 'Let a user see, change or run an app',
    description:
      'Replaces what the user had. READ shows the app, EXECUTE runs jobs with it, WRITE changes and shares it. NONE takes everything away. For everybody, have the app published.',
    access: 'user',
    params,
    body: appPermissionRequestSchema,
    form: true,
    success: { status: 201, schema: appPermissionSchema },
    alternatives: [{ status: 200, schema: appPermissionSchema, when: 'the permission is an empty text' }],
    errors: granting,
  },
  revokeAppPermissions: {
    method: 'DELETE',
    path: '/apps/v2/{id}/pems',
    tag: 'Apps',
    summary: 'Take all permissions on an app away',
    description: 'The owner keeps theirs, and a public app stays public.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['app.not-found', 'access.forbidden'],
  },
  showAppPermission: {
    method: 'GET',
    path: '/apps/v2/{id}/pems/{username}',
    tag: 'Apps',
    summary: 'Show what a user may do with an app',
    description: 'One entry.',
    access: 'user',
    params: userParams,
    success: { status: 200, schema: appPermissionSchema },
    errors: ['app.not-found', 'permission.not-found', 'access.forbidden'],
  },
  setAppPermission: {
    method: 'POST',
    path: '/apps/v2/{id}/pems/{username}',
    tag: 'Apps',
    summary: 'Let the user of the address see, change or run an app',
    description: 'As grantAppPermission.',
    access: 'user',
    params: userParams,
    body: userAppPermissionRequestSchema,
    form: true,
    success: { status: 201, schema: appPermissionSchema },
    alternatives: [{ status: 200, schema: appPermissionSchema, when: 'the permission is an empty text' }],
    errors: granting,
  },
  revokeAppPermission: {
    method: 'DELETE',
    path: '/apps/v2/{id}/pems/{username}',
    tag: 'Apps',
    summary: 'Take the permission of a user away',
    description: 'Does nothing when the user has none.',
    access: 'user',
    params: userParams,
    success: { status: 200, schema: null },
    errors: ['app.not-found', 'access.forbidden'],
  },
} as const satisfies Record<string, Route>;

import { z } from 'zod';
import { jobIdSchema } from './ids.ts';
import {
  jobPermissionRequestSchema,
  jobPermissionSchema,
  userJobPermissionRequestSchema,
} from './job-permissions.ts';
import { pageQuerySchema } from './listing.ts';
import type { Route } from './route.ts';

const params = z.object({ id: jobIdSchema.describe('Id of the job.') });

const userParams = params.extend({
  username: z.string().max(64).describe('Name of the user, in any case, or world for everybody.'),
});

const granting = ['job.not-found', 'access.forbidden', 'profile.not-found'] as const;

/** Operations on who may see and change a job (spec: jobs 8). */
export const JOB_PERMISSION_ROUTES = {
  listJobPermissions: {
    method: 'GET',
    path: '/jobs/v2/{id}/pems',
    tag: 'Jobs',
    summary: 'List who may see or change a job',
    description: 'The owner first, then by name.',
    access: 'user',
    params,
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(jobPermissionSchema) },
    errors: ['job.not-found', 'access.forbidden'],
  },
  grantJobPermission: {
    method: 'POST',
    path: '/jobs/v2/{id}/pems',
    tag: 'Jobs',
    summary: 'Let a user see or change a job',
    description:
      'Replaces what the user had. READ shows the job, its history and output, and lets its holder subscribe to it; WRITE allows actions and permissions. NONE takes everything away.',
    access: 'user',
    params,
    body: jobPermissionRequestSchema,
    form: true,
    success: { status: 201, schema: jobPermissionSchema },
    alternatives: [{ status: 200, schema: jobPermissionSchema, when: 'the permission is an empty text' }],
    errors: granting,
  },
  revokeJobPermissions: {
    method: 'DELETE',
    path: '/jobs/v2/{id}/pems',
    tag: 'Jobs',
    summary: 'Take all permissions on a job away',
    description: 'The owner keeps theirs.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['job.not-found', 'access.forbidden'],
  },
  showJobPermission: {
    method: 'GET',
    path: '/jobs/v2/{id}/pems/{username}',
    tag: 'Jobs',
    summary: 'Show what a user may do with a job',
    description: 'One entry.',
    access: 'user',
    params: userParams,
    success: { status: 200, schema: jobPermissionSchema },
    errors: ['job.not-found', 'permission.not-found', 'access.forbidden'],
  },
  setJobPermission: {
    method: 'POST',
    path: '/jobs/v2/{id}/pems/{username}',
    tag: 'Jobs',
    summary: 'Let the user of the address see or change a job',
    description: 'As grantJobPermission.',
    access: 'user',
    params: userParams,
    body: userJobPermissionRequestSchema,
    form: true,
    success: { status: 201, schema: jobPermissionSchema },
    alternatives: [{ status: 200, schema: jobPermissionSchema, when: 'the permission is an empty text' }],
    errors: granting,
  },
  revokeJobPermission: {
    method: 'DELETE',
    path: '/jobs/v2/{id}/pems/{username}',
    tag: 'Jobs',
    summary: 'Take the permission of a user away',
    description: 'Does nothing when the user has none.',
    access: 'user',
    params: userParams,
    success: { status: 200, schema: null },
    errors: ['job.not-found', 'access.forbidden'],
  },
} as const satisfies Record<string, Route>;

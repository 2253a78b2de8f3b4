import { z } from 'zod';
import {
  listQueryFields,
  pageQuerySchema,
  queryFlagSchema,
  queryTextSchema,
  settleOrder,
} from './listing.ts';
import { systemIdSchema } from './names.ts';
import type { Route } from './route.ts';
import {
  roleRequestSchema,
  systemActionRequestSchema,
  systemRequestSchema,
  systemUpdateSchema,
} from './system-request.ts';
import { queueSchema, systemRoleSchema, systemSchema, systemSummarySchema } from './systems.ts';

const params = z.object({ id: systemIdSchema.describe('Id of the system.') });

const userParams = params.extend({ username: z.string().max(64).describe('Name of the user.') });

/** Operations on systems. */
export const SYSTEM_ROUTES = {
  listSystems: {
    method: 'GET',
    path: '/systems/v2',
    tag: 'Systems',
    summary: 'List systems',
    description: 'The systems you may see, last modified first.',
    access: 'user',
    query: listQueryFields
      .extend({
        type: queryTextSchema.describe('execution or storage, in any case.'),
        default: queryFlagSchema.describe('true: only your default systems.'),
        publicOnly: queryFlagSchema.describe('true: only public systems.'),
      })
      .transform(settleOrder),
    success: { status: 200, schema: z.array(systemSummarySchema) },
    errors: [],
  },
  createSystem: {
    method: 'POST',
    path: '/systems/v2',
    tag: 'Systems',
    summary: 'Register a system',
    description:
      "Registers a storage or execution system, or updates your system of the same id. Systems on the server's own host need an administrator.",
    access: 'user',
    body: systemRequestSchema,
    success: { status: 201, schema: systemSchema },
    alternatives: [{ status: 200, schema: systemSchema, when: 'the system existed and was updated' }],
    errors: ['system.host-local-needs-admin', 'access.forbidden', 'system.exists', 'precondition.failed'],
  },
  showSystem: {
    method: 'GET',
    path: '/systems/v2/{id}',
    tag: 'Systems',
    summary: 'Show a system',
    description: 'The full description, without any credentials.',
    access: 'user',
    params,
    success: { status: 200, schema: systemSchema },
    errors: ['system.not-found'],
  },
  updateSystem: {
    method: 'POST',
    path: '/systems/v2/{id}',
    tag: 'Systems',
    summary: 'Update a system',
    description: 'Fields that are left out stay as they are; what results is checked as a whole.',
    access: 'user',
    params,
    body: systemUpdateSchema,
    success: { status: 200, schema: systemSchema },
    errors: ['system.not-found', 'access.forbidden', 'system.host-local-needs-admin', 'conflict'],
  },
  deleteSystem: {
    method: 'DELETE',
    path: '/systems/v2/{id}',
    tag: 'Systems',
    summary: 'Delete a system',
    description: 'Jobs that are on the system go on. Its id is not given out again.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['system.not-found', 'access.forbidden'],
  },
  actOnSystem: {
    method: 'PUT',
    path: '/systems/v2/{id}',
    tag: 'Systems',
    summary: 'Enable, disable, publish or prefer a system',
    description:
      'A disabled system takes no new jobs. The default storage system decides where relative paths lie.',
    access: 'user',
    params,
    body: systemActionRequestSchema,
    form: true,
    success: { status: 200, schema: systemSchema },
    errors: ['system.not-found', 'access.forbidden', 'access.admin-only'],
  },
  listSystemRoles: {
    method: 'GET',
    path: '/systems/v2/{id}/roles',
    tag: 'Systems',
    summary: 'List who may use a system',
    description: 'The owner first, then by name.',
    access: 'user',
    params,
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(systemRoleSchema) },
    errors: ['system.not-found'],
  },
  showSystemRole: {
    method: 'GET',
    path: '/systems/v2/{id}/roles/{username}',
    tag: 'Systems',
    summary: 'Show the role of a user',
    description: 'One role.',
    access: 'user',
    params: userParams,
    success: { status: 200, schema: systemRoleSchema },
    errors: ['system.not-found', 'role.not-found'],
  },
  grantSystemRole: {
    method: 'POST',
    path: '/systems/v2/{id}/roles',
    tag: 'Systems',
    summary: 'Give a user a role',
    description: 'USER and above may run jobs. NONE takes the role away. The answer is a list of one.',
    access: 'user',
    params,
    body: roleRequestSchema,
    form: true,
    success: { status: 200, schema: z.array(systemRoleSchema) },
    errors: ['system.not-found', 'access.forbidden', 'profile.not-found'],
  },
  revokeSystemRole: {
    method: 'DELETE',
    path: '/systems/v2/{id}/roles/{username}',
    tag: 'Systems',
    summary: 'Take the role of a user away',
    description: 'Does nothing when the user has none.',
    access: 'user',
    params: userParams,
    success: { status: 200, schema: null },
    errors: ['system.not-found', 'access.forbidden'],
  },
  listSystemQueues: {
    method: 'GET',
    path: '/systems/v2/{id}/queues',
    tag: 'Systems',
    summary: 'List the queues of a system',
    description: 'Empty for storage systems.',
    access: 'user',
    params,
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(queueSchema) },
    errors: ['system.not-found'],
  },
} as const satisfies Record<string, Route>;

import { z } from 'zod';
import type { metadataIdSchema, schemaIdSchema } from './ids.ts';
import { pageQuerySchema } from './listing.ts';
import {
  metadataPermissionRequestSchema,
  metadataPermissionSchema,
  userMetadataPermissionRequestSchema,
} from './metadata.ts';
import type { Route } from './route.ts';

/** Something with permissions of its own. */
interface Shared<Id extends typeof metadataIdSchema | typeof schemaIdSchema> {
  /** Such as `/meta/v2/data/{uuid}/pems`. */
  readonly path: string;
  /** What it is called. */
  readonly what: string;
  readonly params: z.ZodObject<{ uuid: Id }>;
  readonly notFound: 'metadata.not-found' | 'schema.not-found';
}

/** The operations on who may see and change a document or a schema. */
export function metadataPermissionRoutes<Id extends typeof metadataIdSchema | typeof schemaIdSchema>({
  path,
  what,
  params,
  notFound,
}: Shared<Id>) {
  const userParams = z.object({
    uuid: params.shape.uuid,
    username: z.string().max(64).describe('Name of the user, in any case, or world for everybody.'),
  });
  const common = { tag: 'Metadata', access: 'user' } as const;
  const onUser = { ...common, path: `${path}/{username}`, params: userParams } as const;
  const onAll = { ...common, path, params } as const;
  const one = { status: 200, schema: metadataPermissionSchema } as const;
  const none = { status: 200, schema: null } as const;
  return {
    list: {
      ...onAll,
      method: 'GET',
      summary: `List who may see or change a ${what}`,
      description: 'The owner first, then by name.',
      query: pageQuerySchema,
      success: { status: 200, schema: z.array(metadataPermissionSchema) },
      errors: [notFound, 'access.forbidden'],
    },
    grant: {
      ...onAll,
      method: 'POST',
      summary: `Let a user see or change a ${what}`,
      description:
        'Replaces what the user had. READ shows it, WRITE allows changes and permissions. NONE takes everything away.',
      body: metadataPermissionRequestSchema,
      form: true,
      success: { ...one, status: 201 },
      errors: [notFound, 'access.forbidden', 'profile.not-found'],
    },
    revokeAll: {
      ...onAll,
      method: 'DELETE',
      summary: `Take all permissions on a ${what} away`,
      description: 'The owner keeps theirs.',
      success: none,
      errors: [notFound, 'access.forbidden'],
    },
    show: {
      ...onUser,
      method: 'GET',
      summary: `Show what a user may do with a ${what}`,
      description: 'One entry.',
      success: one,
      errors: [notFound, 'access.forbidden', 'metadata.not-shared'],
    },
    set: {
      ...onUser,
      method: 'POST',
      summary: `Let the user of the address see or change a ${what}`,
      description: 'Replaces what the user had.',
      body: userMetadataPermissionRequestSchema,
      form: true,
      success: { ...one, status: 201 },
      errors: [notFound, 'access.forbidden', 'profile.not-found'],
    },
    revoke: {
      ...onUser,
      method: 'DELETE',
      summary: `Take the permission of a user on a ${what} away`,
      description: 'Does nothing when the user has none.',
      success: none,
      errors: [notFound, 'access.forbidden'],
    },
  } as const satisfies Record<string, Route>;
}

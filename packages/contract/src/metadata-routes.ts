import { z } from 'zod';
import { metadataIdSchema, schemaIdSchema } from './ids.ts';
import { listQueryFields, queryTextSchema, settleOrder } from './listing.ts';
import {
  jsonSchemaRequestSchema,
  jsonSchemaSchema,
  metadataRequestSchema,
  metadataSchema,
  metadataUpdateSchema,
} from './metadata.ts';
import { metadataPermissionRoutes } from './metadata-permission-routes.ts';
import type { Route } from './route.ts';
import { wireShapes } from './scalars.ts';

const params = z.object({ uuid: metadataIdSchema.describe('Uuid of the document.') });
const schemaParams = z.object({ uuid: schemaIdSchema.describe('Uuid of the schema.') });

/** Only `false` is false: Python clients write `False`, and leaving it out means true. */
const privilegedSchema = queryTextSchema.transform(
  (given) => !['false', '0'].includes((given ?? '').toLowerCase()),
);
wireShapes.add(privilegedSchema, { type: 'boolean', default: true });

const query = listQueryFields
  .extend({
    q: queryTextSchema.describe(
      'Conditions as JSON, in a part of the query language of MongoDB. Fields: uuid, owner, name, schemaId, associationIds, created, lastUpdated, value and paths below it such as value.sample.size; of schemas uuid, owner, created, lastUpdated, schema and paths below it. Operators: $eq $ne $gt $gte $lt $lte $in $nin $exists $regex $options $not $and $or.',
    ),
    privileged: privilegedSchema.describe(
      'false: also for administrators only what is theirs or was shared with them.',
    ),
  })
  .transform(settleOrder);

const permissions = metadataPermissionRoutes({
  path: '/meta/v2/data/{uuid}/pems',
  what: 'document',
  params,
  notFound: 'metadata.not-found',
});

const schemaPermissions = metadataPermissionRoutes({
  path: '/meta/v2/schemas/{uuid}/pems',
  what: 'schema',
  params: schemaParams,
  notFound: 'schema.not-found',
});

/** Operations on metadata documents and on schemas. */
export const METADATA_ROUTES = {
  listMetadata: {
    method: 'GET',
    path: '/meta/v2/data',
    tag: 'Metadata',
    summary: 'List and search metadata',
    description:
      'Your documents and those shared with you, last updated first; administrators see all of them. Ordered by uuid, owner, name, created or lastUpdated.',
    access: 'user',
    query,
    success: { status: 200, schema: z.array(metadataSchema) },
    errors: [],
  },
  createMetadata: {
    method: 'POST',
    path: '/meta/v2/data',
    tag: 'Metadata',
    summary: 'Store a metadata document',
    description: 'A name with any JSON value, about any number of resources.',
    access: 'user',
    body: metadataRequestSchema,
    document: true,
    success: { status: 201, schema: metadataSchema },
    errors: [],
  },
  showMetadata: {
    method: 'GET',
    path: '/meta/v2/data/{uuid}',
    tag: 'Metadata',
    summary: 'Show a metadata document',
    description: 'With its value.',
    access: 'user',
    params,
    success: { status: 200, schema: metadataSchema },
    errors: ['metadata.not-found', 'access.forbidden'],
  },
  updateMetadata: {
    method: 'POST',
    path: '/meta/v2/data/{uuid}',
    tag: 'Metadata',
    summary: 'Change a metadata document',
    description: 'What is left out stays; the value is replaced as a whole. Needs the permission WRITE.',
    access: 'user',
    params,
    body: metadataUpdateSchema,
    document: true,
    success: { status: 200, schema: metadataSchema },
    errors: ['metadata.not-found', 'access.forbidden'],
  },
  deleteMetadata: {
    method: 'DELETE',
    path: '/meta/v2/data/{uuid}',
    tag: 'Metadata',
    summary: 'Delete a metadata document',
    description: 'Needs the permission WRITE.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: ['metadata.not-found', 'access.forbidden'],
  },
  listMetadataPermissions: permissions.list,
  grantMetadataPermission: permissions.grant,
  revokeMetadataPermissions: permissions.revokeAll,
  showMetadataPermission: permissions.show,
  setMetadataPermission: permissions.set,
  revokeMetadataPermission: permissions.revoke,
  listSchemas: {
    method: 'GET',
    path: '/meta/v2/schemas',
    tag: 'Metadata',
    summary: 'List and search schemas',
    description:
      'Your schemas and those shared with you, last updated first; administrators see all of them.',
    access: 'user',
    query,
    success: { status: 200, schema: z.array(jsonSchemaSchema) },
    errors: [],
  },
  createSchema: {
    method: 'POST',
    path: '/meta/v2/schemas',
    tag: 'Metadata',
    summary: 'Store a schema',
    description:
      'The body is a JSON Schema of drafts 4 to 2020-12, which documents can name and then have to follow. References lead to places in it and nowhere else; regular expressions are those of RE2; unevaluatedItems, unevaluatedProperties, $dynamicRef and $recursiveRef are not supported. Keywords that are none are remarks.',
    access: 'user',
    body: jsonSchemaRequestSchema,
    success: { status: 201, schema: jsonSchemaSchema },
    errors: [],
  },
  showSchema: {
    method: 'GET',
    path: '/meta/v2/schemas/{uuid}',
    tag: 'Metadata',
    summary: 'Show a schema',
    description: 'The JSON Schema is under schema.',
    access: 'user',
    params: schemaParams,
    success: { status: 200, schema: jsonSchemaSchema },
    errors: ['schema.not-found', 'access.forbidden'],
  },
  updateSchema: {
    method: 'POST',
    path: '/meta/v2/schemas/{uuid}',
    tag: 'Metadata',
    summary: 'Replace a schema',
    description:
      'By the JSON Schema of the body. Documents that name it are judged by it when they are changed next. Needs the permission WRITE.',
    access: 'user',
    params: schemaParams,
    body: jsonSchemaRequestSchema,
    success: { status: 200, schema: jsonSchemaSchema },
    errors: ['schema.not-found', 'access.forbidden'],
  },
  deleteSchema: {
    method: 'DELETE',
    path: '/meta/v2/schemas/{uuid}',
    tag: 'Metadata',
    summary: 'Delete a schema',
    description:
      'Documents that name it keep its uuid, and follow nothing any more. Needs the permission WRITE.',
    access: 'user',
    params: schemaParams,
    success: { status: 200, schema: null },
    errors: ['schema.not-found', 'access.forbidden'],
  },
  listSchemaPermissions: schemaPermissions.list,
  grantSchemaPermission: schemaPermissions.grant,
  revokeSchemaPermissions: schemaPermissions.revokeAll,
  showSchemaPermission: schemaPermissions.show,
  setSchemaPermission: schemaPermissions.set,
  revokeSchemaPermission: schemaPermissions.revoke,
} as const satisfies Record<string, Route>;

import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { describeValue, expected } from './expectation.ts';
import { schemaIdSchema } from './ids.ts';
import { isStorableJson, jsonValue } from './json-value.ts';
import { bodyRules } from './parse-body.ts';
import { line, refuse, wireShapes } from './scalars.ts';

/** Resources that one document can be about. */
export const MAX_ASSOCIATIONS = 100;

const associationSchema = line({ what: 'the uuid of a resource', max: 64 });

/** One uuid or a list of them; each once. */
const associationsSchema = z
  .union([associationSchema, z.array(associationSchema)], { error: expected('a list of uuids') })
  .transform((given, context): readonly string[] => {
    const uuids = [...new Set(typeof given === 'string' ? [given] : given)];
    if (uuids.length <= MAX_ASSOCIATIONS) return uuids;
    return refuse(context, `expected at most ${MAX_ASSOCIATIONS} uuids, got ${uuids.length}`);
  });
wireShapes.add(associationsSchema, {
  type: 'array',
  items: { type: 'string' },
  maxItems: MAX_ASSOCIATIONS,
});

const nameSchema = line({ what: 'the name of a document', max: 256 });

/** A metadata document as given. */
export const metadataRequestSchema = z.object({
  name: nameSchema,
  value: jsonValue('a JSON value').describe('Any JSON.'),
  associationIds: associationsSchema
    .default([])
    .describe('Uuids of the resources that the document is about. Each must be visible to you.'),
  schemaId: schemaIdSchema
    .optional()
    .describe(
      'A schema that the document follows: a value that does not is refused, now and whenever it is changed. You must be able to read it.',
    ),
});

/** A metadata document as given, parsed. */
export type MetadataRequest = z.output<typeof metadataRequestSchema>;

/** The uuid of a schema, or null; a blank text means null as well. */
const changedSchemaId = z
  .union([schemaIdSchema, z.literal(''), z.null()], { error: expected('the uuid of a schema, or null') })
  .transform((given) => given || null);
wireShapes.add(changedSchemaId, { type: ['string', 'null'] });

/** Changes of a metadata document: what is left out stays. */
export const metadataUpdateSchema = z.object({
  name: nameSchema.optional(),
  value: jsonValue('a JSON value').optional().describe('Any JSON; replaces the value as a whole.'),
  associationIds: associationsSchema
    .optional()
    .describe('Replaces the list. Uuids that are new in it must be visible to you.'),
  schemaId: changedSchemaId.optional().describe('The value must follow the new schema. Null takes it away.'),
});
bodyRules.add(metadataUpdateSchema, { aliases: {}, withBlanks: ['value', 'schemaId'] });

/** A JSON Schema as given: the document itself. */
export const jsonSchemaRequestSchema = z
  .looseObject({})
  .refine((document) => Object.keys(document).length > 0, {
    error: 'expected a JSON Schema, got an empty object',
  })
  .refine(isStorableJson, { error: 'expected texts without NUL characters; remove them' });

/** The permissions on a document and what each lets its holder do. */
export const METADATA_PERMISSIONS = {
  NONE: { read: false, write: false },
  READ: { read: true, write: false },
  WRITE: { read: false, write: true },
  READ_WRITE: { read: true, write: true },
  ALL: { read: true, write: true },
} as const;

/** A permission on a document. */
export type MetadataPermission = keyof typeof METADATA_PERMISSIONS;

const WORDS = Object.keys(METADATA_PERMISSIONS) as readonly MetadataPermission[];
const WHAT = `one of ${WORDS.join(', ')}`;

/** A word of {@link METADATA_PERMISSIONS} in any case; null and a blank text take the permission away. */
const permissionSchema = z
  .union([z.string(), z.null()], { error: expected(WHAT) })
  .transform((value, context): MetadataPermission => {
    const wanted = (value ?? '').trim().toUpperCase();
    if (wanted === '') return 'NONE';
    return (
      WORDS.find((word) => word === wanted) ??
      refuse(context, `expected ${WHAT}, got ${describeValue(value)}`)
    );
  });
wireShapes.add(permissionSchema, { type: 'string', enum: [...WORDS] });

const granteeSchema = line({ what: 'the name of a user', max: 64 });

/** A permission for a user. */
export const metadataPermissionRequestSchema = z.object({
  username: granteeSchema.describe('Name of a user, or world for everybody who is signed in.'),
  permission: permissionSchema.describe('NONE takes the permission away.'),
});
bodyRules.add(metadataPermissionRequestSchema, { aliases: {}, anyCase: true });

/** A permission for the user of the address. */
export const userMetadataPermissionRequestSchema = z.object({
  username: granteeSchema.optional().describe('Nothing, or the user of the address.'),
  permission: permissionSchema.describe('NONE takes the permission away.'),
});
bodyRules.add(userMetadataPermissionRequestSchema, { aliases: {}, anyCase: true });

const associationLinkSchema = z.object({ rel: z.string(), href: z.url(), title: z.string() });

/** A metadata document as shown. */
export const metadataSchema = z.object({
  uuid: z.string(),
  owner: z.string(),
  schemaId: z.string().nullable(),
  internalUsername: z.null(),
  associationIds: z.array(z.string()),
  lastUpdated: timestampSchema,
  name: z.string(),
  value: z.unknown().describe('Any JSON.'),
  created: timestampSchema,
  _links: linksSchema('self', 'permissions', 'owner').extend({
    associationIds: z.array(associationLinkSchema),
  }),
});

/** A metadata document as shown. */
export type MetadataView = z.infer<typeof metadataSchema>;

/** A JSON Schema as shown. */
export const jsonSchemaSchema = z.object({
  uuid: z.string(),
  owner: z.string(),
  internalUsername: z.null(),
  lastUpdated: timestampSchema,
  schema: z.unknown().describe('The JSON Schema.'),
  created: timestampSchema,
  _links: linksSchema('self', 'permissions', 'owner'),
});

/** A JSON Schema as shown. */
export type JsonSchemaView = z.infer<typeof jsonSchemaSchema>;

/** What one user may do with a document. */
export const metadataPermissionSchema = z.object({
  username: z.string(),
  internalUsername: z.null(),
  permission: z.object({ read: z.boolean(), write: z.boolean() }),
  _links: linksSchema('self', 'parent', 'profile'),
});

/** What one user may do with a document. */
export type MetadataPermissionView = z.infer<typeof metadataPermissionSchema>;

import type { QueryInputOf } from '@arras/contract';
import type { Call, CallOptions } from './operation.ts';

/** A query as {@link metadataCalls} takes it: conditions as an object, or written as text. */
export type MetadataQuery<Id extends 'listMetadata' | 'listSchemas'> = Omit<QueryInputOf<Id>, 'q'> & {
  /** Such as `{ name: 'sample', 'value.size': { $gt: 3 } }`. */
  readonly q?: string | object | undefined;
};

/** Documents about anything that has a uuid, and schemas that they may name. */
export function metadataCalls(call: Call) {
  return {
    /** Yours and those shared with you that meet all conditions. */
    list: (query: MetadataQuery<'listMetadata'> = {}) => call('listMetadata', { query: withText(query) }),
    show: (uuid: string) => call('showMetadata', { params: { uuid } }),
    create: (body: CallOptions<'createMetadata'>['body']) => call('createMetadata', { body }),
    /** What is left out stays; the value is replaced as a whole. */
    update: (uuid: string, body: CallOptions<'updateMetadata'>['body']) =>
      call('updateMetadata', { params: { uuid }, body }),
    delete: (uuid: string) => call('deleteMetadata', { params: { uuid } }),
    permissions: {
      list: (uuid: string, query: QueryInputOf<'listMetadataPermissions'> = {}) =>
        call('listMetadataPermissions', { params: { uuid }, query }),
      show: (uuid: string, username: string) =>
        call('showMetadataPermission', { params: { uuid, username } }),
      /** Replaces what the user had; NONE takes everything away. */
      grant: (uuid: string, username: string, permission: string) =>
        call('grantMetadataPermission', { params: { uuid }, body: { username, permission } }),
      revoke: (uuid: string, username: string) =>
        call('revokeMetadataPermission', { params: { uuid, username } }),
      /** Takes all permissions away but the owner's. */
      drop: (uuid: string) => call('revokeMetadataPermissions', { params: { uuid } }),
    },
    schemas: schemaCalls(call),
  };
}

function schemaCalls(call: Call) {
  return {
    list: (query: MetadataQuery<'listSchemas'> = {}) => call('listSchemas', { query: withText(query) }),
    show: (uuid: string) => call('showSchema', { params: { uuid } }),
    create: (schema: CallOptions<'createSchema'>['body']) => call('createSchema', { body: schema }),
    /** Replaces the schema as a whole. */
    update: (uuid: string, schema: CallOptions<'updateSchema'>['body']) =>
      call('updateSchema', { params: { uuid }, body: schema }),
    delete: (uuid: string) => call('deleteSchema', { params: { uuid } }),
    permissions: {
      list: (uuid: string, query: QueryInputOf<'listSchemaPermissions'> = {}) =>
        call('listSchemaPermissions', { params: { uuid }, query }),
      show: (uuid: string, username: string) => call('showSchemaPermission', { params: { uuid, username } }),
      /** Replaces what the user had; NONE takes everything away. */
      grant: (uuid: string, username: string, permission: string) =>
        call('grantSchemaPermission', { params: { uuid }, body: { username, permission } }),
      revoke: (uuid: string, username: string) =>
        call('revokeSchemaPermission', { params: { uuid, username } }),
      drop: (uuid: string) => call('revokeSchemaPermissions', { params: { uuid } }),
    },
  };
}

function withText<Query extends { readonly q?: string | object | undefined }>(query: Query) {
  const { q, ...rest } = query;
  if (q === undefined) return rest;
  return { ...rest, q: typeof q === 'string' ? q : JSON.stringify(q) };
}

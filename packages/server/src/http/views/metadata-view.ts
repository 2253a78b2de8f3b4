import type { JsonSchemaView, MetadataPermissionView, MetadataView } from '@arras/contract';
import type { DocumentAccess, DocumentRow } from '../../database/documents.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { resourceTypeOf } from '../resources/find-resource.ts';
import { linkTo } from './links.ts';

/** The parts of the address of a document. */
function placeOf({ kind, uuid }: Pick<DocumentRow, 'kind' | 'uuid'>): readonly string[] {
  return ['meta', 'v2', kind === 'metadata' ? 'data' : 'schemas', uuid];
}

/** A metadata document as shown. */
export function renderMetadata(context: ViewContext, row: DocumentRow): MetadataView {
  return {
    uuid: row.uuid,
    owner: row.owner,
    schemaId: row.schema_id,
    internalUsername: null,
    associationIds: row.association_ids,
    lastUpdated: context.formatTime(row.last_updated),
    name: row.name,
    value: row.value,
    created: context.formatTime(row.created_at),
    _links: { ...linksOf(context, row), associationIds: associationsOf(context, row) },
  };
}

/** A JSON Schema as shown. */
export function renderJsonSchema(context: ViewContext, row: DocumentRow): JsonSchemaView {
  return {
    uuid: row.uuid,
    owner: row.owner,
    internalUsername: null,
    lastUpdated: context.formatTime(row.last_updated),
    schema: row.value,
    created: context.formatTime(row.created_at),
    _links: linksOf(context, row),
  };
}

function linksOf(context: ViewContext, row: DocumentRow) {
  return {
    self: linkTo(context, ...placeOf(row)),
    permissions: linkTo(context, ...placeOf(row), 'pems'),
    owner: linkTo(context, 'profiles', 'v2', row.owner),
  };
}

/** Through the uuid: whether the resource is still there is for its address to say. */
function associationsOf(context: ViewContext, { association_ids }: DocumentRow) {
  return association_ids.map((uuid) => ({
    rel: uuid,
    href: linkTo(context, 'uuids', 'v2', uuid).href,
    title: resourceTypeOf(uuid)?.toLowerCase() ?? 'resource',
  }));
}

/** What one user may do with a document. */
export function renderMetadataPermission(
  context: ViewContext,
  row: Pick<DocumentRow, 'kind' | 'uuid'>,
  { username, access }: { readonly username: string; readonly access: DocumentAccess },
): MetadataPermissionView {
  const { read, write } = access;
  return {
    username,
    internalUsername: null,
    permission: { read, write },
    _links: {
      self: linkTo(context, ...placeOf(row), 'pems', username),
      parent: linkTo(context, ...placeOf(row)),
      profile: linkTo(context, 'profiles', 'v2', username),
    },
  };
}

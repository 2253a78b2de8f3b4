import {
  ApiError,
  METADATA_PERMISSIONS,
  type MetadataPermission,
  type MetadataPermissionView,
  WORLD,
} from '@arras/contract';
import {
  type DocumentRow,
  findDocumentPermission,
  listDocumentPermissions,
  removeDocumentPermissions,
  setDocumentPermission,
} from '../../database/documents.ts';
import { findProfile } from '../../database/profiles.ts';
import type { Viewer } from '../../database/systems.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableDocument, getReadableDocument } from '../documents/get-document.ts';
import type { HandlersOf } from '../handler.ts';
import { answer, done, type ResultReply } from '../reply.ts';
import { renderMetadataPermission } from '../views/metadata-view.ts';

type Uuid = DocumentRow['uuid'];

/** A request about the permissions on a document or on a schema, which are the same. */
interface Asked {
  readonly context: HttpContext;
  readonly viewer: Viewer;
  readonly params: { readonly uuid: Uuid };
}

type AskedOfUser = Asked & { readonly params: { readonly username: string } };

/** The owner's entry is on the first page, before the stored ones; paging counts the latter. */
async function list({
  context,
  viewer,
  params,
  query,
}: Asked & { readonly query: { readonly limit: number; readonly offset: number } }): Promise<
  ResultReply<MetadataPermissionView[]>
> {
  const document = await getReadableDocument(context.db, viewer, params.uuid);
  const given = (await listDocumentPermissions(context.db, document.uuid, query)).map((row) => ({
    username: row.username,
    access: { read: row.can_read, write: row.can_write },
  }));
  const owner = query.offset === 0 && query.limit > 0 ? [ownerOf(document)] : [];
  return answer([...owner, ...given].map((entry) => renderMetadataPermission(context, document, entry)));
}

async function show({ context, viewer, params }: AskedOfUser): Promise<ResultReply<MetadataPermissionView>> {
  const document = await getReadableDocument(context.db, viewer, params.uuid);
  const username = nameOf(params.username);
  if (username === document.owner)
    return answer(renderMetadataPermission(context, document, ownerOf(document)));
  const row = await findDocumentPermission(context.db, document.uuid, username);
  if (row === null) throw new ApiError('metadata.not-shared');
  const access = { read: row.can_read, write: row.can_write };
  return answer(renderMetadataPermission(context, document, { username, access }));
}

function set({
  context,
  viewer,
  params,
  body,
}: AskedOfUser & {
  readonly body: { readonly username?: string | undefined; readonly permission: MetadataPermission };
}): Promise<ResultReply<MetadataPermissionView>> {
  const { username = params.username, permission } = body;
  if (nameOf(username) !== nameOf(params.username)) {
    const message = `expected ${params.username} as in the address, or nothing, got another name`;
    throw new ApiError('request.invalid', { problems: [{ field: 'username', message }] });
  }
  return grant({ context, viewer, params, body: { username, permission } });
}

async function grant({
  context,
  viewer,
  params,
  body,
}: Asked & {
  readonly body: { readonly username: string; readonly permission: MetadataPermission };
}): Promise<ResultReply<MetadataPermissionView>> {
  const document = await getChangeableDocument(context.db, viewer, params.uuid);
  const username = nameOf(body.username);
  refuseOwner(document, username);
  await requireUser(context, username);
  const access = METADATA_PERMISSIONS[body.permission];
  if (body.permission === 'NONE') await removeDocumentPermissions(context.db, document.uuid, username);
  else await setDocumentPermission(context.db, document.uuid, username, access);
  return answer(renderMetadataPermission(context, document, { username, access }));
}

async function revokeAll({ context, viewer, params }: Asked): Promise<ResultReply<null>> {
  const document = await getChangeableDocument(context.db, viewer, params.uuid);
  await removeDocumentPermissions(context.db, document.uuid, null);
  return done(`Only ${document.owner} may see ${document.uuid} now.`);
}

async function revoke({ context, viewer, params }: AskedOfUser): Promise<ResultReply<null>> {
  const document = await getChangeableDocument(context.db, viewer, params.uuid);
  const username = nameOf(params.username);
  refuseOwner(document, username);
  await removeDocumentPermissions(context.db, document.uuid, username);
  return done(`${username} has no permission on ${document.uuid} any more.`);
}

/** Names of users are in lower case; the original calls everybody `public` as well. */
function nameOf(given: string): string {
  const name = given.toLowerCase();
  return name === 'public' ? WORLD : name;
}

async function requireUser({ db }: HttpContext, username: string): Promise<void> {
  if (username === WORLD) return;
  const profile = await findProfile(db, username);
  if (profile === null || profile.disabled_at !== null) throw new ApiError('profile.not-found');
}

function refuseOwner({ owner }: DocumentRow, username: string): void {
  if (owner !== username) return;
  throw new ApiError('access.forbidden', { message: `${owner} owns it and keeps every permission.` });
}

function ownerOf({ owner }: DocumentRow) {
  return { username: owner, access: METADATA_PERMISSIONS.ALL };
}

/** Operations on the permissions of metadata documents and of schemas. */
export const METADATA_PERMISSION_HANDLERS: Pick<
  HandlersOf<'Metadata'>,
  | 'listMetadataPermissions'
  | 'grantMetadataPermission'
  | 'revokeMetadataPermissions'
  | 'showMetadataPermission'
  | 'setMetadataPermission'
  | 'revokeMetadataPermission'
  | 'listSchemaPermissions'
  | 'grantSchemaPermission'
  | 'revokeSchemaPermissions'
  | 'showSchemaPermission'
  | 'setSchemaPermission'
  | 'revokeSchemaPermission'
> = {
  listMetadataPermissions: list,
  grantMetadataPermission: grant,
  revokeMetadataPermissions: revokeAll,
  showMetadataPermission: show,
  setMetadataPermission: set,
  revokeMetadataPermission: revoke,
  listSchemaPermissions: list,
  grantSchemaPermission: grant,
  revokeSchemaPermissions: revokeAll,
  showSchemaPermission: show,
  setSchemaPermission: set,
  revokeSchemaPermission: revoke,
};

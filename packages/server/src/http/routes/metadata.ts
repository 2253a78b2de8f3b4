import { ApiError } from '@arras/contract';
import { deleteDocument, insertDocument, updateDocument } from '../../database/documents.ts';
import { checkAssociations } from '../documents/check-associations.ts';
import { followSchema } from '../documents/follow-schema.ts';
import { getChangeableDocument, getReadableDocument } from '../documents/get-document.ts';
import { findDocuments } from '../documents/read-document-query.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderMetadata } from '../views/metadata-view.ts';
import { METADATA_PERMISSION_HANDLERS } from './metadata-permissions.ts';
import { SCHEMA_HANDLERS } from './schemas.ts';

const listMetadata: Handler<'listMetadata'> = async ({ context, viewer, query }) => {
  const found = await findDocuments(context, viewer, 'metadata', query);
  return answer(found.map((row) => renderMetadata(context, row)));
};

const createMetadata: Handler<'createMetadata'> = async ({ context, viewer, body }) => {
  await checkAssociations(context, viewer, body, null);
  await followSchema(context, viewer, body, null);
  const made = await insertDocument(context.db, {
    uuid: context.newId('metadata'),
    kind: 'metadata',
    owner: viewer.username,
    name: body.name,
    value: JSON.stringify(body.value),
    schema_id: body.schemaId ?? null,
    association_ids: [...body.associationIds],
  });
  return answer(renderMetadata(context, made));
};

const showMetadata: Handler<'showMetadata'> = async ({ context, viewer, params }) =>
  answer(renderMetadata(context, await getReadableDocument(context.db, viewer, params.uuid)));

/** Only what is given is written, so that two who change different parts at once both succeed. */
const updateMetadata: Handler<'updateMetadata'> = async ({ context, viewer, params, body }) => {
  const known = await getChangeableDocument(context.db, viewer, params.uuid);
  await checkAssociations(context, viewer, body, known);
  await followSchema(context, viewer, body, known);
  const { name, value, associationIds, schemaId } = body;
  const changed = await updateDocument(context.db, known.uuid, {
    ...(name !== undefined && { name }),
    ...(value !== undefined && { value: JSON.stringify(value) }),
    ...(associationIds !== undefined && { association_ids: [...associationIds] }),
    ...(schemaId !== undefined && { schema_id: schemaId }),
  });
  if (changed === null) throw new ApiError('metadata.not-found');
  return answer(renderMetadata(context, changed));
};

const deleteMetadata: Handler<'deleteMetadata'> = async ({ context, viewer, params }) => {
  const { uuid } = await getChangeableDocument(context.db, viewer, params.uuid);
  if (!(await deleteDocument(context.db, uuid))) throw new ApiError('metadata.not-found');
  return done(`Document ${uuid} was deleted.`);
};

/** Operations on metadata documents and schemas. */
export const METADATA_HANDLERS: HandlersOf<'Metadata'> = {
  listMetadata,
  createMetadata,
  showMetadata,
  updateMetadata,
  deleteMetadata,
  ...METADATA_PERMISSION_HANDLERS,
  ...SCHEMA_HANDLERS,
};

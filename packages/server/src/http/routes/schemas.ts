import { ApiError } from '@arras/contract';
import { deleteDocument, insertDocument, updateDocument } from '../../database/documents.ts';
import { refuseUnusableSchema } from '../documents/follow-schema.ts';
import { getChangeableDocument, getReadableDocument } from '../documents/get-document.ts';
import { findDocuments } from '../documents/read-document-query.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderJsonSchema } from '../views/metadata-view.ts';

const listSchemas: Handler<'listSchemas'> = async ({ context, viewer, query }) => {
  const found = await findDocuments(context, viewer, 'schema', query);
  return answer(found.map((row) => renderJsonSchema(context, row)));
};

/** Kept as it is, once documents can be judged by it. */
const createSchema: Handler<'createSchema'> = async ({ context, viewer, body }) => {
  refuseUnusableSchema(body);
  const made = await insertDocument(context.db, {
    uuid: context.newId('schema'),
    kind: 'schema',
    owner: viewer.username,
    name: '',
    value: JSON.stringify(body),
    schema_id: null,
  });
  return answer(renderJsonSchema(context, made));
};

const showSchema: Handler<'showSchema'> = async ({ context, viewer, params }) =>
  answer(renderJsonSchema(context, await getReadableDocument(context.db, viewer, params.uuid)));

const updateSchema: Handler<'updateSchema'> = async ({ context, viewer, params, body }) => {
  const known = await getChangeableDocument(context.db, viewer, params.uuid);
  refuseUnusableSchema(body);
  const changed = await updateDocument(context.db, known.uuid, { value: JSON.stringify(body) });
  if (changed === null) throw new ApiError('schema.not-found');
  return answer(renderJsonSchema(context, changed));
};

const deleteSchema: Handler<'deleteSchema'> = async ({ context, viewer, params }) => {
  const { uuid } = await getChangeableDocument(context.db, viewer, params.uuid);
  if (!(await deleteDocument(context.db, uuid))) throw new ApiError('schema.not-found');
  return done(`Schema ${uuid} was deleted.`);
};

/** Operations on JSON Schemas. */
export const SCHEMA_HANDLERS: Pick<
  HandlersOf<'Metadata'>,
  'listSchemas' | 'createSchema' | 'showSchema' | 'updateSchema' | 'deleteSchema'
> = { listSchemas, createSchema, showSchema, updateSchema, deleteSchema };

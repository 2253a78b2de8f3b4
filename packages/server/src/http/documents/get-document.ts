import { ApiError } from '@arras/contract';
import type { Db } from '../../database/connection.ts';
import { type DocumentRow, findViewedDocument, type ViewedDocument } from '../../database/documents.ts';
import type { Viewer } from '../../database/systems.ts';

/** The document, if the viewer may read it. Throws the one error that does not say whether it exists (S1). */
export async function getReadableDocument(
  db: Db,
  viewer: Viewer,
  uuid: DocumentRow['uuid'],
): Promise<ViewedDocument> {
  const document = await getDocument(db, viewer, uuid);
  if (document.may.read) return document;
  throw new ApiError('access.forbidden', { message: 'You need the permission READ on this document.' });
}

/** The document, if the viewer may change it and the permissions on it. Throws ApiError. */
export async function getChangeableDocument(
  db: Db,
  viewer: Viewer,
  uuid: DocumentRow['uuid'],
): Promise<ViewedDocument> {
  const document = await getDocument(db, viewer, uuid);
  if (document.may.write) return document;
  throw new ApiError('access.forbidden', { message: 'You need the permission WRITE on this document.' });
}

async function getDocument(db: Db, viewer: Viewer, uuid: DocumentRow['uuid']): Promise<ViewedDocument> {
  const document = await findViewedDocument(db, viewer, uuid);
  if (document !== null) return document;
  throw new ApiError(uuid.endsWith('-013') ? 'schema.not-found' : 'metadata.not-found');
}

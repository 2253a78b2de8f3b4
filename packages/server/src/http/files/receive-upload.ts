import { ApiError, type FileReceipt } from '@arras/contract';
import type { Viewer } from '../../database/systems.ts';
import { joinPath } from '../../domain/paths.ts';
import { createPartName } from '../../storage/part-file.ts';
import type { Storage } from '../../storage/storage.ts';
import type { HttpContext } from '../context.ts';
import type { AskedFile } from './asked-file.ts';
import type { FormFields, FormFile } from './multipart.ts';
import { childOf, findReplaced } from './new-file.ts';
import { recordDone } from './record.ts';

/** Where an upload goes, and who makes it. */
export interface UploadPlace {
  readonly context: HttpContext;
  readonly viewer: Viewer;
  readonly storage: Storage;
  readonly directory: AskedFile;
}

/** Content that is on the storage, but perhaps not yet where it is to be. */
export interface StoredUpload {
  readonly target: AskedFile;
  /** Root-relative path at which it lies. */
  readonly at: string;
  readonly sizeBytes: number;
  readonly isReplaced: boolean;
}

/**
 * Stores content as it comes. Its name is that of the field `fileName` when that came first, else its own; as long as
 * another name may follow, it replaces nothing: then it waits under a name that no listing shows.
 */
export async function storeUpload(
  { context, viewer, storage, directory }: UploadPlace,
  name: string | undefined,
  content: FormFile,
  fields: FormFields,
): Promise<StoredUpload> {
  const settled = fields.get('fileName');
  const target = childOf(directory, settled ?? name ?? '');
  const replaced = await findReplaced(context, viewer, storage, target);
  const isFinal = settled !== undefined || replaced === null;
  const at = isFinal ? target.path : joinPath(directory.path, createPartName());
  await storage.write(at, content);
  return { target, at, sizeBytes: content.bytesRead, isReplaced: replaced !== null };
}

/** Gives what was stored the name that the whole form says. */
export async function placeUpload(
  { context, viewer, storage, directory }: UploadPlace,
  stored: StoredUpload,
  fields: FormFields,
): Promise<StoredUpload> {
  const name = fields.get('fileName');
  const target = name === undefined ? stored.target : childOf(directory, name);
  if (target.path === stored.at) return stored;
  const replaced = await findReplaced(context, viewer, storage, target);
  await storage.move(stored.at, target.path);
  return { ...stored, target, at: target.path, isReplaced: replaced !== null };
}

/** Writes down that an upload is complete. */
export function recordUpload({ context, viewer }: UploadPlace, stored: StoredUpload): Promise<FileReceipt> {
  const { target, sizeBytes, isReplaced } = stored;
  return recordDone(context, viewer.username, {
    asked: target,
    events: [
      { name: isReplaced ? 'OVERWRITTEN' : 'CREATED' },
      { name: 'STAGING_COMPLETED', description: `${sizeBytes} bytes were uploaded` },
    ],
    state: { owner: viewer.username, format: 'raw', status: 'STAGING_COMPLETED', source: null },
    inDirectory: { name: 'UPLOAD', description: `${target.path} was uploaded` },
  });
}

/** An upload without a file in it. */
export function noFile(): ApiError {
  return new ApiError('request.malformed', {
    message: 'The form holds no file: expected one in the part fileToUpload, or an address in urlToIngest.',
  });
}

import { ApiError } from '@arras/contract';
import type { Viewer } from '../../database/systems.ts';
import { cleanPath, joinPath } from '../../domain/paths.ts';
import type { FileInfo, Storage } from '../../storage/storage.ts';
import type { HttpContext } from '../context.ts';
import { type AskedFile, cleaned, isReserved, requireAccess } from './asked-file.ts';

/** Linux's NAME_MAX. */
const MAX_NAME_BYTES = 255;

/** The name of a file to be made, checked. Throws ApiError for what is no single name. */
export function checkName(name: string): string {
  const problem = problemOf(name);
  if (problem === null) return name;
  throw new ApiError('file.bad-path', { message: `The name cannot be used: ${problem}.` });
}

function problemOf(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return 'expected the name of a file';
  if (name.includes('/')) return 'expected a name without slashes: name the directory in the address';
  // What is left of bytes that are no UTF-8.
  if (name.includes('\uFFFD')) return 'it is not valid UTF-8';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `it has more than ${MAX_NAME_BYTES} bytes`;
  if (isReserved(`/${name}`)) return 'names that begin with .arras are reserved';
  const clean = cleanPath(name);
  return clean.ok ? null : clean.reason;
}

/** The place of a name in a directory. */
export function childOf(directory: AskedFile, name: string): AskedFile {
  return { ...directory, path: joinPath(directory.path, checkName(name)) };
}

/** The place of a relative path below a directory. Throws ApiError. */
export function below(directory: AskedFile, relative: string): AskedFile {
  const path = joinPath(directory.path, cleaned(cleanPath(relative)));
  if (isReserved(path))
    throw new ApiError('file.bad-path', { message: 'Names that begin with .arras are reserved.' });
  return { ...directory, path };
}

/**
 * Looks what is at the place of a file to be made, once it is clear that the viewer may make it. Null when nothing is.
 * Throws ApiError where a directory is.
 */
export async function findReplaced(
  context: HttpContext,
  viewer: Viewer,
  storage: Storage,
  target: AskedFile,
): Promise<FileInfo | null> {
  await requireAccess(context, viewer, target, 'mayWrite');
  const found = await storage.find(target.path);
  if (found?.type !== 'dir') return found;
  throw new ApiError('file.exists', { message: `A directory is at ${target.path} already.` });
}

/** Refuses a directory to put something into that is a file. */
export async function requireDirectory(storage: Storage, { path }: AskedFile): Promise<void> {
  if ((await storage.find(path))?.type === 'file') throw new ApiError('file.not-a-directory');
}

import { ApiError, type SystemRequest } from '@arras/contract';
import type { FilePlace } from '../../database/file-place.ts';
import { findDefaultSystem, type ViewedSystem, type Viewer } from '../../database/systems.ts';
import type { FileAccess } from '../../domain/file-access.ts';
import { type PathResult, resolveSystemPath } from '../../domain/paths.ts';
import { SERVICE_DIRECTORY, SPOOL_DIRECTORY } from '../../domain/places.ts';
import { isPartName } from '../../storage/part-file.ts';
import type { HttpContext } from '../context.ts';
import { getViewedSystem } from '../get-viewed-system.ts';
import { judgeAccess } from './judge-access.ts';

/** The parts of a request that name a file. */
export interface FileAddress {
  readonly context: HttpContext;
  readonly viewer: Viewer;
  readonly params: { readonly systemId?: string | undefined; readonly path?: string | undefined };
  /** The template that matched. */
  readonly path: string;
  readonly raw: { readonly request: { readonly url: string } };
}

/** A file that a request names; nothing is known of it yet. */
export interface AskedFile extends FilePlace {
  readonly system: ViewedSystem;
  readonly systemId: string;
}

/** The file that a request names. Throws ApiError. */
export async function findAskedFile(request: FileAddress): Promise<AskedFile> {
  const { context, viewer, params } = request;
  const system =
    params.systemId === undefined
      ? await getDefaultStorage(context, viewer)
      : await getViewedSystem(context.db, viewer, params.systemId);
  const path = params.path ?? '';
  return fileOn(system, isAbsolute(request) ? `/${path}` : path);
}

/** A path as users write it, on a system. Throws ApiError. */
export function fileOn(system: ViewedSystem, written: string): AskedFile {
  // Written by the system routes from a parsed request, never by hand.
  const { storage } = system.definition as unknown as SystemRequest;
  const path = cleaned(resolveSystemPath(storage, written));
  if (isReserved(path)) throw new ApiError('file.not-found');
  return { system, systemId: system.id, systemUuid: system.uuid, path };
}

/** The path, or the error that says why it cannot be used. */
export function cleaned(result: PathResult): string {
  if (result.ok) return result.path;
  throw new ApiError('file.bad-path', { message: `The path cannot be used: ${result.reason}.` });
}

/** What the service itself keeps among the files of jobs is no file of a user, whoever asks (S5). */
export function isReserved(path: string): boolean {
  return path
    .split('/')
    .some((part) => part === SERVICE_DIRECTORY || part === SPOOL_DIRECTORY || isPartName(part));
}

async function getDefaultStorage({ db }: HttpContext, viewer: Viewer): Promise<ViewedSystem> {
  const system = await findDefaultSystem(db, viewer, 'STORAGE');
  if (system !== null) return system;
  throw new ApiError('system.not-found', {
    message: 'You have no default storage system: name one, as in /files/v2/listings/system/{systemId}.',
  });
}

/**
 * Whether two slashes stand before the path, as existing clients send them for an absolute one. The router takes them
 * together, so that the address itself is looked at; written as `%2F` the second one is in the path already.
 */
export function isAbsolute({ path, raw }: Pick<FileAddress, 'path' | 'raw'>): boolean {
  const address = raw.request.url.split('?', 1)[0] ?? '';
  return (path.includes('{systemId}') ? ABSOLUTE_ON_SYSTEM : ABSOLUTE).test(address);
}

/** `/files/v2/listings/system/store.example.org//data/a.csv` */
const ABSOLUTE_ON_SYSTEM = /^\/+files\/+v2\/+[a-z]+\/+system\/+[^/]+\/\//;
/** `/files/v2/listings//data/a.csv` */
const ABSOLUTE = /^\/+files\/+v2\/+[a-z]+\/\//;

/** What may be done with a file. */
type Use = 'mayRead' | 'mayWrite' | 'mayLookIn' | 'mayShare';

const REFUSALS = {
  mayRead: 'You may not read',
  mayLookIn: 'You may not look into',
  mayWrite: 'You may not change',
  mayShare: 'You may not give others permissions for',
} as const satisfies Record<Use, string>;

/** What the viewer may do with a file. Throws ApiError when that is not what is to be done; says nothing about what is there. */
export async function requireAccess(
  { db }: HttpContext,
  viewer: Viewer,
  { system, path }: Pick<AskedFile, 'system' | 'path'>,
  use: Use,
): Promise<FileAccess> {
  const access = await judgeAccess(db, viewer, system, path);
  if (access[use]) return access;
  throw new ApiError('file.not-permitted', { message: `${REFUSALS[use]} ${path} on ${system.id}.` });
}

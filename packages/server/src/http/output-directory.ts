import { ApiError } from '@arras/contract';
import { findArchivedJobs } from '../database/archived-jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { cleanPath, joinPath } from '../domain/paths.ts';
import { SERVICE_DIRECTORY } from '../domain/places.ts';
import type { Place } from '../engine/targets.ts';
import { type FileInfo, StorageError, type StorageErrorCode } from '../storage/storage.ts';
import type { HttpContext } from './context.ts';

/** Where the output of a job is now. */
export interface OutputDirectory {
  readonly place: Place;
  /** Clean, relative to the storage's root. */
  readonly path: string;
}

/** The archive once the whole output is there, before that the work directory; null while the job has neither. */
export async function findOutputDirectory(
  { db, targets }: HttpContext,
  job: JobRow,
): Promise<OutputDirectory | null> {
  const { archive_system: system, archive_path: path } = job;
  if (system !== null && path !== null && (await findArchivedJobs(db, [job.id])).has(job.id)) {
    const place = await targets.getPlace(system);
    return { place, path: place.resolve(path) };
  }
  if (job.work_path === null) return null;
  return { place: await targets.getPlace(job.execution_system), path: job.work_path };
}

/**
 * The path of an output relative to the storage's root. Never leaves the job's directory, never shows the
 * service's own (RELIABILITY S5): such paths name nothing.
 */
export function resolveOutputPath(directory: OutputDirectory, asked: string): string {
  const clean = cleanPath(asked);
  if (!clean.ok)
    throw new ApiError('output.not-found', {
      message: `The job has no output at this path: ${clean.reason}.`,
    });
  if (isServicePath(clean.path)) throw new ApiError('output.not-found');
  return joinPath(directory.path, clean.path);
}

/** Whether a clean path relative to the job's directory belongs to the service. */
export function isServicePath(path: string): boolean {
  return path.split('/')[1] === SERVICE_DIRECTORY;
}

/** The part of a root-relative path below the job's directory, beginning with a slash. */
export function relativeTo(directory: OutputDirectory, info: FileInfo): string {
  return info.path.slice(directory.path.length) || '/';
}

const NOTHING_TO_SHOW: ReadonlySet<StorageErrorCode> = new Set([
  'not-found',
  'forbidden',
  'not-a-file',
  'not-a-directory',
]);

/** Links, special files and missing paths are all no output; the sentence says which it was. */
export async function lookingAtOutput<Result>(look: () => Promise<Result>): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof StorageError) || !NOTHING_TO_SHOW.has(error.code)) throw error;
    throw new ApiError('output.not-found', {
      message: `The job has no output at this path: ${error.message}.`,
      cause: error,
    });
  }
}

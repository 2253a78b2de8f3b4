import { joinPath, type PathResult, resolveSystemPath } from './paths.ts';
import { slug } from './slug.ts';

/** The directories of an execution system that decide where its jobs work. */
export interface SystemDirectories {
  readonly homeDir: string;
  readonly scratchDir: string;
  readonly workDir: string;
}

/** Where jobs of the system work: below scratchDir, else workDir, else homeDir (DECISIONS, "work directory"). */
export function jobsDirectory(directories: SystemDirectories): PathResult {
  return resolveSystemPath(directories, directories.scratchDir || directories.workDir || '');
}

/** A job's own directory below {@link jobsDirectory}: `{owner}/{jobId}-{slug(name)}`, the API's `outputPath`. */
export function jobSubdirectory(job: {
  readonly owner: string;
  readonly id: string;
  readonly name: string;
}): string {
  return `${job.owner}/${job.id}-${slug(job.name)}`;
}

/** Name of the directory of {@link spoolDirectory}. */
export const SPOOL_DIRECTORY = '.arras-spool';

/** The directory, next to the jobs', that collects exit markers; on the same file system, because markers are links. */
export function spoolDirectory(jobsRoot: string): string {
  return joinPath(jobsRoot, SPOOL_DIRECTORY);
}

/** Names one try of a job on the target: nothing a user typed goes into it (RELIABILITY R3, R4). */
export function tryTag(jobId: string, tryNumber: number): string {
  return `tj-${jobId}-${tryNumber}`;
}

/** The job and try a tag names, or null for a name that is not ours. */
export function parseTryTag(tag: string): { readonly jobId: string; readonly tryNumber: number } | null {
  const match = /^tj-([0-9a-f-]{36,40})-([1-9][0-9]{0,8})$/.exec(tag);
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { jobId: match[1], tryNumber: Number(match[2]) };
}

/** Default place of a job's archive, relative to the archive system's home (guide, sample mail). */
export function defaultArchivePath(job: { readonly owner: string; readonly id: string }): string {
  return `${job.owner}/archive/jobs/job-${job.id}`;
}

/** The directory in a work directory that belongs to the service: neither listed nor archived. */
export const SERVICE_DIRECTORY = '.arras';

/** Lists, one a line, what the app brought along and what is therefore not archived (spec/jobs.md 9.5). */
export const ARCHIVE_MANIFEST = '.agave.archive';

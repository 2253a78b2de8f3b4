import { cleanPath, type PathResult } from './paths.ts';
import { defaultArchivePath, SERVICE_DIRECTORY } from './places.ts';
import { slug } from './slug.ts';

/** What the macros of an archive path stand for (spec/jobs.md 2.4). */
export interface ArchiveFacts {
  readonly jobId: string;
  readonly jobName: string;
  readonly owner: string;
  readonly appId: string;
  readonly executionSystem: string;
  readonly archiveSystem: string;
  readonly batchQueue: string | null;
  readonly nodeCount: number;
  readonly processorsPerNode: number;
  readonly memoryPerNodeGb: number | null;
  /** ISO 8601. */
  readonly created: string;
  readonly tenant: string;
}

/** Longest archive path that is stored (spec/jobs.md 2.1). */
const MAX_LENGTH = 255;

/**
 * The directory on the archive system, relative to its homeDir unless it begins with a slash. Macros are resolved
 * once: a macro in a value stays text. What is no macro stays as it was written.
 */
export function resolveArchivePath(requested: string | undefined, facts: ArchiveFacts): PathResult {
  const written = requested ?? defaultArchivePath({ owner: facts.owner, id: facts.jobId });
  const values = macroValues(facts);
  const path = written.replaceAll(/\$\{([A-Z_]+)\}/g, (macro, name: string) => values.get(name) ?? macro);
  const clean = cleanPath(path);
  if (!clean.ok) return clean;
  if (clean.path === '/')
    return { ok: false, reason: 'expected a directory below the home directory of the system' };
  // The service's own directories and exit markers begin like this; an archive there could forge a job's end.
  if (clean.path.split('/').some((part) => part.startsWith(SERVICE_DIRECTORY))) {
    return {
      ok: false,
      reason: `a path cannot hold parts that begin with "${SERVICE_DIRECTORY}"; choose another name`,
    };
  }
  const stored = path.startsWith('/') ? clean.path : clean.path.slice(1);
  if (stored.length <= MAX_LENGTH) return { ok: true, path: stored };
  return {
    ok: false,
    reason: `expected at most ${MAX_LENGTH} characters with all variables filled in, got ${stored.length}`,
  };
}

function macroValues(facts: ArchiveFacts): ReadonlyMap<string, string> {
  return new Map([
    ['APP_ID', facts.appId],
    ['EXECUTION_SYSTEM', facts.executionSystem],
    ['BATCH_QUEUE', facts.batchQueue ?? ''],
    ['JOB_NAME', slug(facts.jobName)],
    ['JOB_ID', facts.jobId],
    ['JOB_NODE_COUNT', String(facts.nodeCount)],
    ['JOB_PROCESSORS_PER_NODE', String(facts.processorsPerNode)],
    ['JOB_MEMORY_PER_NODE', facts.memoryPerNodeGb === null ? '' : String(facts.memoryPerNodeGb)],
    ['JOB_CREATED_TIME', facts.created],
    ['JOB_OWNER', facts.owner],
    ['ARCHIVE_SYSTEM', facts.archiveSystem],
    ['TENANT_ID', facts.tenant],
  ]);
}

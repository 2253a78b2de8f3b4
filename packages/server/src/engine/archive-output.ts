import { JobFault } from '../domain/failure.ts';
import { SERVICE_DIRECTORY } from '../domain/places.ts';
import type { Move } from '../events/transition.ts';
import { StorageError } from '../storage/storage.ts';
import { type TreeCheck, verifyTree } from '../storage/verify-tree.ts';
import { type ArchiveManifest, readArchiveManifest } from './archive-manifest.ts';
import type { EngineContext } from './context.ts';
import { type CopyWork, copyTracked } from './copy-tracked.ts';
import { endTransfers } from './remove-parts.ts';
import { workDirectoryOf } from './targets.ts';

/** Names of files that an error tells. */
const MAX_NAMES = 5;

/**
 * Copies a job's output to its archive and verifies what is there; files of other names in the archive directory stay as
 * they are. Returns what is left to tell. Nothing of the work directory is touched.
 */
export async function archiveOutput(context: EngineContext, work: CopyWork): Promise<readonly Move[]> {
  const { job } = work.moves;
  if (job.archive_system === null || job.archive_path === null)
    throw new JobFault('it has no archive system');
  const from = await context.targets.get(job.execution_system);
  const to = await context.targets.getPlace(job.archive_system);
  const [fromPath, toPath] = [workDirectoryOf(job), to.resolve(job.archive_path)];
  const manifest = await readArchiveManifest(from.storage, fromPath);
  const checkHashes = context.archiveCheck === 'hash';
  const copied = await copyTracked(context, work, {
    ends: {
      phase: 'archiving',
      source: `agave://${from.systemId}/${fromPath}`,
      destination: `agave://${to.systemId}/${toPath}`,
      files: 0,
      bytes: 0,
    },
    from,
    fromPath,
    to,
    toPath,
    isExcluded: (path) => path === `/${SERVICE_DIRECTORY}` || manifest.excluded.has(path),
    checksums: checkHashes,
    opening: describeManifest(manifest),
  });
  await verify({ manifest: copied.manifest, to: to.storage, toPath, checkHashes, signal: work.signal });
  await endTransfers(context, [copied.track], { storage: to.storage, path: toPath, job });
  return copied.leftOut === null ? [] : [{ to: 'ARCHIVING', description: copied.leftOut }];
}

/** Without a manifest everything is archived, and the history says so (spec/lifecycle.md 6.4). */
function describeManifest({ trouble }: ArchiveManifest): readonly string[] {
  return trouble === null ? [] : [`${trouble}: the whole directory is archived`];
}

async function verify(check: TreeCheck): Promise<void> {
  const differences = await verifyTree(check);
  if (differences.length === 0) return;
  const named = differences
    .slice(0, MAX_NAMES)
    .map(({ path, problem }) => `${path.toWellFormed()} (${problem})`);
  const more = differences.length > MAX_NAMES ? ` and ${differences.length - MAX_NAMES} more` : '';
  throw new StorageError('corrupt', `archived files differ from the output: ${named.join(', ')}${more}`);
}

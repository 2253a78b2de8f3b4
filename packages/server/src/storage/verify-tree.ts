import { createHash } from 'node:crypto';
import { joinPath } from '../domain/paths.ts';
import { forEachLimit } from './for-each-limit.ts';
import type { Storage } from './storage.ts';
import type { ManifestEntry } from './transfer.ts';

/** A manifest and where its files should be. */
export interface TreeCheck {
  readonly manifest: readonly ManifestEntry[];
  readonly to: Storage;
  readonly toPath: string;
  /** Read every byte again and compare hashes (default false: sizes only). A file without a hash shows its size only. */
  readonly checkHashes?: boolean;
  readonly signal?: AbortSignal;
}

/** One file that is not as the manifest says. */
export interface TreeDifference {
  readonly path: string;
  readonly problem: 'missing' | 'not a file' | 'other size' | 'other content';
}

/** What differs between a manifest and the files, in the manifest's order; empty when all is there. */
export async function verifyTree(check: TreeCheck): Promise<readonly TreeDifference[]> {
  const problems = check.manifest.map((): TreeDifference['problem'] | null => null);
  await forEachLimit(check.manifest, check.to.filesAtOnce, async (entry, index) => {
    check.signal?.throwIfAborted();
    problems[index] = await findProblem(check, entry);
  });
  return check.manifest.flatMap(({ path }, index) => {
    const problem = problems[index] ?? null;
    return problem === null ? [] : [{ path, problem }];
  });
}

async function findProblem(
  { to, toPath, checkHashes = false, signal }: TreeCheck,
  entry: ManifestEntry,
): Promise<TreeDifference['problem'] | null> {
  const path = joinPath(toPath, entry.path);
  const info = await to.find(path);
  if (info === null) return 'missing';
  if (info.type !== 'file') return 'not a file';
  if (info.sizeBytes !== entry.sizeBytes) return 'other size';
  if (!checkHashes || entry.sha256 === null) return null;
  return (await hashFile(to, path, signal)) === entry.sha256 ? null : 'other content';
}

async function hashFile(storage: Storage, path: string, signal?: AbortSignal): Promise<string> {
  if (storage.hash !== undefined) return storage.hash(path, signal);
  const hash = createHash('sha256');
  const { stream } = await storage.open(path);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // Leaving the loop destroys the stream.
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}

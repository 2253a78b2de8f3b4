import { type FileInfo, type Storage, StorageError } from './storage.ts';

/** A directory to walk through. */
export interface TreeWalk {
  readonly storage: Storage;
  readonly path: string;
  /** Asked for each entry; an excluded directory goes with all below it. */
  readonly isExcluded?: (info: FileInfo) => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Everything below a directory, each directory followed by what it holds, the entries of each sorted by the bytes of their
 * names: the order is the same as long as the tree is. Only what has been asked for is listed. A directory that vanishes
 * meanwhile holds nothing; links and special files are left out.
 */
export async function* walkTree(walk: TreeWalk): AsyncGenerator<FileInfo, void, undefined> {
  // A stack and not a recursion: a program may make directories of any depth.
  const listings = [await listKept(walk, walk.path)];
  for (let listing = listings.at(-1); listing !== undefined; listing = listings.at(-1)) {
    const info = listing.next().value;
    if (info === undefined) {
      listings.pop();
      continue;
    }
    yield info;
    if (info.type === 'dir') listings.push(await listFound(walk, info.path));
  }
}

async function listKept(
  { storage, isExcluded, signal }: TreeWalk,
  path: string,
): Promise<Iterator<FileInfo>> {
  signal?.throwIfAborted();
  const entries = await storage.list(path);
  return entries.filter((info) => isExcluded?.(info) !== true).values();
}

async function listFound(walk: TreeWalk, path: string): Promise<Iterator<FileInfo>> {
  try {
    return await listKept(walk, path);
  } catch (error) {
    // A directory that was replaced by a link meanwhile is `forbidden`, as a link in the listing would have been.
    if (isGone(error)) return [].values();
    throw error;
  }
}

const GONE = new Set<unknown>(['not-found', 'not-a-directory', 'forbidden']);

function isGone(error: unknown): boolean {
  return error instanceof StorageError && GONE.has(error.code);
}

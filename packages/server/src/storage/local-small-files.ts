import { askCopyWorker } from './copy-workers.ts';
import { OPEN, openFd, syncFd } from './descriptors.ts';
import { nameOnDisk } from './name-bytes.ts';
import { createPartName } from './part-file.ts';
import { closingAfter, entryPath, type SafeOpener, syncDirectory } from './safe-open.ts';
import type { FileInfo, SmallFile, SmallFiles } from './storage.ts';

/** One sync of a file system for so many: more gain nothing. */
const FILES_AT_ONCE = 512;
/** From so many files on it is faster to sync their whole file system once than each of them. */
const SYNC_TOGETHER = 32;

/** What the files of one storage need. */
export interface LocalSmallFilesParts {
  readonly opener: SafeOpener;
  /** Brings all of the root's file system to disk; null where each file must be synced. */
  readonly syncFileSystem: (() => Promise<void>) | null;
}

/** Small files of this machine, read and written by the copy workers, a directory at a time. */
export function createLocalSmallFiles(parts: LocalSmallFilesParts): SmallFiles {
  return {
    filesAtOnce: FILES_AT_ONCE,
    read: (directory, files) => readFiles(parts.opener, directory, files),
    write: (directory, files) => writeFiles(parts, directory, files),
  };
}

async function readFiles(
  opener: SafeOpener,
  path: string,
  files: readonly FileInfo[],
): Promise<readonly (Uint8Array | null)[]> {
  const directory = await opener.open(path, OPEN.step);
  return closingAfter(directory, async () => {
    const { buffer, places } = await askCopyWorker(
      {
        kind: 'read',
        directory,
        files: files.map(({ name, sizeBytes, modifiedAt }) => ({
          name: nameOnDisk(name),
          sizeBytes,
          modifiedMs: modifiedAt.getTime(),
        })),
      },
      0,
    );
    return places.map((place) => place && buffer.subarray(...place));
  });
}

/** All parts, one sync, all renames, one sync of the directory: what `writeAtomically` does for each. */
async function writeFiles(
  { opener, syncFileSystem }: LocalSmallFilesParts,
  path: string,
  files: readonly SmallFile[],
): Promise<readonly boolean[]> {
  const directory = await opener.ensureDirectory(path);
  return closingAfter(directory, async () => {
    const named = files.map((file) => ({ ...file, part: createPartName() }));
    const together = files.length >= SYNC_TOGETHER ? syncFileSystem : null;
    const parts = named.map(({ part, bytes, mode }) => ({ part, bytes, mode }));
    const written = await askCopyWorker(
      { kind: 'write', directory, files: parts, syncs: together === null },
      1,
    );
    const whole = named.filter((_, index) => written[index]);
    await together?.().catch(() => syncEach(directory, whole));
    const renames = whole.map(({ part, name }) => ({ part, name: nameOnDisk(name) }));
    const renamed = await askCopyWorker({ kind: 'rename', directory, files: renames }, 1);
    await syncDirectory(directory);
    const done = new Set(whole.filter((_, index) => renamed[index]));
    return named.map((file) => done.has(file));
  });
}

/** A file of which a sync failed tells it to whoever syncs it next, so nothing is lost by asking once more. */
async function syncEach(directory: number, files: readonly { readonly part: string }[]): Promise<void> {
  for (const { part } of files) {
    const fd = await openFd(entryPath(directory, part), OPEN.smallFile);
    await closingAfter(fd, () => syncFd(fd));
  }
}

import { joinPath } from '../domain/paths.ts';
import { type CopiedFile, copyFile, type FileCopy } from './copy-file.ts';
import { forEachLimit } from './for-each-limit.ts';
import { type FileInfo, type LeftOut, type Storage, StorageError } from './storage.ts';
import { createProgressCounter, type ProgressCounter, type TransferProgress } from './transfer-progress.ts';

/** One copied file; `path` is relative to the copied directory and starts with `/`, or is `/` when one file was copied. */
export interface ManifestEntry extends CopiedFile {
  readonly path: string;
}

/** A file or directory to copy. */
export interface TreeCopy {
  readonly from: Storage;
  readonly fromPath: string;
  readonly to: Storage;
  readonly toPath: string;
  /** Asked for each entry with its path as in the manifest; an excluded directory goes with all below it. */
  readonly isExcluded?: (path: string, info: FileInfo) => boolean;
  /** Called for each link or special file, which are never copied; its path is the source storage's. */
  readonly onLeftOut?: (entry: LeftOut) => void;
  /** Called at most every 250 ms, and once at the end. */
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly signal?: AbortSignal;
  /** Files copied, or directories listed, at the same time; default the larger `filesAtOnce` of the two storages. */
  readonly concurrency?: number;
}

/**
 * Copies a file or a whole directory, empty directories and names that are no text included, and returns what was
 * copied, in a stable order. Memory grows with the number of files, not with their size. A file that
 * changes meanwhile is copied once more. The first failure ends the transfer and is thrown; files already copied
 * stay, each whole, and copying again replaces them.
 */
export async function copyTree(copy: TreeCopy): Promise<readonly ManifestEntry[]> {
  const plan = await planCopy(copy);
  const totalBytes = plan.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const counter = createProgressCounter({ totalFiles: plan.files.length, totalBytes }, copy.onProgress);
  for (const directory of plan.emptyDirectories) {
    copy.signal?.throwIfAborted();
    await copy.to.makeDirectory(joinPath(copy.toPath, directory));
  }
  const copied = new Map<string, ManifestEntry>();
  await forEachLimit(plan.files, atOnce(copy), async (file, _index, stop) => {
    const signal = copy.signal === undefined ? stop : AbortSignal.any([copy.signal, stop]);
    copied.set(file.path, await copyCounted({ ...copy, signal }, file.path, counter));
  });
  counter.finish();
  return plan.files.flatMap(({ path }) => copied.get(path) ?? []);
}

function atOnce({ from, to, concurrency }: TreeCopy): number {
  return concurrency ?? Math.max(from.filesAtOnce, to.filesAtOnce);
}

/** What to copy; paths are relative to the copied directory. Directories that hold something appear with it. */
interface CopyPlan {
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly emptyDirectories: readonly string[];
}

/** One generation of directories after the other, the directories of each at the same time. */
async function planCopy(copy: TreeCopy): Promise<CopyPlan> {
  const { from, fromPath, signal } = copy;
  const top = await from.find(fromPath);
  if (top === null) throw new StorageError('not-found', `${fromPath}: there is no such file or directory`);
  if (top.type === 'file') return { files: [{ path: '/', sizeBytes: top.sizeBytes }], emptyDirectories: [] };
  const files: { path: string; sizeBytes: number }[] = [];
  const emptyDirectories: string[] = [];
  let generation: readonly string[] = ['/'];
  while (generation.length > 0) {
    const listings = generation.map((): readonly PlannedEntry[] => []);
    await forEachLimit(generation, atOnce(copy), async (directory, index) => {
      signal?.throwIfAborted();
      listings[index] = await listKept(copy, directory);
    });
    const entries = listings.flat();
    emptyDirectories.push(...generation.filter((_, index) => listings[index]?.length === 0));
    for (const { info, path } of entries) {
      if (info.type === 'file') files.push({ path, sizeBytes: info.sizeBytes });
    }
    generation = entries.filter(({ info }) => info.type === 'dir').map(({ path }) => path);
  }
  return { files, emptyDirectories };
}

interface PlannedEntry {
  readonly path: string;
  readonly info: FileInfo;
}

async function listKept(
  { from, fromPath, isExcluded, onLeftOut }: TreeCopy,
  directory: string,
): Promise<readonly PlannedEntry[]> {
  const listed = await from.list(joinPath(fromPath, directory), {
    everyName: true,
    ...(onLeftOut && { onLeftOut }),
  });
  const entries = listed.map((info) => ({ info, path: joinPath(directory, info.name) }));
  return entries.filter(({ info, path }) => isExcluded?.(path, info) !== true);
}

async function copyCounted(copy: TreeCopy, path: string, counter: ProgressCounter): Promise<ManifestEntry> {
  counter.startFile();
  const copied = await copyTwiceIfChanged(
    {
      from: copy.from,
      fromPath: joinPath(copy.fromPath, path),
      to: copy.to,
      toPath: joinPath(copy.toPath, path),
      ...(copy.signal && { signal: copy.signal }),
    },
    counter,
  );
  counter.endFile();
  return { path, ...copied };
}

/** A job's last lines may still be on their way when its end is seen; a file that changes twice is being written to. */
async function copyTwiceIfChanged(copy: FileCopy, counter: ProgressCounter): Promise<CopiedFile> {
  let counted = 0;
  const onBytes = (count: number): void => {
    counted += count;
    counter.addBytes(count);
  };
  try {
    return await copyFile({ ...copy, onBytes });
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'changed')) throw error;
    counter.addBytes(-counted);
    return copyFile({ ...copy, onBytes });
  }
}

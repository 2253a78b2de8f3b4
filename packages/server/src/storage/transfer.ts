import { joinPath, parentPath } from '../domain/paths.ts';
import { type CopiedFile, copyFile, type FileCopy } from './copy-file.ts';
import { batchesOf, copySmallFiles, isSmall, type SmallBatch, smallEndsOf } from './copy-small-files.ts';
import { forEachLimit } from './for-each-limit.ts';
import { type FileInfo, type LeftOut, type Storage, StorageError } from './storage.ts';
import { isNoted, openJournal, type TransferJournal } from './transfer-journal.ts';
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
  /** The same for each attempt of a transfer (its id): what an attempt before has brought is not copied again. */
  readonly transferKey?: string;
  /** As for `copyFile` (default false). */
  readonly checksums?: boolean;
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
  const totalBytes = plan.files.reduce((sum, { info }) => sum + Math.max(0, info.sizeBytes), 0);
  const counter = createProgressCounter({ totalFiles: plan.files.length, totalBytes }, copy.onProgress);
  try {
    return await carryOut(copy, plan, counter);
  } finally {
    counter.stop();
  }
}

async function carryOut(
  copy: TreeCopy,
  plan: CopyPlan,
  counter: ProgressCounter,
): Promise<readonly ManifestEntry[]> {
  const journal = await journalOf(copy, plan);
  for (const directory of plan.emptyDirectories) {
    copy.signal?.throwIfAborted();
    await copy.to.makeDirectory(joinPath(copy.toPath, directory));
  }
  const copied = await findKept(copy, plan, journal);
  for (const { sizeBytes } of copied.values()) counter.skipFile(sizeBytes);
  const left = plan.files.filter(({ path }) => !copied.has(path));
  try {
    await forEachLimit(unitsOf(copy, left), atOnce(copy), async (unit, _index, stop) => {
      const signal = copy.signal === undefined ? stop : AbortSignal.any([copy.signal, stop]);
      for (const entry of await copyUnit({ ...copy, signal }, unit, counter)) {
        copied.set(entry.path, entry);
        journal?.add(entry);
      }
    });
  } catch (error) {
    await journal?.save();
    throw error;
  }
  await journal?.remove();
  counter.finish();
  return plan.files.flatMap(({ path }) => copied.get(path) ?? []);
}

/** Only a directory whose attempts have a name in common has one. */
async function journalOf(copy: TreeCopy, { files }: CopyPlan): Promise<TransferJournal | null> {
  if (copy.transferKey === undefined || files.length < 2) return null;
  return openJournal(copy.to, copy.toPath, copy.transferKey);
}

/** Files that an attempt before has copied: as they were at the source, and there with their size. */
async function findKept(
  copy: TreeCopy,
  { files }: CopyPlan,
  journal: TransferJournal | null,
): Promise<Map<string, ManifestEntry>> {
  const noted = files.filter(({ path, info }) => isNoted(journal?.kept.get(path), info));
  const directories = [...new Set(noted.map(({ path }) => parentPath(path)))];
  const sizes = new Map<string, number>();
  await forEachLimit(directories, atOnce(copy), async (directory) => {
    copy.signal?.throwIfAborted();
    const path = joinPath(copy.toPath, directory);
    if ((await copy.to.find(path)) === null) return;
    const listed = await copy.to.list(path, { everyName: true });
    for (const { name, sizeBytes } of listed) sizes.set(joinPath(directory, name), sizeBytes);
  });
  const entries = noted.flatMap(({ path }) => journal?.kept.get(path) ?? []);
  return new Map(
    entries
      .filter(({ path, sizeBytes }) => sizes.get(path) === sizeBytes)
      .map((entry) => [entry.path, entry]),
  );
}

/** What is copied at a time: a file, or small files of one directory. */
type Unit =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'batch'; readonly batch: SmallBatch };

function unitsOf(copy: TreeCopy, files: readonly PlannedEntry[]): readonly Unit[] {
  const ends = smallEndsOf(copy);
  const alone = ({ path }: PlannedEntry): Unit => ({ kind: 'file', path });
  if (ends === null) return files.map(alone);
  const isBatched = ({ path, info }: PlannedEntry): boolean => path !== '/' && isSmall(info);
  const byDirectory = Map.groupBy(files.filter(isBatched), ({ path }) => parentPath(path));
  const batches = [...byDirectory].flatMap(([directory, small]) =>
    batchesOf(
      ends,
      directory,
      small.map(({ info }) => info),
    ),
  );
  return [
    ...files.filter((file) => !isBatched(file)).map(alone),
    ...batches.map((batch): Unit => ({ kind: 'batch', batch })),
  ];
}

async function copyUnit(
  copy: TreeCopy,
  unit: Unit,
  counter: ProgressCounter,
): Promise<readonly ManifestEntry[]> {
  return unit.kind === 'file'
    ? [await copyCounted(copy, unit.path, counter)]
    : copyBatch(copy, unit.batch, counter);
}

async function copyBatch(
  copy: TreeCopy,
  batch: SmallBatch,
  counter: ProgressCounter,
): Promise<readonly ManifestEntry[]> {
  const ends = smallEndsOf(copy);
  copy.signal?.throwIfAborted();
  counter.startFile();
  const copied = ends === null ? [] : await copySmallFiles(ends, batch, copy);
  const done = copied.filter((file) => file !== null);
  counter.addBytes(done.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  counter.endFile(done.length);
  const entries: ManifestEntry[] = [];
  for (const [index, { name }] of batch.files.entries()) {
    const path = joinPath(batch.directory, name);
    const file = copied[index] ?? null;
    entries.push(file === null ? await copyCounted(copy, path, counter) : { path, ...file });
  }
  return entries;
}

function atOnce({ from, to, concurrency }: TreeCopy): number {
  return concurrency ?? Math.max(from.filesAtOnce, to.filesAtOnce);
}

/** What to copy; paths are relative to the copied directory. Directories that hold something appear with it. */
interface CopyPlan {
  readonly files: readonly PlannedEntry[];
  readonly emptyDirectories: readonly string[];
}

/** One generation of directories after the other, the directories of each at the same time. */
async function planCopy(copy: TreeCopy): Promise<CopyPlan> {
  const { from, fromPath, signal } = copy;
  const top = await from.find(fromPath);
  if (top === null) throw new StorageError('not-found', `${fromPath}: there is no such file or directory`);
  if (top.type === 'file') return { files: [{ path: '/', info: top }], emptyDirectories: [] };
  const files: PlannedEntry[] = [];
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
    files.push(...entries.filter(({ info }) => info.type === 'file'));
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
      ...(copy.transferKey !== undefined && { transferKey: copy.transferKey }),
      ...(copy.checksums !== undefined && { checksums: copy.checksums }),
    },
    counter,
  );
  counter.endFile();
  return { path, ...copied };
}

/** A job's last lines may still be on their way when its end is seen; a file that changes twice is being written to. */
async function copyTwiceIfChanged(copy: FileCopy, counter: ProgressCounter): Promise<CopiedFile> {
  let [counted, kept] = [0, 0];
  const onBytes = (count: number): void => {
    counted += count;
    counter.addBytes(count);
  };
  const onKept = (count: number): void => {
    kept += count;
    counter.addKept(count);
  };
  try {
    return await copyFile({ ...copy, onBytes, onKept });
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'changed')) throw error;
    counter.addBytes(-counted);
    counter.addKept(-kept);
    return copyFile({ ...copy, onBytes, onKept });
  }
}

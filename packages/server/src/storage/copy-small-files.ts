import { hash } from 'node:crypto';
import { joinPath } from '../domain/paths.ts';
import type { CopiedFile } from './copy-file.ts';
import type { FileInfo, SmallFiles, Storage } from './storage.ts';

/** Files up to this size are moved many at a time: a larger one is worth round trips of its own. */
export const SMALL_FILE_BYTES = 64 * 1024;
/** Bytes of one batch: what is in memory, and what is not yet there under its name when all is cut. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Where small files come from and go to. */
export interface SmallEnds {
  readonly from: SmallFiles;
  readonly to: SmallFiles;
}

/** Small files of one directory; paths are relative to the copied directory. */
export interface SmallBatch {
  readonly directory: string;
  readonly files: readonly FileInfo[];
}

/** Files of one directory, in portions that are moved at a time. */
export function batchesOf(
  ends: SmallEnds,
  directory: string,
  files: readonly FileInfo[],
): readonly SmallBatch[] {
  const most = Math.min(ends.from.filesAtOnce, ends.to.filesAtOnce);
  const batches: SmallBatch[] = [];
  let portion: FileInfo[] = [];
  let bytes = 0;
  for (const file of files) {
    if (portion.length === most || bytes + file.sizeBytes > BATCH_BYTES) {
      batches.push({ directory, files: portion });
      [portion, bytes] = [[], 0];
    }
    portion.push(file);
    bytes += file.sizeBytes;
  }
  return portion.length === 0 ? batches : [...batches, { directory, files: portion }];
}

/** Whether a listed file goes with others. */
export function isSmall({ sizeBytes }: FileInfo): boolean {
  return sizeBytes >= 0 && sizeBytes <= SMALL_FILE_BYTES;
}

/** Both ends of a copy of many small files; null where one of them moves files one by one. */
export function smallEndsOf(copy: { readonly from: Storage; readonly to: Storage }): SmallEnds | null {
  const [from, to] = [copy.from.smallFiles, copy.to.smallFiles];
  return from === undefined || to === undefined ? null : { from, to };
}

/** What was copied of each file; null for one that must be copied alone, which then tells what is the matter. */
export async function copySmallFiles(
  ends: SmallEnds,
  batch: SmallBatch,
  places: { readonly fromPath: string; readonly toPath: string; readonly signal?: AbortSignal },
): Promise<readonly (CopiedFile | null)[]> {
  const { files } = batch;
  const read = await ends.from.read(joinPath(places.fromPath, batch.directory), files);
  places.signal?.throwIfAborted();
  const toWrite = files.flatMap(({ name, mode }, index) => {
    const bytes = read[index] ?? null;
    return bytes === null ? [] : [{ name, mode, bytes, index }];
  });
  const copied = files.map((): CopiedFile | null => null);
  const written = await ends.to.write(joinPath(places.toPath, batch.directory), toWrite);
  for (const [order, { bytes, index }] of toWrite.entries()) {
    const info = files[index];
    if (written[order] !== true || info === undefined) continue;
    copied[index] = { sizeBytes: info.sizeBytes, modifiedAt: info.modifiedAt, sha256: hash('sha256', bytes) };
  }
  return copied;
}

import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { callbackify } from 'node:util';
import { type FileInfo, type Storage, StorageError } from './storage.ts';

/** One file to copy between two storages, or within one. */
export interface FileCopy {
  readonly from: Storage;
  readonly fromPath: string;
  readonly to: Storage;
  readonly toPath: string;
  /** Called with the bytes of each chunk as it passes. */
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** What was copied: size and time are the source's, the hash (hexadecimal SHA-256) is of the bytes that passed. */
export interface CopiedFile {
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  readonly sha256: string;
}

/** One chunk of a local file: read-ahead of a chunk on each side of the hash, and no joining of chunks. */
const BUFFER_BYTES = 256 * 1024;

/**
 * Copies a file with its permission bits. Before the copy gets its final name the source is looked at again: when
 * size or time differ from those at opening, nothing is left at `toPath` and StorageError `changed` is thrown; the
 * caller decides whether to try once more (`copyTree` does).
 */
export async function copyFile({
  from,
  fromPath,
  to,
  toPath,
  onBytes,
  signal,
}: FileCopy): Promise<CopiedFile> {
  const { info, stream } = await from.open(fromPath);
  const hash = createHash('sha256');
  const meter = new Transform({
    highWaterMark: BUFFER_BYTES,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      onBytes?.(chunk.length);
      done(null, chunk);
    },
    flush: callbackify(() => refuseChange(from, info)),
  });
  // A failure here destroys the meter with the same error, which the writer reports; so nothing is lost.
  const fed = pipeline(stream, meter).catch(() => undefined);
  await to.write(toPath, meter, { mode: info.mode, ...(signal && { signal }) });
  await fed;
  return { sizeBytes: info.sizeBytes, modifiedAt: info.modifiedAt, sha256: hash.digest('hex') };
}

async function refuseChange(from: Storage, before: FileInfo): Promise<void> {
  const after = await from.find(before.path);
  const same =
    after !== null &&
    after.sizeBytes === before.sizeBytes &&
    after.modifiedAt.getTime() === before.modifiedAt.getTime();
  if (same) return;
  throw new StorageError(
    'changed',
    `${before.path} ${after === null ? 'was removed' : 'changed'} while it was copied`,
  );
}

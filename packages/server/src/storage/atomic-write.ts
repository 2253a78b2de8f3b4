import fs from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { chmodFd, closeFd, OPEN, openFd, statFd, syncFd, writeManyFd } from './descriptors.ts';
import { errnoOf } from './errno.ts';
import { CHECKPOINT_BYTES, createPartName, resumablePartName } from './part-file.ts';
import { entryPath, syncDirectory } from './safe-open.ts';
import { type Resumption, StorageError, type WriteOptions } from './storage.ts';

const rename = promisify(fs.rename);
const lstat = promisify(fs.lstat);
const unlink = promisify(fs.unlink);
const syncData = promisify(fs.fdatasync);

/** Bytes of one call: a turn of the thread pool costs what it costs to write a tenth of them. */
const WRITE_BYTES = 512 * 1024;

/** A file to appear in an open directory. */
interface AtomicWrite extends WriteOptions {
  readonly directory: number;
  readonly name: string;
  /** Writes the file from `resume.fromByte` on, or from its start; yields the size that it has then. */
  readonly pour: (fd: number) => Promise<number>;
}

/**
 * Writes under a part name, syncs, renames, syncs the directory. Whatever fails before the rename removes the part
 * file, unless it can be resumed; after a failed sync it is never tried again on the same file, because Linux may have
 * dropped the pages.
 */
export async function writeAtomically(write: AtomicWrite): Promise<void> {
  const { directory, name, resume } = write;
  const part = entryPath(directory, resume ? resumablePartName(name, resume.key) : createPartName());
  const fd = resume ? await openResumed(part, write, resume) : await openNew(part, write.mode);
  try {
    const inode = await fill(fd, write);
    if (resume) await refuseOtherPart(part, inode);
    write.signal?.throwIfAborted();
    await rename(part, entryPath(directory, name));
  } catch (error) {
    // The first error counts; a part file that cannot be removed either is left to removeParts.
    if (resume === undefined || isSpoilt(error)) await unlink(part).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

function openNew(part: string | Buffer, mode = 0o666): Promise<number> {
  return openFd(part, OPEN.newFile, mode & 0o777);
}

/** Its owner must be able to open it again, whatever the final bits. What is no part of ours makes room for one. */
async function openResumed(
  part: string | Buffer,
  { mode }: AtomicWrite,
  { fromByte }: Resumption,
): Promise<number> {
  const fd = await openFd(part, OPEN.resumedFile, mode === undefined ? 0o666 : 0o600).catch(
    async (error: unknown) => {
      if (!['ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) throw error;
      await unlink(part);
      throw beginAnew();
    },
  );
  const stats = await statFd(fd);
  if (stats.isFile() && stats.nlink === 1 && stats.size >= fromByte) return fd;
  await closeFd(fd);
  await unlink(part);
  throw beginAnew();
}

function beginAnew(): StorageError {
  return new StorageError('changed', 'the part of this write is gone or shorter than it was: begin anew');
}

/** Another writer of the same key may have given the part up and begun anew meanwhile: that one is not whole. */
async function refuseOtherPart(part: string | Buffer, inode: number): Promise<void> {
  if ((await lstat(part)).ino === inode) return;
  throw new StorageError('unreachable', 'another writer of the same file got in the way');
}

/** Whether nothing of a part may be used again. On a full disk it would only be in the way of others. */
function isSpoilt(error: unknown): boolean {
  if (error instanceof StorageError) return ['corrupt', 'changed'].includes(error.code);
  return ['EIO', 'ENOSPC', 'EDQUOT', 'EFBIG'].includes(errnoOf(error) ?? '');
}

/** Yields the inode of the part. */
async function fill(fd: number, { pour, mode }: AtomicWrite): Promise<number> {
  try {
    const sizeBytes = await pour(fd);
    const { size, ino } = await statFd(fd);
    if (size !== sizeBytes) {
      throw new StorageError('corrupt', `the part has ${size} bytes instead of ${sizeBytes}: begin anew`);
    }
    // Created with these bits, so never readable by more than the final file; this adds what the umask took.
    if (mode !== undefined) await chmodFd(fd, mode & 0o777);
    await syncFd(fd);
    return ino;
  } finally {
    await closeFd(fd);
  }
}

/**
 * What `writeAtomically` pours from a stream. A loop instead of a pipeline into a WriteStream: that closes its
 * descriptor by itself when it is destroyed, perhaps with a write under way, and a second close may hit another file's
 * number. Here no write is under way when the loop ends. Reading goes on meanwhile as far as the source's own buffer
 * lets it.
 */
export function pourStream(source: Readable, { signal, resume }: WriteOptions): AtomicWrite['pour'] {
  const chunks = signal === undefined ? source : addAbortSignal(signal, source);
  return (fd) =>
    withCheckpoints(fd, resume?.fromByte ?? 0, async (checkpoint) => {
      let position = resume?.fromByte ?? 0;
      for await (const bytes of gather(chunks as AsyncIterable<Buffer | string>)) {
        position += await writeAll(fd, bytes, position);
        await checkpoint(position);
      }
      return position;
    });
}

/**
 * Lets a file be brought to disk while it is written, each time it has passed a checkpoint: what `safePartBytes` counts
 * on, and at the end less is left to sync. Before the next one but one begins, a checkpoint is on disk.
 */
export async function withCheckpoints(
  fd: number,
  fromByte: number,
  write: (checkpoint: (position: number) => Promise<void>) => Promise<number>,
): Promise<number> {
  let step = Math.floor(fromByte / CHECKPOINT_BYTES);
  let synced = Promise.resolve();
  try {
    return await write(async (position) => {
      const now = Math.floor(position / CHECKPOINT_BYTES);
      if (now === step) return;
      step = now;
      await synced;
      synced = syncData(fd);
      synced.catch(() => undefined);
    });
  } finally {
    // Under no sync may the descriptor be closed.
    await synced;
  }
}

/** As they come, but no less than is worth a call. */
async function* gather(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<readonly Buffer[]> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const next = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    gathered.push(next);
    bytes += next.length;
    if (bytes < WRITE_BYTES) continue;
    yield gathered;
    gathered = [];
    bytes = 0;
  }
  if (bytes > 0) yield gathered;
}

/** Yields how many there were. */
async function writeAll(fd: number, chunks: readonly Buffer[], position: number): Promise<number> {
  const total = chunks.reduce((sum, { length }) => sum + length, 0);
  let written = 0;
  for (let left = chunks; written < total; left = after(chunks, written)) {
    written += (await writeManyFd(fd, left, position + written)).bytesWritten;
  }
  return total;
}

/** What is left of the chunks behind their first bytes. */
function after(chunks: readonly Buffer[], taken: number): readonly Buffer[] {
  let skipped = taken;
  return chunks.flatMap((chunk) => {
    const rest = chunk.subarray(Math.min(skipped, chunk.length));
    skipped -= chunk.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}

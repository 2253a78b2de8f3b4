import fs from 'node:fs';
import { promisify } from 'node:util';
import { baseName } from '../domain/paths.ts';
import { withCheckpoints, writeAtomically } from './atomic-write.ts';
import { askCopyWorker, createHashId } from './copy-workers.ts';
import { closeFd, procPath, statFd } from './descriptors.ts';
import { CHECKPOINT_BYTES } from './part-file.ts';
import type { CopyFromOptions } from './storage.ts';

const copyByKernel = promisify(fs.copyFile);

/** An open regular file of this machine, and the open directory where its copy appears. */
export interface LocalCopy extends CopyFromOptions {
  readonly source: number;
  readonly sizeBytes: number;
  readonly directory: number;
  readonly toPath: string;
  readonly mode: number;
}

/**
 * Up to this size the kernel copies a file in one call, or shares its blocks where the file system can: half the work of
 * reading and writing. Nothing is heard of it meanwhile, it cannot be ended, and it holds one of four threads, all of
 * that for seconds at most.
 */
const WHOLE_BYTES = 512 * 1024 * 1024;

/**
 * Copies a file and hashes its source at the same time, if that is asked for; both beside the event loop. Promises what
 * `writeAtomically` does. Yields the SHA-256; closes the source.
 */
export async function copyLocalFile(copy: LocalCopy): Promise<string | null> {
  const hashId = createHashId();
  try {
    await write(copy, hashId);
  } catch (error) {
    if (copy.checksum) await endHash(hashId);
    throw error;
  } finally {
    await closeFd(copy.source);
  }
  return copy.checksum ? endHash(hashId) : null;
}

function write(copy: LocalCopy, hashId: number): Promise<void> {
  const { directory, toPath, mode, signal, resume, sizeBytes } = copy;
  const isWhole = sizeBytes <= WHOLE_BYTES && (resume?.fromByte ?? 0) === 0;
  return writeAtomically({
    directory,
    name: baseName(toPath),
    mode,
    pour: async (fd) => {
      const end = isWhole ? await copyWhole(copy, fd, hashId) : await pump(copy, fd, hashId);
      await copy.beforeRename();
      return end;
    },
    ...(signal && { signal }),
    // A whole copy empties what is there, which no other writer of the same part could bear.
    ...(resume && !isWhole && { resume }),
  });
}

async function copyWhole(copy: LocalCopy, fd: number, hashId: number): Promise<number> {
  const { source, sizeBytes, onBytes } = copy;
  const copied = copyByKernel(procPath(source), procPath(fd), fs.constants.COPYFILE_FICLONE);
  await whenBothEnd(copied, hashUpTo(copy, hashId, sizeBytes));
  const { size } = await statFd(fd);
  onBytes?.(size);
  return size;
}

/** Slice by slice: one worker reads and writes, the other one reads and hashes. */
async function pump(copy: LocalCopy, fd: number, hashId: number): Promise<number> {
  const { source, sizeBytes, resume, onBytes, signal } = copy;
  const fromByte = resume?.fromByte ?? 0;
  await hashUpTo(copy, hashId, fromByte);
  copy.onKept?.(fromByte);
  return withCheckpoints(fd, fromByte, async (checkpoint) => {
    let position = fromByte;
    while (position < sizeBytes) {
      signal?.throwIfAborted();
      const lengthBytes = Math.min(CHECKPOINT_BYTES, sizeBytes - position);
      const slice = { from: source, to: fd, position, lengthBytes } as const;
      const moved = await whenBothEnd(
        askCopyWorker({ kind: 'pump', ...slice }, hashId + 1),
        addToHash(copy, hashId, slice),
      );
      position += moved;
      onBytes?.(moved);
      // It became shorter: the look at the source afterwards tells.
      if (moved < lengthBytes) break;
      await checkpoint(position);
    }
    return position;
  });
}

async function hashUpTo(copy: LocalCopy, hashId: number, end: number): Promise<void> {
  for (let position = 0; position < end; position += CHECKPOINT_BYTES) {
    copy.signal?.throwIfAborted();
    const lengthBytes = Math.min(CHECKPOINT_BYTES, end - position);
    await addToHash(copy, hashId, { position, lengthBytes });
  }
}

async function addToHash(
  { checksum, source }: LocalCopy,
  id: number,
  { position, lengthBytes }: { readonly position: number; readonly lengthBytes: number },
): Promise<void> {
  if (!checksum) return;
  await askCopyWorker({ kind: 'hash', id, fd: source, position, lengthBytes }, id);
}

/** The result of the first. Neither may still be at work when the files are closed. */
async function whenBothEnd<Result>(first: Promise<Result>, second: Promise<void>): Promise<Result> {
  await Promise.allSettled([first, second]);
  await second;
  return first;
}

async function endHash(id: number): Promise<string> {
  return askCopyWorker({ kind: 'end-hash', id }, id);
}

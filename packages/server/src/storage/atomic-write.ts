import fs from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { chmodFd, closeFd, OPEN, openFd, syncFd, writeFd } from './descriptors.ts';
import { createPartName } from './part-file.ts';
import { entryPath, syncDirectory } from './safe-open.ts';
import type { WriteOptions } from './storage.ts';

const rename = promisify(fs.rename);
const unlink = promisify(fs.unlink);

/** A file to appear in an open directory. */
interface AtomicWrite extends WriteOptions {
  readonly directory: number;
  readonly name: string;
  readonly source: Readable;
}

/**
 * Writes under a part name, syncs, renames, syncs the directory. Whatever fails before the rename removes the part
 * file; after a failed sync it is never tried again on the same file, because Linux may have dropped the pages.
 */
export async function writeAtomically(write: AtomicWrite): Promise<void> {
  const part = entryPath(write.directory, createPartName());
  const fd = await openFd(part, OPEN.newFile, (write.mode ?? 0o666) & 0o777);
  try {
    await fill(fd, write);
    write.signal?.throwIfAborted();
    await rename(part, entryPath(write.directory, write.name));
  } catch (error) {
    // The first error counts; a part file that cannot be removed either is left to removeParts.
    await unlink(part).catch(() => undefined);
    throw error;
  }
  await syncDirectory(write.directory);
}

async function fill(fd: number, { source, mode, signal }: AtomicWrite): Promise<void> {
  try {
    await pour(signal === undefined ? source : addAbortSignal(signal, source), fd);
    // Created with these bits, so never readable by more than the final file; this adds what the umask took.
    if (mode !== undefined) await chmodFd(fd, mode & 0o777);
    await syncFd(fd);
  } finally {
    await closeFd(fd);
  }
}

/**
 * A loop instead of a pipeline into a WriteStream: that closes its descriptor by itself when it is destroyed,
 * perhaps with a write under way, and a second close may hit another file's number. Here no write is under way when
 * the loop ends. Reading goes on meanwhile as far as the source's own buffer lets it.
 */
async function pour(source: Readable, fd: number): Promise<void> {
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let written = 0;
    while (written < bytes.length) {
      written += (await writeFd(fd, bytes, written, bytes.length - written, null)).bytesWritten;
    }
  }
}

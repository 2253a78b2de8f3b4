import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type {
  BlockAnswer,
  CopyAnswers,
  CopyMessage,
  CopyReply,
  CopyRequest,
  DoneAnswer,
  EntryName,
  HashBlock,
  HashSlice,
  LookAtEntries,
  PumpSlice,
  ReadAnswer,
  ReadFiles,
  RenameParts,
  SeenEntry,
  WriteParts,
} from './copy-requests.ts';
import { OPEN, procPath } from './descriptors.ts';
import { kindOf } from './file-kind.ts';

// A thread of its own for calls that would take turns of the thread pool and of the event loop for each of them: of
// small files that is nine tenths of the work. Here they may block, so they are synchronous.

/** One read or write of a large file. */
const BLOCK_BYTES = 1024 * 1024;

const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
const hashes = new Map<number, Hash>();

parentPort?.on('message', ({ number, request }: CopyMessage) => {
  const reply = answer(number, request);
  const transfer = 'answer' in reply && hasBuffer(reply.answer) ? [reply.answer.buffer.buffer] : [];
  parentPort?.postMessage(reply, transfer);
});

function answer(number: number, request: CopyRequest): CopyReply {
  try {
    return { number, answer: carryOut(request) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    return { number, failure: { message: error instanceof Error ? error.message : String(error), code } };
  }
}

function carryOut(request: CopyRequest): CopyAnswers[CopyRequest['kind']] {
  switch (request.kind) {
    case 'look':
      return lookAtEntries(request);
    case 'read':
      return readFiles(request);
    case 'write':
      return writeParts(request);
    case 'rename':
      return renameParts(request);
    case 'pump':
      return pump(request);
    case 'hash':
      return addToHash(request);
    case 'hash-block':
      return addBlockToHash(request);
    case 'end-hash':
      return endHash(request.id);
  }
}

function hasBuffer(value: unknown): value is ReadAnswer | BlockAnswer {
  return typeof value === 'object' && value !== null && 'buffer' in value;
}

function entryPath(directory: number, name: EntryName): string | Buffer {
  const prefix = `${procPath(directory)}/`;
  return typeof name === 'string' ? prefix + name : Buffer.concat([Buffer.from(prefix), name]);
}

function lookAtEntries({ directory, names }: LookAtEntries): readonly SeenEntry[] {
  return names.map((name) => {
    const stats = fs.lstatSync(entryPath(directory, name), { throwIfNoEntry: false });
    if (stats === undefined) return null;
    const { size, mtime, mode } = stats;
    return { kind: kindOf(stats), sizeBytes: size, modifiedMs: mtime.getTime(), mode: mode & 0o777 };
  });
}

function readFiles({ directory, files }: ReadFiles): ReadAnswer {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  // One byte more shows a file that grew.
  const buffer = new Uint8Array(total + 1);
  const { uid } = fs.fstatSync(directory);
  let start = 0;
  const places = files.map((file): readonly [number, number] | null => {
    if (!readFile({ directory, owner: uid, file, buffer, start })) return null;
    const end = start + file.sizeBytes;
    const place = [start, end] as const;
    start = end;
    return place;
  });
  return { buffer, places };
}

interface FileRead {
  readonly directory: number;
  readonly owner: number;
  readonly file: ReadFiles['files'][number];
  readonly buffer: Uint8Array;
  readonly start: number;
}

/** Whether the file is what was listed, before and after it was read, and may be handed out (`refuseForeignLink`). */
function readFile({ directory, owner, file, buffer, start }: FileRead): boolean {
  const fd = tryTo(() => fs.openSync(entryPath(directory, file.name), OPEN.smallFile));
  if (fd === null) return false;
  try {
    const before = fs.fstatSync(fd);
    if (!before.isFile() || (before.nlink > 1 && before.uid !== owner) || !isAsListed(before, file))
      return false;
    let got = 0;
    for (let read = 1; read > 0 && got <= file.sizeBytes; got += read) {
      read = fs.readSync(fd, buffer, start + got, file.sizeBytes + 1 - got, got);
    }
    return got === file.sizeBytes && isAsListed(fs.fstatSync(fd), file);
  } catch {
    // The reason is told where it is opened once more, alone.
    return false;
  } finally {
    fs.closeSync(fd);
  }
}

function isAsListed(stats: fs.Stats, { sizeBytes, modifiedMs }: ReadFiles['files'][number]): boolean {
  return stats.size === sizeBytes && stats.mtime.getTime() === modifiedMs;
}

function writeParts({ directory, files, syncs }: WriteParts): DoneAnswer {
  let goesOn = true;
  return files.map((file) => {
    goesOn &&= writePart(directory, file, syncs);
    return goesOn;
  });
}

/** What fails here is tried once more alone, and explained there; what follows would most likely fail as well. */
function writePart(
  directory: number,
  { part, bytes, mode }: WriteParts['files'][number],
  syncs: boolean,
): boolean {
  const path = entryPath(directory, part);
  const fd = tryTo(() => fs.openSync(path, OPEN.newFile, mode & 0o777));
  if (fd === null) return false;
  try {
    for (let written = 0; written < bytes.length; ) written += fs.writeSync(fd, bytes, written);
    fs.fchmodSync(fd, mode & 0o777);
    if (syncs) fs.fsyncSync(fd);
    return true;
  } catch {
    tryTo(() => fs.unlinkSync(path));
    return false;
  } finally {
    fs.closeSync(fd);
  }
}

function renameParts({ directory, files }: RenameParts): DoneAnswer {
  return files.map(({ part, name }) => {
    const path = entryPath(directory, part);
    try {
      fs.renameSync(path, entryPath(directory, name));
      return true;
    } catch {
      tryTo(() => fs.unlinkSync(path));
      return false;
    }
  });
}

function pump({ from, to, position, lengthBytes }: PumpSlice): number {
  return eachBlock({ fd: from, position, lengthBytes }, (bytes, at) => {
    for (let written = 0; written < bytes.length; ) {
      written += fs.writeSync(to, bytes, written, bytes.length - written, at + written);
    }
  });
}

function addToHash({ id, fd, position, lengthBytes }: HashSlice): number {
  const hash = findHash(id);
  return eachBlock({ fd, position, lengthBytes }, (bytes) => hash.update(bytes));
}

function addBlockToHash({ id, buffer, lengthBytes }: HashBlock): BlockAnswer {
  findHash(id).update(buffer.subarray(0, lengthBytes));
  return { buffer };
}

function findHash(id: number): Hash {
  const hash = hashes.get(id) ?? createHash('sha256');
  hashes.set(id, hash);
  return hash;
}

function endHash(id: number): string {
  const hash = hashes.get(id) ?? createHash('sha256');
  hashes.delete(id);
  return hash.digest('hex');
}

/** Yields how many bytes there were: fewer than asked for at the end of the file. */
function eachBlock(
  slice: { readonly fd: number; readonly position: number; readonly lengthBytes: number },
  use: (bytes: Buffer, position: number) => void,
): number {
  let done = 0;
  while (done < slice.lengthBytes) {
    const wanted = Math.min(BLOCK_BYTES, slice.lengthBytes - done);
    const got = fs.readSync(slice.fd, block, 0, wanted, slice.position + done);
    if (got === 0) break;
    use(block.subarray(0, got), slice.position + done);
    done += got;
  }
  return done;
}

function tryTo<Result>(action: () => Result): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}

import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { callbackify } from 'node:util';
import { hashPassing, type SourceHash, startHash } from './source-hash.ts';
import { type FileInfo, type Resumption, type Storage, StorageError, UNKNOWN_SIZE } from './storage.ts';

/** One file to copy between two storages, or within one. */
export interface FileCopy {
  readonly from: Storage;
  readonly fromPath: string;
  readonly to: Storage;
  readonly toPath: string;
  /** Called with the bytes of each chunk as it passes. */
  readonly onBytes?: (count: number) => void;
  /** Called with bytes that an attempt before has brought and that are not sent again. */
  readonly onKept?: (count: number) => void;
  readonly signal?: AbortSignal;
  /** The same for each attempt of a transfer: a large file whose copy broke off is then gone on with. */
  readonly transferKey?: string;
  /**
   * Also hash what the kernel or the storage copies by itself (default false). That reads the file once more, over the
   * network perhaps; what passes through this process is always hashed.
   */
  readonly checksums?: boolean;
}

/** What was copied: size, time and hash (hexadecimal SHA-256) are the source's. */
export interface CopiedFile {
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  /** null for a file that the kernel or the storage copied by itself, unless `checksums` were asked for. */
  readonly sha256: string | null;
}

/** One chunk of a local file: read-ahead of a chunk on each side of the hash, and no joining of chunks. */
const BUFFER_BYTES = 256 * 1024;

/** To begin a smaller file anew costs little more than to look for its part (RELIABILITY R11). */
export const RESUME_MIN_BYTES = 64 * 1024 * 1024;

/**
 * Copies a file with its permission bits. Before the copy gets its final name the source is looked at again: when
 * size or time differ from those at opening, nothing is left at `toPath` and StorageError `changed` is thrown; the
 * caller decides whether to try once more (`copyTree` does).
 */
export async function copyFile(copy: FileCopy): Promise<CopiedFile> {
  return (await copyNear(copy)) ?? (await copyInside(copy)) ?? stream(copy);
}

/** Between two storages that reach each other; null when the bytes must be streamed. */
async function copyNear(copy: FileCopy): Promise<CopiedFile | null> {
  const { from, fromPath, to, toPath, signal, onBytes, onKept, checksums = false } = copy;
  const copier = to.copierFrom?.(from) ?? null;
  if (copier === null) return null;
  const info = await findFile(from, fromPath);
  const resume = await findResumption(copy, info);
  const sha256 = await copier(info, toPath, {
    checksum: checksums,
    beforeRename: () => refuseChange(from, info),
    ...(signal && { signal }),
    ...(onBytes && { onBytes }),
    ...(onKept && { onKept }),
    ...(resume && { resume }),
  });
  return { ...identityOf(info), sha256 };
}

/** By the storage itself; null when the bytes must be streamed. */
async function copyInside(copy: FileCopy): Promise<CopiedFile | null> {
  const { from, fromPath, to, toPath, signal, onBytes, checksums = false } = copy;
  if (from !== to || to.copyWithin === undefined) return null;
  const info = await findFile(from, fromPath);
  const options = { mode: info.mode, ...(signal && { signal }), ...(onBytes && { onBytes }) };
  try {
    await to.copyWithin(fromPath, toPath, options);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'unsupported') return null;
    throw error;
  }
  const hash = hashPassing();
  if (checksums) {
    await forEachChunk((await from.open(fromPath)).stream, signal, (chunk) => hash.update(chunk));
  }
  await refuseChange(from, info);
  return { ...identityOf(info), sha256: checksums ? await hash.finish() : null };
}

async function findFile(storage: Storage, path: string): Promise<FileInfo> {
  const info = await storage.find(path);
  if (info !== null) return info;
  throw new StorageError('not-found', `${path}: there is no such file or directory`);
}

async function stream(copy: FileCopy): Promise<CopiedFile> {
  const { from, to, toPath, onBytes, signal } = copy;
  const { info, source, hash, resume } = await begin(copy);
  let passed = resume?.fromByte ?? 0;
  const meter = new Transform({
    writableHighWaterMark: BUFFER_BYTES,
    // Chunk by chunk: whoever reads bytes gets all that wait as one, which is a copy.
    readableObjectMode: true,
    readableHighWaterMark: 1,
    transform: callbackify(async (chunk: Buffer, _encoding: BufferEncoding) => {
      await hash.update(chunk);
      passed += chunk.length;
      onBytes?.(chunk.length);
      return chunk;
    }),
    flush: callbackify(async () => {
      await refuseChange(from, info);
      await hash.finish();
    }),
  });
  // A failure here destroys the meter with the same error, which the writer reports; so nothing is lost.
  const fed = pipeline(source, meter).catch(() => undefined);
  try {
    const options = { mode: info.mode, ...(signal && { signal }), ...(resume && { resume }) };
    await to.write(toPath, meter, options);
    await fed;
    return { sizeBytes: passed, modifiedAt: info.modifiedAt, sha256: await hash.finish() };
  } finally {
    hash.stop();
  }
}

/** The bytes that are still to be written, and the hash of those before. */
interface Beginning {
  readonly info: FileInfo;
  readonly source: Readable;
  readonly hash: SourceHash;
  readonly resume: Resumption | null;
}

async function begin(copy: FileCopy): Promise<Beginning> {
  const { from, fromPath, to, transferKey } = copy;
  const mayResume = transferKey !== undefined && to.resumable !== undefined;
  const before = mayResume ? await findFile(from, fromPath) : null;
  const resume = before && (await findResumption(copy, before));
  if (before === null || resume === null) {
    const { info, stream } = await from.open(fromPath);
    return { info, source: stream, hash: startHash(from, info), resume: null };
  }
  const hash = startHash(from, before);
  try {
    await addKept(copy, hash, resume);
    const { info, stream } = await from.open(fromPath, { start: resume.fromByte });
    if (isSame(info, before)) return { info, source: stream, hash, resume };
    stream.destroy();
    throw changed(fromPath);
  } catch (error) {
    hash.stop();
    throw error;
  }
}

/** What need not be sent again; read only for a hash of what passes, and then from the nearer end. */
async function addKept(copy: FileCopy, hash: SourceHash, resume: Resumption): Promise<void> {
  if (resume.fromByte === 0) return;
  if (copy.from.hash !== undefined) return copy.onKept?.(resume.fromByte);
  await forEachChunk(await openKept(copy, resume), copy.signal, async (chunk) => {
    await hash.update(chunk);
    copy.onKept?.(chunk.length);
  });
}

/**
 * null for a file that is always begun anew. The key stands for the source as it is now, with its size and time, so that
 * a part of anything else is never found.
 */
async function findResumption(
  { fromPath, to, toPath, transferKey }: FileCopy,
  info: FileInfo,
): Promise<Resumption | null> {
  const isWorthIt = info.sizeBytes >= RESUME_MIN_BYTES;
  if (transferKey === undefined || to.resumable === undefined || !isWorthIt) return null;
  const key = resumptionKey(transferKey, fromPath, info);
  return { key, fromByte: Math.min(info.sizeBytes, await to.resumable.findPart(toPath, key)) };
}

/** Under which key a transfer keeps its part of a file. */
export function resumptionKey(
  transferKey: string,
  fromPath: string,
  info: Pick<FileInfo, 'sizeBytes' | 'modifiedAt'>,
): string {
  const identity = JSON.stringify([transferKey, fromPath, info.sizeBytes, info.modifiedAt.getTime()]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 40);
}

/** Bytes that need not be sent again, from the nearer end. */
async function openKept(
  { from, fromPath, to, toPath }: FileCopy,
  { key, fromByte }: Resumption,
): Promise<Readable> {
  const openPart = to.resumable?.openPart ?? null;
  if (openPart !== null) return openPart(toPath, key, fromByte);
  return (await from.open(fromPath, { start: 0, end: fromByte - 1 })).stream;
}

async function forEachChunk(
  bytes: Readable,
  signal: AbortSignal | undefined,
  use: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    // Leaving the loop destroys the stream.
    signal?.throwIfAborted();
    await use(chunk);
  }
}

async function refuseChange(from: Storage, before: FileInfo): Promise<void> {
  const after = await from.find(before.path);
  if (after === null || !isSame(before, after)) throw changed(before.path, after === null);
}

/** Web servers may tell a length with a file and none when they are asked for it (RFC 9110 section 9.3.2). */
function isSame(one: FileInfo, other: FileInfo): boolean {
  const sizes = new Set([one.sizeBytes, other.sizeBytes]);
  const isSameSize = sizes.size === 1 || sizes.has(UNKNOWN_SIZE);
  return isSameSize && one.modifiedAt.getTime() === other.modifiedAt.getTime();
}

function identityOf({ sizeBytes, modifiedAt }: FileInfo): Omit<CopiedFile, 'sha256'> {
  return { sizeBytes, modifiedAt };
}

function changed(path: string, isRemoved = false): StorageError {
  return new StorageError('changed', `${path} ${isRemoved ? 'was removed' : 'changed'} while it was copied`);
}

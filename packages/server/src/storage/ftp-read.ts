import { PassThrough, Readable } from 'node:stream';
import { ftpFailure } from './ftp-failure.ts';
import { type FtpPlace, findFtp, remotePath, talk } from './ftp-place.ts';
import type { LentConnection } from './ftp-pool.ts';
import { explainMissingFtp } from './ftp-tree.ts';
import { type ByteRange, type FileInfo, type OpenFile, StorageError } from './storage.ts';

/** Opens a file. The connection is its own until it is read to its end or destroyed. */
export async function openFtp(place: FtpPlace, path: string, range: ByteRange): Promise<OpenFile> {
  const info = await talk(place, path, (connection) => findFtp(place, connection, path));
  if (info === null) throw await explainMissingFtp(place, path);
  if (info.type === 'dir') throw new StorageError('not-a-file', `${path} is a directory`);
  const end = Math.min(range.end === undefined ? info.sizeBytes : range.end + 1, info.sizeBytes);
  if (range.start >= end) return { info, stream: Readable.from([]) };
  const bytes = readBytes(place, info, { start: range.start, end });
  return { info, stream: Readable.from(bytes, { objectMode: false, highWaterMark: 256 * 1024 }) };
}

interface Wanted {
  readonly start: number;
  /** The first byte that is not wanted. */
  readonly end: number;
}

async function* readBytes(
  place: FtpPlace,
  { path }: FileInfo,
  { start, end }: Wanted,
): AsyncGenerator<Buffer> {
  const lent = await place.pool.lend();
  const body = new PassThrough({ highWaterMark: 256 * 1024 });
  const ended = download(lent, body, remotePath(place, path), start);
  let position = start;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const wanted = chunk.subarray(0, end - position);
      position += wanted.length;
      yield wanted;
      // The server sends on to the end of the file: only closing the connection stops it.
      if (position >= end) break;
    }
    const error = position >= end ? null : await ended;
    if (error !== null) throw ftpFailure(place, path, error);
    if (position < end) throw new StorageError('changed', `${path} became shorter while it was read`);
  } finally {
    // A transfer that went to its end leaves the connection as it was; any other one has to be cut.
    if (!(await isSettledSoon(ended))) lent.client.close();
    lent.release();
  }
}

/** Resolves with what went wrong, or null. */
async function download(
  { client }: LentConnection,
  body: PassThrough,
  remote: string,
  start: number,
): Promise<unknown> {
  try {
    await client.downloadTo(body, remote, start);
    return null;
  } catch (error) {
    return error ?? new Error('the transfer failed');
  } finally {
    body.end();
  }
}

/** Time in which a server says that all was sent, once all was. */
const LAST_WORD_MS = 1_000;

async function isSettledSoon(ended: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve('late'), LAST_WORD_MS);
  try {
    return (await Promise.race([ended, late])) === null;
  } finally {
    clearTimeout(timer);
  }
}

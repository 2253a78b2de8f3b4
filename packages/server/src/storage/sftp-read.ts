import { Readable } from 'node:stream';
import { SFTP_OPEN, type SftpClient, type SftpHandle } from '../ssh/sftp-client.ts';
import { forbiddenKind } from './path-parts.ts';
import { toSftpError } from './sftp-failure.ts';
import { kindOfMode, toSftpInfo } from './sftp-info.ts';
import { hostBytes, lookAt, type SftpPlace } from './sftp-place.ts';
import { type ByteRange, type OpenFile, StorageError } from './storage.ts';

/** Bytes of a file that are asked for ahead, at most: as for writes. */
const WINDOW_BYTES = 2 * 1024 * 1024;
/** Requests ahead at first; one more with each chunk that is taken, so that a reader who stalls early holds little. */
const FIRST_WINDOW = 2;

/**
 * Opens a file for reading. What is no regular file is never opened: the server would wait for a named pipe's other
 * end, and nobody could use the session meanwhile.
 */
export async function openOverSftp(place: SftpPlace, path: string, range?: ByteRange): Promise<OpenFile> {
  const { sftp } = place;
  refuseOther(path, (await lookAt(place, path)).mode);
  const handle = await sftp.openFile(hostBytes(place, path), SFTP_OPEN.read);
  try {
    const attributes = await sftp.fstat(handle);
    refuseOther(path, attributes.mode);
    const info = toSftpInfo(path, attributes);
    const start = Math.min(range?.start ?? 0, info.sizeBytes);
    const end = Math.min((range?.end ?? Infinity) + 1, info.sizeBytes);
    return { info, stream: readHandle({ sftp, handle, path, start, end }) };
  } catch (error) {
    await sftp.close(handle).catch(() => undefined);
    throw error;
  }
}

function refuseOther(path: string, mode: number | null): void {
  const kind = kindOfMode(mode);
  if (kind === 'file') return;
  if (kind !== 'dir') throw forbiddenKind(path, kind);
  throw new StorageError('not-a-file', `${path} is a directory: name a file in it`);
}

/** What to read of an open file, up to and without `end`; `path` is for messages. */
interface HandleRead {
  readonly sftp: SftpClient;
  readonly handle: SftpHandle;
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads exactly what is asked for and closes the handle at the end or when destroyed; a file that shrank meanwhile is
 * the error `changed`. Chunks are asked for ahead, and yielded in order.
 */
function readHandle(read: HandleRead): Readable {
  const { sftp, path, end } = read;
  const ahead: Promise<Buffer>[] = [];
  const maxWindow = Math.max(FIRST_WINDOW, Math.floor(WINDOW_BYTES / sftp.chunkBytes));
  let window = FIRST_WINDOW;
  let next = read.start;

  function askAhead(): void {
    // Half a window at a time: requests of one turn travel together.
    if (ahead.length > window / 2) return;
    while (next < end && ahead.length < window) {
      const length = Math.min(sftp.chunkBytes, end - next);
      const chunk = readWhole(read, next, length);
      // Heard when its turn comes; until then a failure must not end the process.
      chunk.catch(() => undefined);
      ahead.push(chunk);
      next += length;
    }
  }

  return new Readable({
    highWaterMark: sftp.chunkBytes,
    read() {
      askAhead();
      window = Math.min(maxWindow, window + 1);
      const first = ahead.shift();
      if (first === undefined) return void this.push(null);
      first.then(
        (bytes) => this.push(bytes),
        (error: unknown) => this.destroy(toSftpError(error, path) as Error),
      );
    },
    destroy(error, done) {
      closeLater(read);
      done(error);
    },
  });
}

/** Nobody waits for it: a host that hangs must not keep a reader who has gone, and a session that is over has closed it. */
function closeLater({ sftp, handle }: HandleRead): void {
  sftp.close(handle).catch(() => undefined);
}

/** A server may give less than was asked for. */
async function readWhole(
  { sftp, handle, path }: HandleRead,
  position: number,
  length: number,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let got = 0; got < length; ) {
    const piece = await sftp.read(handle, position + got, length - got);
    if (piece === null) throw new StorageError('changed', `${path} became shorter while it was read`);
    pieces.push(piece);
    got += piece.length;
  }
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

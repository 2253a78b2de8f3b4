import { addAbortSignal, type Readable } from 'node:stream';
import { parentPath } from '../domain/paths.ts';
import { SFTP_OPEN, type SftpClient, type SftpHandle } from '../ssh/sftp-client.ts';
import { SFTP_STATUS } from '../ssh/sftp-requests.ts';
import { createPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { explainWriteFailure, isRefusal, toSftpError } from './sftp-failure.ts';
import { kindOfMode } from './sftp-info.ts';
import { ensureDirectory, hostBytes, type SftpPlace } from './sftp-place.ts';
import { renameOver } from './sftp-rename.ts';
import { canSync, openForSync, syncAndClose } from './sftp-sync.ts';
import { StorageError, type WriteOptions } from './storage.ts';

/** Bytes of a file that are on their way at a time: keeps a line of 100 MB/s busy over 20 ms. */
const WINDOW_BYTES = 2 * 1024 * 1024;
/** The same in requests, for sources that come in crumbs. */
const WINDOW_REQUESTS = 64;

/** A file to appear on the host. */
export interface SftpWrite extends WriteOptions {
  readonly path: string;
  readonly source: Readable;
}

/**
 * Writes under a part name, syncs, compares the size, renames, syncs the directory. Whatever fails before the rename
 * removes the part file, unless the session is gone; then `removeParts` does, later. Requests that need no answer of
 * one another go out together: a small file takes four round trips.
 */
export async function writeOverSftp(place: SftpPlace, write: SftpWrite): Promise<void> {
  const { sftp } = place;
  const { path } = write;
  const directory = hostBytes(place, parentPath(path));
  await makeWay(place, path);
  const createBeside = (): Buffer => hostBytes(place, joinName(parentPath(path), createPartName()));
  const part = createBeside();
  const [handle, directoryHandle] = await openBoth({ place, directory, part, write });
  try {
    await fill({ place, directory, handle, write });
    write.signal?.throwIfAborted();
    const to = hostBytes(place, path);
    await renameOver(sftp, { from: part, to, createAside: createBeside }).catch(async (error: unknown) => {
      await refuseDirectory(sftp, to, path);
      throw await explainWriteFailure(place, { directory, path, error });
    });
  } catch (error) {
    // The first error counts.
    await Promise.allSettled([
      sftp.remove(part),
      ...(directoryHandle === null ? [] : [sftp.close(directoryHandle)]),
    ]);
    throw error;
  }
  await syncAndClose(sftp, directoryHandle);
}

/** Makes the directories, and refuses what could only fail after the last byte. */
async function makeWay(place: SftpPlace, path: string): Promise<void> {
  const [way, target] = await Promise.allSettled([
    ensureDirectory(place, parentPath(path)),
    refuseDirectory(place.sftp, hostBytes(place, path), path),
  ]);
  if (way.status === 'rejected') throw way.reason;
  if (target.status === 'rejected') throw target.reason;
}

/** A rename would not say why it fails. */
async function refuseDirectory(sftp: SftpClient, bytes: Buffer, path: string): Promise<void> {
  try {
    if (kindOfMode((await sftp.lstat(bytes)).mode) !== 'dir') return;
  } catch (error) {
    if (isRefusal(error, SFTP_STATUS.noSuchFile)) return;
    throw toSftpError(error, path);
  }
  throw new StorageError('not-a-file', `${path} is a directory: name a file in it`);
}

async function openBoth(parts: {
  readonly place: SftpPlace;
  readonly directory: Buffer;
  readonly part: Buffer;
  readonly write: SftpWrite;
}): Promise<readonly [SftpHandle, SftpHandle | null]> {
  const { place, directory, part, write } = parts;
  const { sftp } = place;
  // Created with these bits, so never readable by more than the final file.
  const mode = write.mode === undefined ? undefined : write.mode & 0o777;
  const [file, forSync] = await Promise.allSettled([
    sftp.openFile(part, SFTP_OPEN.create, mode),
    openForSync(sftp, directory),
  ]);
  const directoryHandle = forSync.status === 'fulfilled' ? forSync.value : null;
  if (file.status === 'fulfilled') return [file.value, directoryHandle];
  if (directoryHandle !== null) await sftp.close(directoryHandle).catch(() => undefined);
  throw await explainWriteFailure(place, { directory, path: write.path, error: file.reason });
}

/** The file is closed afterwards, whatever happens, and only once: the host may give the handle to another file. */
async function fill(parts: {
  readonly place: SftpPlace;
  readonly directory: Buffer;
  readonly handle: SftpHandle;
  readonly write: SftpWrite;
}): Promise<void> {
  const { place, directory, handle, write } = parts;
  const { sftp } = place;
  const { path, mode } = write;
  const window = createWindow();
  let sentBytes = 0;
  try {
    sentBytes = await pour(sftp, handle, write, window);
  } catch (error) {
    await sftp.close(handle).catch(() => undefined);
    throw await explainWriteFailure(place, { directory, path, error });
  }
  try {
    const [attributes] = await Promise.all([
      sftp.fstat(handle),
      window.settle(),
      // What the server's umask took of the bits.
      ...(mode === undefined ? [] : [sftp.setMode(handle, mode & 0o777)]),
      ...(canSync(sftp) ? [sftp.sync(handle)] : []),
      sftp.close(handle),
    ]);
    if (attributes.sizeBytes === sentBytes) return;
    throw new StorageError(
      'corrupt',
      `${path}: of ${sentBytes} bytes sent, the host has ${attributes.sizeBytes ?? 'an unknown number'}`,
    );
  } catch (error) {
    throw await explainWriteFailure(place, { directory, path, error });
  }
}

async function pour(
  sftp: SftpClient,
  handle: SftpHandle,
  { source, signal }: SftpWrite,
  window: Window,
): Promise<number> {
  let position = 0;
  const chunks = signal === undefined ? source : addAbortSignal(signal, source);
  for await (const chunk of chunks as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let start = 0; start < bytes.length; start += sftp.chunkBytes) {
      const piece = bytes.subarray(start, start + sftp.chunkBytes);
      await window.makeRoom();
      window.add(piece.length, sftp.write(handle, position, piece));
      position += piece.length;
    }
  }
  return position;
}

/** Requests that are not answered yet; the first refusal is thrown by what is called next. */
interface Window {
  makeRoom(): Promise<void>;
  add(sizeBytes: number, answered: Promise<void>): void;
  settle(): Promise<void>;
}

function createWindow(): Window {
  const waiting: { readonly sizeBytes: number; readonly answered: Promise<void> }[] = [];
  let bytes = 0;
  async function awaitFirst(): Promise<void> {
    const first = waiting.shift();
    await first?.answered;
    bytes -= first?.sizeBytes ?? 0;
  }
  return {
    makeRoom: async () => {
      while (bytes >= WINDOW_BYTES || waiting.length >= WINDOW_REQUESTS) await awaitFirst();
    },
    add: (sizeBytes, answered) => {
      // Until its turn comes nobody hears a refusal, which must not end the process.
      answered.catch(() => undefined);
      waiting.push({ sizeBytes, answered });
      bytes += sizeBytes;
    },
    settle: async () => {
      while (waiting.length > 0) await awaitFirst();
    },
  };
}

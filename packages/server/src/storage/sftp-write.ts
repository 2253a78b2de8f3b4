import { parentPath } from '../domain/paths.ts';
import { SFTP_OPEN, type SftpClient, type SftpHandle } from '../ssh/sftp-client.ts';
import { SFTP_STATUS } from '../ssh/sftp-requests.ts';
import { createPartName, partPath } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { explainWriteFailure, isRefusal, toSftpError } from './sftp-failure.ts';
import { kindOfMode } from './sftp-info.ts';
import { ensureDirectory, hostBytes, type SftpPlace } from './sftp-place.ts';
import { renameOver } from './sftp-rename.ts';
import { canSync, openForSync, syncAndClose } from './sftp-sync.ts';
import { createSftpWindow, type SftpWindow } from './sftp-window.ts';
import { StorageError, type WriteOptions } from './storage.ts';

/** A file to appear on the host. */
export interface SftpWrite extends WriteOptions {
  readonly path: string;
  /** Writes it from `resume.fromByte` on, or from its start; yields the size that it has once the window is settled. */
  readonly pour: (sftp: SftpClient, handle: SftpHandle, window: SftpWindow) => Promise<number>;
}

/**
 * Writes under a part name, syncs, compares the size, renames, syncs the directory. Whatever fails before the rename
 * removes the part file, unless it can be resumed or the session is gone; then `removeParts` does, later. Requests that
 * need no answer of one another go out together: a small file takes four round trips.
 */
export async function writeOverSftp(place: SftpPlace, write: SftpWrite): Promise<void> {
  const { sftp } = place;
  const { path } = write;
  const directory = hostBytes(place, parentPath(path));
  await makeWay(place, path);
  const createBeside = (): Buffer => hostBytes(place, joinName(parentPath(path), createPartName()));
  const part = write.resume ? hostBytes(place, partPath(path, write.resume.key)) : createBeside();
  const [handle, directoryHandle] = await openBoth({ place, directory, part, write });
  try {
    const sizeBytes = await fill({ place, directory, handle, write });
    write.signal?.throwIfAborted();
    if (write.resume) await refuseOtherPart(sftp, part, { path, sizeBytes });
    const to = hostBytes(place, path);
    await renameOver(sftp, { from: part, to, createAside: createBeside }).catch(async (error: unknown) => {
      await refuseDirectory(sftp, to, path);
      throw await explainWriteFailure(place, { directory, path, error });
    });
  } catch (error) {
    // The first error counts.
    await Promise.allSettled([
      ...(isWorthKeeping(write, error) ? [] : [sftp.remove(part)]),
      ...(directoryHandle === null ? [] : [sftp.close(directoryHandle)]),
    ]);
    throw error;
  }
  await syncAndClose(sftp, directoryHandle);
}

/** On a full disk a part would only be in the way of others. */
function isWorthKeeping({ resume }: SftpWrite, error: unknown): boolean {
  if (resume === undefined) return false;
  return !(error instanceof StorageError && ['corrupt', 'changed', 'no-space'].includes(error.code));
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
  const [file, forSync] = await Promise.allSettled([
    openPart(sftp, part, write),
    openForSync(sftp, directory),
  ]);
  const directoryHandle = forSync.status === 'fulfilled' ? forSync.value : null;
  if (file.status === 'fulfilled') return [file.value, directoryHandle];
  if (directoryHandle !== null) await sftp.close(directoryHandle).catch(() => undefined);
  throw await explainWriteFailure(place, { directory, path: write.path, error: file.reason });
}

/** Created with the final bits, so never readable by more than the final file. */
async function openPart(sftp: SftpClient, part: Buffer, { mode, resume }: SftpWrite): Promise<SftpHandle> {
  const bits = mode === undefined ? undefined : mode & 0o777;
  if (resume === undefined) return sftp.openFile(part, SFTP_OPEN.create, bits);
  const found = await sftp.lstat(part).catch(() => null);
  if (found !== null && kindOfMode(found.mode) !== 'file') await sftp.remove(part);
  if ((found?.sizeBytes ?? 0) < resume.fromByte) {
    throw new StorageError('changed', 'the part of this write is shorter than it was: begin anew');
  }
  // Its owner must be able to open it again, whatever the final bits.
  return sftp.openFile(part, SFTP_OPEN.resume, bits === undefined ? undefined : 0o600);
}

/** Another writer of the same key may have given the part up and begun anew meanwhile: that one is not whole. */
async function refuseOtherPart(
  sftp: SftpClient,
  part: Buffer,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<void> {
  const found = await sftp.lstat(part).catch((error: unknown) => {
    throw toSftpError(error, path);
  });
  if (found.sizeBytes !== sizeBytes) {
    throw new StorageError('unreachable', `${path}: another writer of the same file got in the way`);
  }
}

/**
 * Yields the bytes of the whole part. The file is closed afterwards, whatever happens, and only once: the host may give
 * the handle to another file.
 */
async function fill(parts: {
  readonly place: SftpPlace;
  readonly directory: Buffer;
  readonly handle: SftpHandle;
  readonly write: SftpWrite;
}): Promise<number> {
  const { place, directory, handle, write } = parts;
  const { sftp } = place;
  const { path, mode } = write;
  const window = createSftpWindow();
  let sentBytes = 0;
  try {
    sentBytes = await write.pour(sftp, handle, window);
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
    if (attributes.sizeBytes === sentBytes) return sentBytes;
    throw new StorageError(
      'corrupt',
      `${path}: of ${sentBytes} bytes sent, the host has ${attributes.sizeBytes ?? 'an unknown number'}`,
    );
  } catch (error) {
    throw await explainWriteFailure(place, { directory, path, error });
  }
}

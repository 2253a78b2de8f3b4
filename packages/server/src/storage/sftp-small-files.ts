import type { SftpAttributes } from '../ssh/sftp-attributes.ts';
import { SFTP_OPEN, type SftpClient, type SftpHandle } from '../ssh/sftp-client.ts';
import { SftpRefusal } from '../ssh/sftp-requests.ts';
import { createPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { kindOfMode } from './sftp-info.ts';
import { ensureDirectory, hostBytes, lookAtDirectory, type SftpPlace } from './sftp-place.ts';
import { renameOver } from './sftp-rename.ts';
import { canSync, openForSync, syncAndClose } from './sftp-sync.ts';
import type { FileInfo, SmallFile } from './storage.ts';

// Each step is asked for all files at once, so that a step of all of them costs one round trip. A refusal concerns one
// file, which is then left to be moved alone; the end of the session concerns all and is thrown.

/** The bytes of each file that is as it was listed, before it is opened and after it was read; null for others. */
export async function readSmallOverSftp(
  place: SftpPlace,
  directory: string,
  files: readonly FileInfo[],
): Promise<readonly (Uint8Array | null)[]> {
  const { sftp } = place;
  await lookAtDirectory(place, directory);
  const paths = files.map(({ name }) => hostBytes(place, joinName(directory, name)));
  const looks = await Promise.all(paths.map((path) => orNull(sftp.lstat(path))));
  const handles = await Promise.all(
    files.map(async (file, index) => {
      const [path, look] = [paths[index], looks[index] ?? null];
      if (path === undefined || !isAsListed(look, file)) return null;
      return orNull(sftp.openFile(path, SFTP_OPEN.read));
    }),
  );
  return Promise.all(files.map((file, index) => readAndClose(sftp, handles[index] ?? null, file)));
}

async function readAndClose(
  sftp: SftpClient,
  handle: SftpHandle | null,
  file: FileInfo,
): Promise<Uint8Array | null> {
  if (handle === null) return null;
  const positions = steps(file.sizeBytes, sftp.chunkBytes);
  const [pieces, after] = await Promise.all([
    Promise.all(
      positions.map((at) => orNull(sftp.read(handle, at, Math.min(sftp.chunkBytes, file.sizeBytes - at)))),
    ),
    orNull(sftp.fstat(handle)),
    orNull(sftp.close(handle)),
  ]);
  const whole = pieces.flatMap((piece) => piece ?? []);
  const got = whole.reduce((sum, piece) => sum + piece.length, 0);
  if (got !== file.sizeBytes || whole.length !== positions.length || !isAsListed(after, file)) return null;
  const [first] = whole;
  return whole.length === 1 && first !== undefined ? first : Buffer.concat(whole);
}

function isAsListed(found: SftpAttributes | null, listed: FileInfo): boolean {
  return (
    found !== null &&
    kindOfMode(found.mode) === 'file' &&
    found.sizeBytes === listed.sizeBytes &&
    found.modifiedAt?.getTime() === listed.modifiedAt.getTime()
  );
}

/** What `writeOverSftp` does, for many files; the directory is synced once, after all of them. */
export async function writeSmallOverSftp(
  place: SftpPlace,
  directory: string,
  files: readonly SmallFile[],
): Promise<readonly boolean[]> {
  const { sftp } = place;
  await ensureDirectory(place, directory);
  const directoryHandle = await openForSync(sftp, hostBytes(place, directory));
  const named = files.map((file) => ({
    ...file,
    path: hostBytes(place, joinName(directory, file.name)),
    part: hostBytes(place, joinName(directory, createPartName())),
  }));
  const open = await Promise.all(
    named.map(({ part, mode }) => orNull(sftp.openFile(part, SFTP_OPEN.create, mode & 0o777))),
  );
  const parts = named.map((file, index) => ({ ...file, handle: open[index] ?? null }));
  const written = await Promise.all(parts.map((part) => fillPart(sftp, part)));
  const whole = await Promise.all(parts.map((part, index) => finishPart(sftp, part, written[index] ?? null)));
  const createAside = (): Buffer => hostBytes(place, joinName(directory, createPartName()));
  const done = await Promise.all(
    parts.map(async ({ part, path }, index) => {
      const isThere =
        whole[index] === true && (await went(renameOver(sftp, { from: part, to: path, createAside })));
      if (!isThere) await went(sftp.remove(part));
      return isThere;
    }),
  );
  await syncAndClose(sftp, directoryHandle);
  return done;
}

interface SmallPart extends SmallFile {
  readonly part: Buffer;
  readonly handle: SftpHandle | null;
}

/** The bits of a part that has all its bytes; null for one that has not. */
async function fillPart(sftp: SftpClient, { handle, bytes }: SmallPart): Promise<number | null> {
  if (handle === null) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const writes = steps(bytes.length, sftp.chunkBytes).map((at) =>
    went(sftp.write(handle, at, buffer.subarray(at, at + sftp.chunkBytes))),
  );
  const [wrote, found] = await Promise.all([Promise.all(writes), orNull(sftp.fstat(handle))]);
  if (wrote.includes(false) || found?.sizeBytes !== bytes.length) return null;
  return found.mode;
}

/** Whether a part has its final bits, of which the server's umask may have taken some, and is on disk. */
async function finishPart(
  sftp: SftpClient,
  { handle, mode }: SmallPart,
  bits: number | null,
): Promise<boolean> {
  if (handle === null) return false;
  if (bits === null) {
    await went(sftp.close(handle));
    return false;
  }
  const hasBits = (bits & 0o777) === (mode & 0o777);
  const all = await Promise.all([
    ...(hasBits ? [] : [went(sftp.setMode(handle, mode & 0o777))]),
    ...(canSync(sftp) ? [went(sftp.sync(handle))] : []),
    went(sftp.close(handle)),
  ]);
  return !all.includes(false);
}

/** Where each request for a file of this size begins. */
function steps(sizeBytes: number, chunkBytes: number): readonly number[] {
  return Array.from({ length: Math.ceil(sizeBytes / chunkBytes) }, (_, index) => index * chunkBytes);
}

async function orNull<Result>(answer: Promise<Result>): Promise<Result | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SftpRefusal) return null;
    throw error;
  }
}

async function went(answer: Promise<void>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof SftpRefusal) return false;
    throw error;
  }
}

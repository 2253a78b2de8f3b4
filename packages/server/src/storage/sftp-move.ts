import { parentPath } from '../domain/paths.ts';
import { createPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { explainWriteFailure } from './sftp-failure.ts';
import { ensureDirectory, hostBytes, lookAt, type SftpPlace } from './sftp-place.ts';
import { renameOver } from './sftp-rename.ts';
import { syncDirectory } from './sftp-sync.ts';
import { StorageError } from './storage.ts';

/** Renames a file or directory below the root, and brings both directories to disk where the host can. */
export async function moveOverSftp(place: SftpPlace, from: string, to: string): Promise<void> {
  const { sftp } = place;
  await lookAt(place, from);
  if (to.startsWith(`${from}/`)) {
    throw new StorageError('unsupported', `${from} to ${to}: a directory cannot go into itself`);
  }
  await ensureDirectory(place, parentPath(to));
  const names = { from: hostBytes(place, from), to: hostBytes(place, to) };
  const createAside = (): Buffer => hostBytes(place, joinName(parentPath(to), createPartName()));
  try {
    await renameOver(sftp, { ...names, createAside });
  } catch (error) {
    throw await explainMove(place, { from, to, error });
  }
  const directories = new Set([parentPath(to), parentPath(from)]);
  await Promise.all([...directories].map((path) => syncDirectory(sftp, hostBytes(place, path))));
}

/** The host says no more than "failure". */
async function explainMove(
  place: SftpPlace,
  { from, to, error }: { readonly from: string; readonly to: string; readonly error: unknown },
): Promise<unknown> {
  const { sftp } = place;
  const path = `${from} to ${to}`;
  const isTaken = await sftp.lstat(hostBytes(place, to)).then(
    () => true,
    () => false,
  );
  if (isTaken) {
    const words = 'what is there cannot be replaced: remove it, or name another place';
    return new StorageError('exists', `${path}: ${words}`, { cause: error });
  }
  if (await areApart(place, parentPath(from), parentPath(to))) {
    const words = 'the two places are on different file systems: copy and remove instead';
    return new StorageError('unsupported', `${path}: ${words}`, { cause: error });
  }
  const directory = hostBytes(place, parentPath(to));
  return explainWriteFailure(place, { directory, path, error });
}

async function areApart(place: SftpPlace, one: string, other: string): Promise<boolean> {
  const { sftp } = place;
  if (!sftp.extensions.has('statvfs@openssh.com')) return false;
  const spaces = [one, other].map((path) => sftp.readSpace(hostBytes(place, path)).catch(() => null));
  const [first, second] = await Promise.all(spaces);
  return first?.fileSystemId !== second?.fileSystemId;
}

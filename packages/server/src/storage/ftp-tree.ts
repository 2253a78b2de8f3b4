import { baseName, parentPath } from '../domain/paths.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { isRefusal } from './ftp-failure.ts';
import { entryInfo, type FtpPlace, findFtp, listFtp, remotePath, talk } from './ftp-place.ts';
import { isPartName } from './part-file.ts';
import { joinName, refuseRoot, splitPath } from './path-parts.ts';
import { type FileInfo, type ListOptions, StorageError } from './storage.ts';

/** Entries of a directory; links are told and left out, part files are left out. */
export async function listDirectoryFtp(
  place: FtpPlace,
  path: string,
  { onLeftOut }: ListOptions,
): Promise<readonly FileInfo[]> {
  const entries = await talk(place, path, (connection) => listFtp(place, connection, path));
  if (entries === null) throw await explainNoDirectory(place, path);
  const now = new Date();
  return entries
    .filter(({ name }) => !isPartName(name))
    .flatMap((entry) => {
      const where = joinName(path, entry.name);
      const info = entryInfo(where, entry, now);
      if (info === null)
        onLeftOut?.({ path: where, what: entry.isSymbolicLink ? 'symbolic link' : 'device' });
      return info === null ? [] : [info];
    })
    .sort((one, other) => Buffer.from(one.name).compare(Buffer.from(other.name)));
}

async function explainNoDirectory(place: FtpPlace, path: string): Promise<StorageError> {
  const info = await talk(place, path, (connection) => findFtp(place, connection, path));
  if (info?.type === 'file') return notADirectory(path);
  if (info !== null) return new StorageError('forbidden', `${path}: the directory cannot be entered`);
  return (
    (await findFileAbove(place, path)) ?? new StorageError('not-found', `${path}: there is no such directory`)
  );
}

function notADirectory(path: string): StorageError {
  return new StorageError('not-a-directory', `${path} is a file, not a directory`);
}

/** Why there is nothing at a path: asked only then, as each question costs a round trip. */
export async function explainMissingFtp(place: FtpPlace, path: string): Promise<StorageError> {
  return (
    (await findFileAbove(place, path)) ?? new StorageError('not-found', `${path}: there is no such file`)
  );
}

/** The error for a path that leads through a file; null when it does not. */
async function findFileAbove(place: FtpPlace, path: string): Promise<StorageError | null> {
  for (let above = parentPath(path); above !== '/'; above = parentPath(above)) {
    const info = await talk(place, above, (connection) => findFtp(place, connection, above));
    if (info?.type === 'file') return notADirectory(above);
    if (info !== null) return null;
  }
  return null;
}

/** Makes a directory and its missing parents. */
export async function makeDirectoryFtp(
  place: FtpPlace,
  connection: FtpConnection,
  path: string,
): Promise<void> {
  if ((await findFtp(place, connection, path))?.type === 'dir') return;
  let made = '/';
  for (const part of splitPath(path)) {
    made = joinName(made, part);
    await makeOne(place, connection, made);
  }
}

async function makeOne(place: FtpPlace, connection: FtpConnection, path: string): Promise<void> {
  try {
    await connection.client.send(`MKD ${remotePath(place, path)}`);
  } catch (error) {
    // Servers say in many ways that it is there already, and another writer may have made it just now.
    const info = isRefusal(error) ? await findFtp(place, connection, path) : null;
    if (info?.type === 'dir') return;
    throw info?.type === 'file' ? notADirectory(path) : error;
  }
}

/** Removes a file, a link or a whole tree. */
export async function removeFtp(place: FtpPlace, path: string): Promise<void> {
  refuseRoot(path, 'removed');
  await talk(place, path, (connection) => removeAny(place, connection, path));
}

async function removeAny(place: FtpPlace, connection: FtpConnection, path: string): Promise<void> {
  const { client } = connection;
  const refusal = await refusalOf(() => client.remove(remotePath(place, path)));
  if (refusal === null) return;
  const entries = await listFtp(place, connection, path);
  if (entries === null) {
    if ((await findFtp(place, connection, path)) === null) return;
    throw refusal;
  }
  for (const { name } of entries) await removeAny(place, connection, joinName(path, name));
  // Out of the directory, which some servers would not remove under our feet.
  await client.cd(remotePath(place, parentPath(path)));
  const left = await refusalOf(() => client.removeEmptyDir(remotePath(place, path)));
  if (left !== null && (await findFtp(place, connection, path)) !== null) throw left;
}

async function refusalOf(ask: () => Promise<unknown>): Promise<Error | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** Removes part files in a tree that were last written before a time. */
export async function removePartsFtp(place: FtpPlace, path: string, writtenBefore: Date): Promise<void> {
  const entries = await talk(place, path, (connection) => listFtp(place, connection, path));
  for (const entry of entries ?? []) {
    const where = joinName(path, entry.name);
    if (entry.isDirectory) await removePartsFtp(place, where, writtenBefore);
    if (!entry.isFile || !isPartName(entry.name)) continue;
    await talk(place, where, async (connection) => {
      const info = await findFtp(place, connection, where);
      if (info !== null && info.modifiedAt < writtenBefore)
        await connection.client.remove(remotePath(place, where));
    });
  }
}

/** Renames, replacing a file in the way. */
export async function moveFtp(place: FtpPlace, from: string, to: string): Promise<void> {
  refuseRoot(from, 'moved');
  const source = await talk(place, from, (connection) => findFtp(place, connection, from));
  if (source === null) throw await explainMissingFtp(place, from);
  await talk(place, to, async (connection) => {
    await makeDirectoryFtp(place, connection, parentPath(to));
    await renameFtp(place, connection, { from, to });
  });
}

/** Gives a name; servers that refuse to replace a file are helped by removing it first. */
export async function renameFtp(
  place: FtpPlace,
  connection: FtpConnection,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { client } = connection;
  const rename = () => client.rename(remotePath(place, from), remotePath(place, to));
  const refusal = await refusalOf(rename);
  if (refusal === null) return;
  const there = await findFtp(place, connection, to);
  if (there?.type === 'dir') {
    throw new StorageError('not-a-file', `${to} is a directory: choose another name than ${baseName(to)}`);
  }
  if (there === null) throw refusal;
  await client.remove(remotePath(place, to));
  await rename();
}

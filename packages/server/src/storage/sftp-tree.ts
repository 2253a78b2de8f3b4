import type { SftpClient, SftpEntry } from '../ssh/sftp-client.ts';
import { SFTP_STATUS } from '../ssh/sftp-requests.ts';
import { forEachLimit } from './for-each-limit.ts';
import { decodeName, isTextName } from './name-bytes.ts';
import { isPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { isRefusal } from './sftp-failure.ts';
import { kindOfMode, toSftpInfo } from './sftp-info.ts';
import { hostBytes, type SftpPlace } from './sftp-place.ts';
import { type FileInfo, type ListOptions, StorageError } from './storage.ts';

/** Pages asked for ahead: a large directory comes in pages of 100 names. */
const PAGES_AT_ONCE = 4;
/** A server that never stops naming files must not fill our memory. */
const MAX_ENTRIES = 1_000_000;
/** Files removed at a time: one round trip for so many. */
const REMOVALS_AT_ONCE = 32;

/** Lists a directory that was looked at; `path` is its path below the root. */
export async function listOverSftp(
  place: SftpPlace,
  path: string,
  { everyName = false, onLeftOut }: ListOptions,
): Promise<readonly FileInfo[]> {
  const entries = await readEntries(place.sftp, hostBytes(place, path));
  const sorted = entries.sort((a, b) => a.name.compare(b.name));
  return sorted.flatMap(({ name: bytes, attributes }) => {
    const name = decodeName(bytes);
    if (isPartName(name) || !(everyName || isTextName(name))) return [];
    const entry = joinName(path, name);
    const kind = kindOfMode(attributes.mode);
    if (kind === 'file' || kind === 'dir') return [toSftpInfo(entry, attributes)];
    onLeftOut?.({ path: entry, what: kind });
    return [];
  });
}

/**
 * Removes an entry, with all below it. Links are removed and not followed; as SFTP has no openat, a directory that
 * somebody swaps for a link at the very moment it is emptied can lose files that have the same names at the link's end.
 */
export async function removeEntry(sftp: SftpClient, path: Buffer): Promise<void> {
  if (await removeFile(sftp, path)) return;
  for (const entry of await removeFiles(sftp, path)) await removeEntry(sftp, childPath(path, entry));
  await ignoreMissing(sftp.removeDirectory(path));
}

/** Removes the part files below a directory that were last written before a time. */
export async function removePartsBelow(sftp: SftpClient, path: Buffer, writtenBefore: Date): Promise<void> {
  for (const entry of await readEntries(sftp, path)) {
    const { mode, modifiedAt } = entry.attributes;
    const child = childPath(path, entry);
    if (kindOfMode(mode) === 'dir') await removePartsBelow(sftp, child, writtenBefore);
    else if (isPartName(decodeName(entry.name)) && modifiedAt !== null && modifiedAt < writtenBefore) {
      await ignoreMissing(sftp.remove(child));
    }
  }
}

/** False when it is a directory, which the server tells from other failures only by a look. */
async function removeFile(sftp: SftpClient, path: Buffer): Promise<boolean> {
  try {
    await ignoreMissing(sftp.remove(path));
    return true;
  } catch (error) {
    const attributes = await sftp.lstat(path).catch(() => null);
    if (attributes !== null && kindOfMode(attributes.mode) === 'dir') return false;
    throw error;
  }
}

/** Removes all in a directory but the directories, which it returns. */
async function removeFiles(sftp: SftpClient, path: Buffer): Promise<readonly SftpEntry[]> {
  const entries = await readEntries(sftp, path);
  const isDirectory = ({ attributes }: SftpEntry): boolean => kindOfMode(attributes.mode) === 'dir';
  const files = entries.filter((entry) => !isDirectory(entry));
  await forEachLimit(files, REMOVALS_AT_ONCE, async (entry) => {
    await removeFile(sftp, childPath(path, entry));
  });
  return entries.filter(isDirectory);
}

async function readEntries(sftp: SftpClient, path: Buffer): Promise<SftpEntry[]> {
  const handle = await sftp.openDirectory(path);
  const entries: SftpEntry[] = [];
  try {
    for (let isLast = false; !isLast; ) {
      const pages = await Promise.all(
        Array.from({ length: PAGES_AT_ONCE }, () => sftp.readDirectory(handle)),
      );
      isLast = pages.includes(null);
      entries.push(...pages.flatMap((page) => page ?? []).filter(isUsable));
      if (entries.length > MAX_ENTRIES) {
        const words = `more than ${MAX_ENTRIES} entries: split the directory`;
        throw new StorageError('unsupported', `${decodeName(path)}: ${words}`);
      }
    }
  } finally {
    await sftp.close(handle).catch(() => undefined);
  }
  return entries;
}

/** A name from outside is one part of a path or nothing. */
function isUsable({ name }: SftpEntry): boolean {
  return !['', '.', '..'].includes(name.toString('latin1')) && !name.includes(0x2f) && !name.includes(0);
}

function childPath(directory: Buffer, { name }: SftpEntry): Buffer {
  return Buffer.concat([directory, Buffer.from(directory.equals(Buffer.from('/')) ? '' : '/'), name]);
}

/** Another remover may be at work: gone already is as good as removed. */
async function ignoreMissing(removal: Promise<void>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!isRefusal(error, SFTP_STATUS.noSuchFile)) throw error;
  });
}

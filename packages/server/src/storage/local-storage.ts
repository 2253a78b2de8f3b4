import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { baseName, joinPath, parentPath } from '../domain/paths.ts';
import { pourStream, writeAtomically } from './atomic-write.ts';
import { readDescriptor } from './descriptor-stream.ts';
import { OPEN, openFd, procPath, statFd } from './descriptors.ts';
import { listDirectory } from './directory-listing.ts';
import { translating } from './errno.ts';
import { toFileInfo } from './file-info.ts';
import { kindOf } from './file-kind.ts';
import { copyLocalFile } from './local-copy.ts';
import { hashLocalFile } from './local-hash.ts';
import { createLocalSmallFiles } from './local-small-files.ts';
import { findSafeBytes, partPath } from './part-file.ts';
import { forbiddenKind, refuseRoot } from './path-parts.ts';
import { closingAfter, createSafeOpener, entryPath, type SafeOpener, syncDirectory } from './safe-open.ts';
import { createSharedSync } from './shared-sync.ts';
import {
  type ByteRange,
  type CopyFromOptions,
  type CopyWithinOptions,
  type FileInfo,
  type OpenFile,
  type Storage,
  StorageError,
  type WriteOptions,
} from './storage.ts';
import { removeEntry, removePartsBelow } from './tree-removal.ts';
import { watchFile } from './watch-file.ts';

const rename = promisify(fs.rename);

/** How each local storage reaches its files, so that another one can copy them. */
const openers = new WeakMap<Storage, SafeOpener>();

/** The size of Node's thread pool. */
const FILES_AT_ONCE = 4;

/** Where a local storage begins. */
export interface LocalStorageOptions {
  /** An absolute path on this machine. It may be a link; nothing below it may. */
  readonly rootDir: string;
  /**
   * Brings all of a directory's file system to disk, as `sync -f` does (Node cannot). Makes many small files faster.
   * Default: each file is synced for itself.
   */
  readonly syncFileSystem?: (directory: string) => Promise<void>;
}

/**
 * Files of this machine, or of a network file system mounted here. Holds no descriptor between calls. Every file
 * and directory is reached without following a link (`safe-open.ts`). Linux only: it needs /proc.
 */
export function createLocalStorage({ rootDir, syncFileSystem }: LocalStorageOptions): Storage {
  if (!path.isAbsolute(rootDir)) {
    throw new StorageError('unsupported', `expected an absolute path as rootDir, got "${rootDir}"`);
  }
  const root = rootDir.replace(/\/+$/, '') || '/';
  const opener = createSafeOpener(root);
  const storage: Storage = {
    filesAtOnce: FILES_AT_ONCE,
    find: (path) => find(opener, path),
    list: (path, options = {}) =>
      inDirectory(opener, path, (directory) => listDirectory(directory, path, options)),
    open: (path, range) => openFile(opener, path, range),
    write: (path, source, options = {}) => writeFile(opener, path, source, options),
    hash: async (path, signal) => {
      const { fd, info } = await openRegular(opener, path);
      return translating(path, () => hashLocalFile({ fd, sizeBytes: info.sizeBytes, path, signal }));
    },
    copyWithin: (from, to, options = {}) => copyWithin(opener, from, to, options),
    copierFrom: (source) => {
      const from = openers.get(source);
      if (from === undefined) return null;
      return (file, to, options) => copyFrom({ ...options, from, file, opener, to });
    },
    smallFiles: createLocalSmallFiles({
      opener,
      syncFileSystem: syncFileSystem === undefined ? null : createSharedSync(() => syncFileSystem(root)),
    }),
    resumable: {
      findPart: (path, key) => findSafeBytes(() => find(opener, partPath(path, key))),
      openPart: async (path, key, lengthBytes) => {
        const range = { start: 0, end: lengthBytes - 1 };
        return (await openFile(opener, partPath(path, key), range)).stream;
      },
      removePart: (path, key) => remove(opener, partPath(path, key)),
    },
    makeDirectory: (path) => inNewDirectory(opener, path, async () => undefined),
    remove: (path) => remove(opener, path),
    removeParts: (path, writtenBefore) =>
      inDirectory(opener, path, (directory) => removePartsBelow(directory, writtenBefore)),
    watch: (path, onChange) => watchFile(opener, path, onChange),
    move: (from, to) => move(opener, from, to),
    hostPath: (path) => joinPath(root, path),
    close: async () => undefined,
  };
  openers.set(storage, opener);
  return storage;
}

async function find(opener: SafeOpener, path: string): Promise<FileInfo | null> {
  const fd = await openIfThere(opener, path, OPEN.pin);
  if (fd === null) return null;
  return closingAfter(fd, async () => toFileInfo(path, await statRegular(fd, path)));
}

/** A path through a file names nothing, just as a path whose directory is missing. */
async function openIfThere(opener: SafeOpener, path: string, flags: number): Promise<number | null> {
  try {
    return await opener.open(path, flags);
  } catch (error) {
    const nothing = error instanceof StorageError && ['not-found', 'not-a-directory'].includes(error.code);
    if (nothing) return null;
    throw error;
  }
}

async function statRegular(fd: number, path: string): Promise<fs.Stats> {
  const stats = await translating(path, () => statFd(fd));
  const kind = kindOf(stats);
  if (kind === 'file' || kind === 'dir') return stats;
  throw forbiddenKind(path, kind);
}

async function openFile(opener: SafeOpener, path: string, range?: ByteRange): Promise<OpenFile> {
  const { fd, info } = await openRegular(opener, path);
  const start = Math.min(range?.start ?? 0, info.sizeBytes);
  const end = Math.min((range?.end ?? Infinity) + 1, info.sizeBytes);
  return { info, stream: readDescriptor({ fd, start, length: Math.max(0, end - start), path }) };
}

/** Opens only what is known to be a regular file: opening a device can have effects, a FIFO can wait. */
async function openRegular(
  opener: SafeOpener,
  path: string,
): Promise<{ readonly fd: number; readonly info: FileInfo }> {
  const pin = await opener.open(path, OPEN.pin);
  return closingAfter(pin, async () => {
    const stats = await statRegular(pin, path);
    if (stats.nlink > 1 && stats.isFile()) await refuseForeignLink(opener, path, stats.uid);
    const info = toFileInfo(path, stats);
    if (info.type === 'dir')
      throw new StorageError('not-a-file', `${path} is a directory: name a file in it`);
    return { fd: await translating(path, () => openFd(procPath(pin), OPEN.pinned)), info };
  });
}

/**
 * Where the kernel's fs.protected_hardlinks is off, a user can link another account's file into an own directory,
 * and an account that may read both would hand it out. A link that stays with one owner is an ordinary file.
 */
async function refuseForeignLink(opener: SafeOpener, path: string, owner: number): Promise<void> {
  const parent = await opener.open(parentPath(path), OPEN.step);
  const { uid } = await closingAfter(parent, () => statFd(parent));
  if (uid === owner) return;
  throw new StorageError(
    'forbidden',
    `${path} is a hard link to a file of another account: use a copy of it`,
  );
}

async function writeFile(
  opener: SafeOpener,
  path: string,
  source: Readable,
  options: WriteOptions,
): Promise<void> {
  // The source may fail before it is read: that is reported then, but an 'error' nobody hears ends the process.
  source.once('error', () => undefined);
  try {
    options.signal?.throwIfAborted();
    refuseRoot(path, 'written');
    await inNewDirectory(opener, parentPath(path), (directory) =>
      translating(path, () =>
        writeAtomically({ ...options, directory, name: baseName(path), pour: pourStream(source, options) }),
      ),
    );
  } finally {
    source.destroy();
  }
}

interface CopyBetween extends CopyFromOptions {
  readonly from: SafeOpener;
  readonly file: FileInfo;
  readonly opener: SafeOpener;
  readonly to: string;
}

async function copyFrom({ from, file, opener, to, ...options }: CopyBetween): Promise<string | null> {
  refuseRoot(to, 'written');
  options.signal?.throwIfAborted();
  const { fd, info } = await openRegular(from, file.path);
  // The copy closes it; before the copy begins it is closed here.
  const directory = await opener.ensureDirectory(parentPath(to)).catch((error: unknown) => {
    fs.closeSync(fd);
    throw error;
  });
  const copy = { ...options, source: fd, sizeBytes: info.sizeBytes, directory, toPath: to, mode: file.mode };
  return closingAfter(directory, () => translating(to, () => copyLocalFile(copy)));
}

async function copyWithin(
  opener: SafeOpener,
  from: string,
  to: string,
  { mode, ...options }: CopyWithinOptions,
): Promise<void> {
  const found = await find(opener, from);
  if (found === null) throw new StorageError('not-found', `${from}: there is no such file or directory`);
  const file = { ...found, mode: mode ?? found.mode };
  const beforeRename = async (): Promise<void> => {
    const now = await find(opener, from);
    const isSame =
      now?.sizeBytes === found.sizeBytes && now.modifiedAt.getTime() === found.modifiedAt.getTime();
    if (!isSame) throw new StorageError('changed', `${from} changed while it was copied`);
  };
  await copyFrom({ ...options, from: opener, file, opener, to, beforeRename, checksum: false });
}

async function remove(opener: SafeOpener, path: string): Promise<void> {
  refuseRoot(path, 'removed');
  const parent = await openIfThere(opener, parentPath(path), OPEN.step);
  if (parent === null) return;
  await closingAfter(parent, () => translating(path, () => removeEntry(parent, baseName(path))));
}

async function move(opener: SafeOpener, from: string, to: string): Promise<void> {
  refuseRoot(from, 'moved');
  refuseRoot(to, 'replaced');
  const pin = await opener.open(from, OPEN.pin);
  await closingAfter(pin, () => statRegular(pin, from));
  await inDirectory(opener, parentPath(from), (source) =>
    inNewDirectory(opener, parentPath(to), (target) =>
      translating(`${from} to ${to}`, async () => {
        await rename(entryPath(source, baseName(from)), entryPath(target, baseName(to)));
        await syncDirectory(target);
        if (parentPath(from) !== parentPath(to)) await syncDirectory(source);
      }),
    ),
  );
}

async function inDirectory<Result>(
  opener: SafeOpener,
  path: string,
  use: (directory: number) => Promise<Result>,
): Promise<Result> {
  const directory = await opener.open(path, OPEN.directory);
  return closingAfter(directory, () => translating(path, () => use(directory)));
}

async function inNewDirectory<Result>(
  opener: SafeOpener,
  path: string,
  use: (directory: number) => Promise<Result>,
): Promise<Result> {
  const directory = await opener.ensureDirectory(path);
  return closingAfter(directory, () => use(directory));
}

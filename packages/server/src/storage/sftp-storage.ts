import path from 'node:path';
import type { Readable } from 'node:stream';
import { parentPath } from '../domain/paths.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { findSafeBytes, partPath } from './part-file.ts';
import { refuseRoot } from './path-parts.ts';
import { copyOverSftp } from './sftp-copy.ts';
import { toSftpError } from './sftp-failure.ts';
import { toSftpInfo } from './sftp-info.ts';
import { moveOverSftp } from './sftp-move.ts';
import { ensureDirectory, hostBytes, lookAt, lookAtDirectory, type SftpPlace } from './sftp-place.ts';
import { pourStream } from './sftp-pour.ts';
import { openOverSftp } from './sftp-read.ts';
import { readSmallOverSftp, writeSmallOverSftp } from './sftp-small-files.ts';
import { canSync } from './sftp-sync.ts';
import { listOverSftp, removeEntry, removePartsBelow } from './sftp-tree.ts';
import { writeOverSftp } from './sftp-write.ts';
import {
  type ByteRange,
  type FileInfo,
  type OpenFile,
  type Storage,
  StorageError,
  type WriteOptions,
} from './storage.ts';

/** Where an SFTP storage is. */
export interface SftpStorageOptions {
  /** Whoever made it closes it. */
  readonly host: Pick<SshHost, 'withSftp'>;
  /** An absolute path on the host. It may be a link; nothing below it may. */
  readonly rootDir: string;
}

/**
 * A small file takes four round trips: at 20 ms each, eight at a time are a hundred files a second. More gain little
 * over a loopback, and each large one holds up to 4 MiB.
 */
const FILES_AT_ONCE = 8;

/** All are open at a time, for each of the above, and OpenSSH's server may have a thousand open files. */
const SMALL_FILES_AT_ONCE = 64;

/**
 * Files of a host that is entered over SSH. What cannot be had of SFTP version 3, and so differs from local files:
 * links are refused by looking before each use (`lookAt`), a hard link to another account's file cannot be told from a
 * file, and times are whole seconds, so that a change within one second shows only in the size. What further depends
 * on the server: `sftp-promises.ts`. Every trouble with the connection is `unreachable`.
 */
export function createSftpStorage({ host, rootDir }: SftpStorageOptions): Storage {
  if (!path.posix.isAbsolute(rootDir)) {
    throw new StorageError('unsupported', `expected an absolute path as rootDir, got "${rootDir}"`);
  }
  const root = rootDir.replace(/\/+$/, '');
  const at = <Result>(where: string, use: (place: SftpPlace) => Promise<Result>): Promise<Result> =>
    inSession(host, where, (sftp) => use({ sftp, rootDir: root }));
  return {
    filesAtOnce: FILES_AT_ONCE,
    find: (path) => at(path, (place) => find(place, path)),
    list: (path, options = {}) =>
      at(path, async (place) => {
        await lookAtDirectory(place, path);
        return listOverSftp(place, path, options);
      }),
    open: (path, range) => openHeld(at, path, range),
    write: (path, source, options = {}) => write(at, path, source, options),
    copyWithin: (from, to, options = {}) =>
      at(`${from} to ${to}`, (place) => copyOverSftp(place, { ...options, from, to })),
    smallFiles: {
      filesAtOnce: SMALL_FILES_AT_ONCE,
      read: (directory, files) => at(directory, (place) => readSmallOverSftp(place, directory, files)),
      write: (directory, files) => at(directory, (place) => writeSmallOverSftp(place, directory, files)),
    },
    resumable: {
      findPart: (path, key) =>
        at(path, (place) =>
          // Where nothing can be synced, nothing is known to be safe.
          findSafeBytes(async () => (canSync(place.sftp) ? find(place, partPath(path, key)) : null)),
        ),
      openPart: null,
      removePart: (path, key) => at(path, (place) => remove(place, partPath(path, key))),
    },
    makeDirectory: (path) => at(path, (place) => ensureDirectory(place, path)),
    remove: (path) => at(path, (place) => remove(place, path)),
    removeParts: (path, writtenBefore) =>
      at(path, async (place) => {
        await lookAtDirectory(place, path);
        await removePartsBelow(place.sftp, hostBytes(place, path), writtenBefore);
      }),
    move: (from, to) => at(`${from} to ${to}`, (place) => move(place, from, to)),
    hostPath: (path) => (path === '/' ? root || '/' : `${root}${path}`),
    close: async () => undefined,
  };
}

/** Does something on the host and translates what goes wrong. */
type At = <Result>(path: string, use: (place: SftpPlace) => Promise<Result>) => Promise<Result>;

async function inSession<Result>(
  host: SftpStorageOptions['host'],
  path: string,
  use: Parameters<typeof host.withSftp<Result>>[0],
): Promise<Result> {
  try {
    return await host.withSftp(use);
  } catch (error) {
    throw toSftpError(error, path);
  }
}

/** A path through a file names nothing, just as a path whose directory is missing. */
async function find(place: SftpPlace, path: string): Promise<FileInfo | null> {
  return orNothing(async () => toSftpInfo(path, await lookAt(place, path)));
}

async function remove(place: SftpPlace, path: string): Promise<void> {
  refuseRoot(path, 'removed');
  const parent = await orNothing(() => lookAt(place, parentPath(path)));
  if (parent !== null) await removeEntry(place.sftp, hostBytes(place, path));
}

async function move(place: SftpPlace, from: string, to: string): Promise<void> {
  refuseRoot(from, 'moved');
  refuseRoot(to, 'replaced');
  await moveOverSftp(place, from, to);
}

async function orNothing<Result>(look: () => Promise<Result>): Promise<Result | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof StorageError && ['not-found', 'not-a-directory'].includes(error.code)) return null;
    throw error;
  }
}

/** The session stays in use until the stream is closed; a session that ends before ends the stream. */
function openHeld(at: At, path: string, range?: ByteRange): Promise<OpenFile> {
  const { promise, resolve, reject } = Promise.withResolvers<OpenFile>();
  let stream: Readable | null = null;
  const held = at(path, async (place) => {
    const opened = await openOverSftp(place, path, range);
    stream = opened.stream;
    resolve(opened);
    await new Promise<void>((closed) => opened.stream.once('close', closed));
  });
  held.catch((error: unknown) => {
    reject(error);
    stream?.destroy(error as Error);
  });
  return promise;
}

async function write(at: At, path: string, source: Readable, options: WriteOptions): Promise<void> {
  // The source may fail before it is read: that is reported then, but an 'error' nobody hears ends the process.
  source.once('error', () => undefined);
  try {
    options.signal?.throwIfAborted();
    refuseRoot(path, 'written');
    await at(path, (place) => writeOverSftp(place, { ...options, path, pour: pourStream(source, options) }));
  } finally {
    source.destroy();
  }
}

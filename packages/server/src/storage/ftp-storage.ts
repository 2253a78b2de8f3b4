import type { FtpServer } from './ftp-connection.ts';
import { createFtpCopier } from './ftp-copy.ts';
import { type FtpPlace, findFtp, talk } from './ftp-place.ts';
import { FtpPool } from './ftp-pool.ts';
import { openFtp } from './ftp-read.ts';
import { listDirectoryFtp, makeDirectoryFtp, moveFtp, removeFtp, removePartsFtp } from './ftp-tree.ts';
import { writeFtp } from './ftp-write.ts';
import { type Storage, StorageError } from './storage.ts';

/** A server and the directory on it that is the root. */
export interface FtpStorageOptions extends FtpServer {
  readonly rootDir: string;
}

/** Each takes a connection of its own. */
const FILES_AT_ONCE = 4;

/**
 * Files of an FTP server. What the protocol cannot do is not promised: names with line breaks, bytes synced to disk, and
 * links, which the server follows, being told from files other than in listings.
 */
export function createFtpStorage(options: FtpStorageOptions): Storage {
  const pool = new FtpPool(options);
  const place: FtpPlace = { pool, ...options };
  return {
    filesAtOnce: FILES_AT_ONCE,
    find: (path) => talk(place, path, (connection) => findFtp(place, connection, path)),
    list: (path, listOptions = {}) => listDirectoryFtp(place, path, listOptions),
    open: (path, range) => openFtp(place, path, range ?? { start: 0 }),
    write: (path, source, writeOptions = {}) => writeFtp(place, path, source, writeOptions),
    copyWithin: createFtpCopier(place),
    makeDirectory: (path) => talk(place, path, (connection) => makeDirectoryFtp(place, connection, path)),
    remove: (path) => removeFtp(place, path),
    removeParts: (path, writtenBefore) => removePartsFtp(place, path, writtenBefore),
    move: (from, to) => moveFtp(place, from, to),
    hostPath: (path) => {
      throw new StorageError('unsupported', `${path} is on an FTP server, where no program can see it`);
    },
    close: () => pool[Symbol.asyncDispose](),
  };
}

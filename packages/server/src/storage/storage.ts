import type { Readable } from 'node:stream';

/** What is known about a file or directory. `path` is relative to the storage's root and starts with `/`. */
export interface FileInfo {
  readonly path: string;
  readonly name: string;
  readonly type: 'file' | 'dir';
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  /** POSIX permission bits. */
  readonly mode: number;
}

/** A storage operation that cannot succeed as asked. Retryability is decided by `domain/failure.ts` from `code`. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * What kind of trouble: `forbidden` covers permissions, links and special files; `changed` a source that
 * changed while it was read; `corrupt` a copy whose checksum differs; `unsupported` something this
 * storage can never do, so that trying again is pointless.
 */
export type StorageErrorCode =
  | 'not-found'
  | 'forbidden'
  | 'exists'
  | 'not-a-file'
  | 'not-a-directory'
  | 'no-space'
  | 'unreachable'
  | 'changed'
  | 'corrupt'
  | 'unsupported';

/** A byte range; `end` is inclusive as in RFC 9110 section 14.1.2. What lies past the end of the file is not there. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/**
 * Bytes being read, with what was known of the file when it was opened. The stream never yields more than
 * `info.sizeBytes` allows; when the file shrinks meanwhile it fails with `changed`. It holds a descriptor
 * until it is read to its end or destroyed.
 */
export interface OpenFile {
  readonly info: FileInfo;
  readonly stream: Readable;
}

/** A directory entry that is never read: a link, a FIFO, a socket or a device. */
export interface LeftOut {
  readonly path: string;
  readonly what: 'symbolic link' | 'named pipe' | 'socket' | 'device';
}

/** What to list. */
export interface ListOptions {
  /**
   * Also list names that are not valid UTF-8 (default false). Their bytes travel in the string as lone
   * surrogates (`name-bytes.ts`): usable as a path in every operation here, but not in JSON or a database.
   */
  readonly everyName?: boolean;
  /** Called for each link or special file that the listing leaves out. */
  readonly onLeftOut?: (entry: LeftOut) => void;
}

/** How to write. */
export interface WriteOptions {
  /** POSIX permission bits, of which 0o777 count; default what the process's umask leaves of 0o666. */
  readonly mode?: number;
  /** Ends the write; nothing of it stays. */
  readonly signal?: AbortSignal;
}

/**
 * Files below one root directory. Every path is relative to that root, starts with `/`, and is free of `.`
 * and `..` parts (`domain/paths.ts` makes it so). Symbolic links are never followed below the root, special
 * files never opened: both are `forbidden` (RELIABILITY R13).
 */
export interface Storage {
  /** How many files are best moved at a time: of a remote host each costs round trips, which overlap. */
  readonly filesAtOnce: number;
  /** null when nothing is there; `unreachable` when the root itself is not, since that proves nothing about files. */
  find(path: string): Promise<FileInfo | null>;
  /** Entries of a directory sorted by the bytes of their names; links, special files and part files are left out. */
  list(path: string, options?: ListOptions): Promise<readonly FileInfo[]>;
  open(path: string, range?: ByteRange): Promise<OpenFile>;
  /**
   * Writes the whole stream under a temporary name in the same directory, syncs it, renames it into place and
   * syncs the directory: the final name is never partial. Missing parent directories are made. The source is destroyed
   * in every case.
   */
  write(path: string, source: Readable, options?: WriteOptions): Promise<void>;
  /** Makes a directory and its missing parents; one that is there already is no error. */
  makeDirectory(path: string): Promise<void>;
  /** Removes a file, a link or a whole tree; nothing there is no error. */
  remove(path: string): Promise<void>;
  /** Removes the part files in a tree that a killed writer left, if last written before the given time. */
  removeParts(path: string, writtenBefore: Date): Promise<void>;
  /** Renames within this storage, replacing a file in the way. Missing parent directories are made. */
  move(from: string, to: string): Promise<void>;
  /** The absolute path on the host, for handing to a shell there. */
  hostPath(path: string): string;
  close(): Promise<void>;
}

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

/** The size of a file that is known only once it has been read to its end. */
export const UNKNOWN_SIZE = -1;

/** A storage operation that cannot succeed as asked. Retryability is decided by `domain/failure.ts` from `code`. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  /** Milliseconds after which the other side asked to be tried again; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: StorageErrorCode,
    message: string,
    options?: ErrorOptions & { readonly retryAfterMs?: number | null },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}

/**
 * What kind of trouble: `forbidden` covers permissions, links and special files; `changed` a source that
 * changed while it was read; `corrupt` a copy whose checksum differs; `unsupported` something this
 * storage can never do, so that trying again is pointless; `unavailable` a server that answers, but cannot serve now
 * (429, 5xx), or one that nobody registered and that cannot be reached: a few tries, but no waiting for its return.
 */
export type StorageErrorCode =
  | 'not-found'
  | 'forbidden'
  | 'exists'
  | 'not-a-file'
  | 'not-a-directory'
  | 'no-space'
  | 'unreachable'
  | 'unavailable'
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
 * `info.sizeBytes` allows, when that is known; when the file shrinks meanwhile it fails with `changed`. It holds a
 * descriptor until it is read to its end or destroyed.
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
  /** Ends the write; nothing of it stays, but a part that can be resumed. */
  readonly signal?: AbortSignal;
  /** Only for a storage that is `resumable`. */
  readonly resume?: Resumption;
}

/**
 * A write that can be gone on with. Its part is kept when it fails or is aborted; the final name is given once all is
 * there. Two writers may use one key at a time, as the bytes of a key are always the same: neither shortens the part.
 */
export interface Resumption {
  /** 1 to 40 of `0-9A-Za-z-`; together with the path it names the part, and it stands for one content only. */
  readonly key: string;
  /** How many bytes of the part count, at most what `findPart` said; the source holds what follows them. */
  readonly fromByte: number;
}

/** Parts of writes that were cut short. */
export interface ResumableWrites {
  /** How many bytes of a part are safe even after a power loss, and so need not be sent again; 0 without a part. */
  findPart(path: string, key: string): Promise<number>;
  /** Reads the first bytes of a part, at most what `findPart` said; null where that costs as much as writing them. */
  readonly openPart: ((path: string, key: string, lengthBytes: number) => Promise<Readable>) | null;
  /** Gives a part up; none there is no error. */
  removePart(path: string, key: string): Promise<void>;
}

/** How to copy a file from another storage. */
export interface CopyFromOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes that were copied since the last call. */
  readonly onBytes?: (count: number) => void;
  /** The same for bytes of the part that is gone on with. */
  readonly onKept?: (count: number) => void;
  readonly resume?: Resumption;
  /** Whether to hash the source. */
  readonly checksum: boolean;
  /** Awaited when all is there, before the copy gets its final name. */
  readonly beforeRename: () => Promise<void>;
}

/** Copies a file that was found in its storage, as `write` would, and yields its SHA-256, or null when none was asked for. */
export type FileCopier = (file: FileInfo, to: string, options: CopyFromOptions) => Promise<string | null>;

/** A small file, whole in memory. */
export interface SmallFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** POSIX permission bits, of which 0o777 count. */
  readonly mode: number;
}

/**
 * Small files, many at a time: for each alone a file costs several round trips, of threads or of a network. Their
 * bytes are in memory, so the caller bounds their sum.
 */
export interface SmallFiles {
  /** How many files one call takes at most. */
  readonly filesAtOnce: number;
  /**
   * Reads files of a directory that were listed. null for one that is not as it was listed, before and after reading,
   * or cannot be read: `open` tells what is the matter.
   */
  read(directory: string, files: readonly FileInfo[]): Promise<readonly (Uint8Array | null)[]>;
  /** Writes files into a directory with the promises of `write`. false for one that `write` should try, alone. */
  write(directory: string, files: readonly SmallFile[]): Promise<readonly boolean[]>;
}

/** How to copy within one storage. */
export interface CopyWithinOptions {
  /** POSIX permission bits; default the source's. */
  readonly mode?: number;
  readonly signal?: AbortSignal;
  /** Called with the bytes that were copied since the last call. */
  readonly onBytes?: (count: number) => void;
}

/**
 * Files below one root directory. Every path is relative to that root, starts with `/`, and is free of `.`
 * and `..` parts (`domain/paths.ts` makes it so). Symbolic links are never followed below the root, special
 * files never opened: both are `forbidden` (RELIABILITY R13). A storage of which only single files can be read, such as a
 * web server, answers all that lists or changes something with `unsupported`.
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
  /** The SHA-256 of a file (hexadecimal), beside the event loop; absent where its bytes come over a network. */
  hash?(path: string, signal?: AbortSignal): Promise<string>;
  /** What copies files from another storage, or this one, faster than their streams are; null when it cannot reach them. */
  copierFrom?(source: Storage): FileCopier | null;
  /** Absent where small files are moved one by one. */
  readonly smallFiles?: SmallFiles;
  /** Absent where a write that was cut short begins anew. */
  readonly resumable?: ResumableWrites;
  /**
   * Copies a file by the storage itself, so that no byte passes through this process; promises what `write` does.
   * Absent where it cannot: then the bytes are streamed. Throws `unsupported` for a file that must be streamed after all.
   */
  copyWithin?(from: string, to: string, options?: CopyWithinOptions): Promise<void>;
  /** Makes a directory and its missing parents; one that is there already is no error. */
  makeDirectory(path: string): Promise<void>;
  /** Removes a file, a link or a whole tree; nothing there is no error. */
  remove(path: string): Promise<void>;
  /**
   * Removes the parts in a tree that nobody will finish, those last written before the given time: choose it further
   * back than any write is still gone on with.
   */
  removeParts(path: string, writtenBefore: Date): Promise<void>;
  /**
   * Calls `onChange` when the file that is there may have changed: a hint that may be late, doubled or missing, and nothing
   * but sooner than the next look. Absent where nothing tells.
   */
  watch?(path: string, onChange: () => void): Promise<Disposable>;
  /** Renames within this storage, replacing a file in the way. Missing parent directories are made. */
  move(from: string, to: string): Promise<void>;
  /** The absolute path on the host, for handing to a shell there; throws `unsupported` where no shell can see it. */
  hostPath(path: string): string;
  close(): Promise<void>;
}

import { StorageError, type StorageErrorCode } from './storage.ts';

/** What each errno means for the user, and what to do about it. */
const MEANINGS: Readonly<Record<string, readonly [StorageErrorCode, string]>> = {
  ENOENT: ['not-found', 'there is no such file or directory'],
  EACCES: ['forbidden', 'permission denied: give the account that Arras uses there access'],
  EPERM: ['forbidden', 'not permitted: give the account that Arras uses there access'],
  EROFS: ['forbidden', 'the file system is mounted read-only'],
  ELOOP: ['forbidden', 'it is a symbolic link, and links are not followed: name the file itself'],
  ENXIO: ['forbidden', 'it is a socket or a device, not a regular file'],
  ETXTBSY: ['forbidden', 'it is a program that is running'],
  ENAMETOOLONG: ['forbidden', 'the name is too long: at most 255 bytes each part'],
  EXDEV: ['unsupported', 'the two places are on different file systems: copy and remove instead'],
  ENOTDIR: ['not-a-directory', 'a part of the path is not a directory'],
  EISDIR: ['not-a-file', 'it is a directory, not a file'],
  EEXIST: ['exists', 'something of that name is there already'],
  ENOTEMPTY: ['exists', 'a directory there is not empty'],
  ENOSPC: ['no-space', 'the disk is full'],
  EDQUOT: ['no-space', 'the disk quota is used up'],
  EFBIG: ['no-space', 'the file is larger than the file system or the limits of the account allow'],
  EINVAL: ['unsupported', 'the file system refuses this: for a move, a directory cannot go into itself'],
  EIO: ['unreachable', 'the disk reported an input/output error'],
  ESTALE: ['unreachable', 'the network file system lost the file: stale handle'],
  ETIMEDOUT: ['unreachable', 'the network file system did not answer in time'],
  EHOSTDOWN: ['unreachable', 'the network file system is down'],
  ENOTCONN: ['unreachable', 'the network file system is not connected'],
  EMFILE: ['unreachable', 'this process has too many open files'],
  ENFILE: ['unreachable', 'this machine has too many open files'],
};

/** Turns a system error into a StorageError that names the path; what is no system error passes as it is. */
export function toStorageError(error: unknown, path: string): unknown {
  const meaning = MEANINGS[errnoOf(error) ?? ''];
  if (error instanceof StorageError || meaning === undefined) return error;
  return new StorageError(meaning[0], `${path}: ${meaning[1]} (${errnoOf(error)})`, { cause: error });
}

/** The errno name of a system error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Runs an operation on a path and translates what it throws. */
export async function translating<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw toStorageError(error, path);
  }
}

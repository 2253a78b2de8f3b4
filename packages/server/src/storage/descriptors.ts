import fs from 'node:fs';
import { promisify } from 'node:util';

/**
 * Calls on plain descriptors. FileHandle is not used: it costs more per call, and one that is lost is closed by
 * the garbage collector at an unknown time.
 */
export const openFd = promisify(fs.open);
export const closeFd = promisify(fs.close);
export const statFd = promisify(fs.fstat);
export const syncFd = promisify(fs.fsync);
export const writeManyFd = promisify(fs.writev);
export const chmodFd = promisify(fs.fchmod);

/** Linux's O_PATH, the same on every architecture Node runs on: names a file without opening it. */
const O_PATH = 0o10000000;

const { O_RDONLY, O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;

/** Flags of open(2). None of these follows a link as last part, or waits for a FIFO's other end. */
export const OPEN = {
  /** Names whatever is there: a device is not woken, a link is itself. */
  pin: O_PATH | O_NOFOLLOW,
  /** A step on the way: asks for search permission only. */
  step: O_PATH | O_DIRECTORY | O_NOFOLLOW,
  /** A directory to list or sync. */
  directory: O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK,
  /** A pinned regular file, through its /proc name (itself a link, so without O_NOFOLLOW). */
  pinned: O_RDONLY | O_NONBLOCK,
  newFile: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
  /** A file that was listed as regular a moment ago; what it is now is asked of it. */
  smallFile: O_RDONLY | O_NONBLOCK | O_NOFOLLOW,
  /** A file that is gone on with; never waits for a FIFO's other end. */
  resumedFile: O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK,
} as const;

/** Node has no openat(2); Linux resolves this to the open file itself, whatever its path is by now. */
export function procPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

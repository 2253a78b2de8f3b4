import type { LeftOut } from './storage.ts';

/** The part of Stats and of Dirent that tells what an entry is. */
interface KindTest {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

/** What an entry is; `unknown` when the file system does not tell in its listing. */
export function kindOf(entry: KindTest): 'file' | 'dir' | LeftOut['what'] | 'unknown' {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'dir';
  if (entry.isSymbolicLink()) return 'symbolic link';
  if (entry.isFIFO()) return 'named pipe';
  if (entry.isSocket()) return 'socket';
  return entry.isBlockDevice() || entry.isCharacterDevice() ? 'device' : 'unknown';
}

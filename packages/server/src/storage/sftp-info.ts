import { baseName } from '../domain/paths.ts';
import type { SftpAttributes } from '../ssh/sftp-attributes.ts';
import { type FileInfo, type LeftOut, StorageError } from './storage.ts';

/** The type in a file's mode: inode(7). */
const TYPE_MASK = 0o170000;
const TYPES: ReadonlyMap<number, 'file' | 'dir' | LeftOut['what']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symbolic link'],
  [0o010000, 'named pipe'],
  [0o140000, 'socket'],
  [0o020000, 'device'],
  [0o060000, 'device'],
] as const);

/** What an entry is. Throws StorageError for a server that does not tell, since links could not be refused there. */
export function kindOfMode(mode: number | null): 'file' | 'dir' | LeftOut['what'] {
  const kind = mode === null ? undefined : TYPES.get(mode & TYPE_MASK);
  if (kind !== undefined) return kind;
  throw new StorageError('unsupported', 'the SFTP server does not tell which entries are links');
}

/** What is told of a regular file or a directory. */
export function toSftpInfo(path: string, { sizeBytes, modifiedAt, mode }: SftpAttributes): FileInfo {
  return {
    path,
    name: baseName(path),
    type: kindOfMode(mode) === 'dir' ? 'dir' : 'file',
    sizeBytes: sizeBytes ?? 0,
    modifiedAt: modifiedAt ?? new Date(0),
    mode: (mode ?? 0) & 0o777,
  };
}

import type { Stats } from 'node:fs';
import { baseName } from '../domain/paths.ts';
import type { FileInfo } from './storage.ts';

/** What is told of a regular file or a directory. */
export function toFileInfo(path: string, stats: Stats): FileInfo {
  return {
    path,
    name: baseName(path),
    type: stats.isDirectory() ? 'dir' : 'file',
    sizeBytes: stats.size,
    modifiedAt: stats.mtime,
    mode: stats.mode & 0o777,
  };
}

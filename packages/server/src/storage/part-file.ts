import { createHash, randomBytes } from 'node:crypto';
import { baseName, parentPath } from '../domain/paths.ts';
import { joinName } from './path-parts.ts';
import { type FileInfo, StorageError } from './storage.ts';

const PREFIX = '.arras-part-';

/**
 * A name for bytes on their way. It lies in the directory of the final name, because rename is atomic only
 * within a file system; 96 random bits keep writers of the same file apart.
 */
export function createPartName(): string {
  return PREFIX + randomBytes(12).toString('hex');
}

/** The name of the part of a write that can be gone on with: the same for the same final name and key. */
export function resumablePartName(name: string, key: string): string {
  if (!/^[0-9A-Za-z-]{1,40}$/.test(key)) {
    throw new StorageError('unsupported', `expected a key of 1 to 40 letters, digits and "-", got "${key}"`);
  }
  const digest = createHash('sha256').update(`${key}\0${name}`).digest('hex').slice(0, 24);
  return `${PREFIX}keep-${digest}`;
}

/** Where the part of a write to `path` lies, as a path of the same storage. */
export function partPath(path: string, key: string): string {
  return joinName(parentPath(path), resumablePartName(baseName(path), key));
}

/** Whether a name is reserved for part files: listings leave such names out, whoever made them. */
export function isPartName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * A resumable part is brought to disk each time it has grown by so much, and grows by no more than as much again until
 * that is done. So of its size all but the last two such steps is safe after a power loss, without a record of it.
 */
export const CHECKPOINT_BYTES = 16 * 1024 * 1024;

/** How many bytes of a part are safe, found by looking at it; none of what is no file. */
export async function findSafeBytes(look: () => Promise<FileInfo | null>): Promise<number> {
  try {
    return safePartBytes((await look())?.sizeBytes ?? 0);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'forbidden') return 0;
    throw error;
  }
}

/** How many bytes of a resumable part of this size are safe. */
export function safePartBytes(sizeBytes: number): number {
  return Math.max(0, Math.floor(sizeBytes / CHECKPOINT_BYTES) - 1) * CHECKPOINT_BYTES;
}

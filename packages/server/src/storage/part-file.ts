import { randomBytes } from 'node:crypto';

const PREFIX = '.arras-part-';

/**
 * A name for bytes on their way. It lies in the directory of the final name, because rename is atomic only
 * within a file system; 96 random bits keep writers of the same file apart.
 */
export function createPartName(): string {
  return PREFIX + randomBytes(12).toString('hex');
}

/** Whether a name is reserved for part files: listings leave such names out, whoever made them. */
export function isPartName(name: string): boolean {
  return name.startsWith(PREFIX);
}

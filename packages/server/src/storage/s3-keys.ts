import { joinName, splitPath } from './path-parts.ts';
import { StorageError } from './storage.ts';

/** Turns paths into keys of objects and back. */
export interface S3Keys {
  /** Of a file. */
  keyOf(path: string): string;
  /** Of all below a directory; ends with `/`, and is empty for the root of a bucket. */
  prefixOf(path: string): string;
}

/** Longest key, in bytes (S3 User Guide, "Naming Amazon S3 objects"). */
const MAX_KEY_BYTES = 1024;

/** Longest name that other storages can hold as well. */
const MAX_NAME_BYTES = 255;

/** The keys of a storage whose root is a prefix. */
export function createS3Keys(rootDir: string): S3Keys {
  const root = rootDir.split('/').filter((part) => part !== '' && part !== '.');
  const keyOf = (path: string): string => {
    const parts = splitPath(path);
    const key = [...root, ...parts].join('/');
    if (!key.isWellFormed()) {
      throw new StorageError(
        'unsupported',
        `${path}: names in an object store must be text: rename the file`,
      );
    }
    const isTooLong =
      Buffer.byteLength(key) > MAX_KEY_BYTES ||
      parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES);
    if (isTooLong) throw new StorageError('forbidden', `${path}: the name is too long: shorten it`);
    return key;
  };
  return {
    keyOf,
    prefixOf: (path) => {
      const key = keyOf(path);
      return key === '' ? '' : `${key}/`;
    },
  };
}

/** The path of each ancestor of a path, from the top, without the root. */
export function ancestorsOf(path: string): readonly string[] {
  const paths: string[] = [];
  for (const part of splitPath(path).slice(0, -1)) paths.push(joinName(paths.at(-1) ?? '/', part));
  return paths;
}

/** Whether a name that a store lists can be a part of a path here. */
export function isListable(name: string): boolean {
  return !['', '.', '..'].includes(name) && !name.includes('/') && !name.includes('\0');
}

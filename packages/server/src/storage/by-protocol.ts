import { createLocalStorage } from './local-storage.ts';
import { type Storage, StorageError } from './storage.ts';

/** The part of a system's `storage` block that tells how to reach its files. */
export interface StorageBlock {
  readonly protocol: string;
  readonly rootDir: string;
}

/** One row a protocol. */
const OPENERS: ReadonlyMap<string, (block: StorageBlock) => Storage> = new Map([
  ['LOCAL', ({ rootDir }: StorageBlock) => createLocalStorage({ rootDir })],
]);

/** The protocols whose storage can be opened. */
export const STORAGE_PROTOCOLS: readonly string[] = [...OPENERS.keys()];

/** The storage of a system. The caller closes it. Throws StorageError `unsupported` for any other protocol. */
export function openStorage(block: StorageBlock): Storage {
  const open = OPENERS.get(block.protocol);
  if (open !== undefined) return open(block);
  throw new StorageError(
    'unsupported',
    `expected the storage protocol to be one of ${STORAGE_PROTOCOLS.join(', ')}, got "${block.protocol}"`,
  );
}

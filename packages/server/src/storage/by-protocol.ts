import type { SshHost } from '../ssh/ssh-host.ts';
import { createLocalStorage } from './local-storage.ts';
import { createSftpStorage } from './sftp-storage.ts';
import { type Storage, StorageError } from './storage.ts';

/** The part of a system's `storage` block that tells how to reach its files. */
export interface StorageBlock {
  readonly protocol: string;
  readonly rootDir: string;
}

/** What a storage is reached through, made of the block's host and the system's credentials. */
export interface StorageParts {
  /** For SFTP; its owner closes it. Default and null: the storage is on this machine. */
  readonly sshHost?: Pick<SshHost, 'withSftp'> | null;
}

type Opener = (block: StorageBlock, parts: StorageParts) => Storage;

/** One row a protocol. */
const OPENERS: ReadonlyMap<string, Opener> = new Map<string, Opener>([
  ['LOCAL', ({ rootDir }) => createLocalStorage({ rootDir })],
  ['SFTP', openSftp],
]);

/** The protocols whose storage can be opened. */
export const STORAGE_PROTOCOLS: readonly string[] = [...OPENERS.keys()];

/** The storage of a system. The caller closes it. Throws StorageError `unsupported` for any other protocol. */
export function openStorage(block: StorageBlock, parts: StorageParts = {}): Storage {
  const open = OPENERS.get(block.protocol);
  if (open !== undefined) return open(block, parts);
  throw new StorageError(
    'unsupported',
    `expected the storage protocol to be one of ${STORAGE_PROTOCOLS.join(', ')}, got "${block.protocol}"`,
  );
}

function openSftp({ rootDir }: StorageBlock, { sshHost = null }: StorageParts): Storage {
  if (sshHost !== null) return createSftpStorage({ host: sshHost, rootDir });
  throw new StorageError('unsupported', 'expected a host for the storage protocol SFTP, got none');
}

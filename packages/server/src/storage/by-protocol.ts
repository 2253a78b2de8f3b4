import type { Credentials } from '../domain/user-info.ts';
import type { EgressGuard } from '../net/egress.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { createFtpStorage } from './ftp-storage.ts';
import { belowUrl, createHttpStorage } from './http-storage.ts';
import { createLocalStorage } from './local-storage.ts';
import { createS3Storage } from './s3-storage.ts';
import { createSftpStorage } from './sftp-storage.ts';
import { type Storage, StorageError } from './storage.ts';

/** The part of a system's `storage` block that tells how to reach its files. */
export interface StorageBlock {
  readonly protocol: string;
  readonly rootDir: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Whether connections are encrypted (FTP, S3); default: not with FTP, and with S3 at every port but 80. */
  readonly tls?: boolean | undefined;
  /** The bucket (S3). */
  readonly container?: string | undefined;
  /** The bucket's region (S3); default: as the host says, else us-east-1. */
  readonly region?: string | undefined;
}

/** What proves to a server who asks, of which each protocol takes what it needs. */
export interface StorageSecrets {
  readonly username?: string;
  readonly password?: string;
  readonly publicKey?: string;
  readonly privateKey?: string;
}

/** What a storage is reached through, made of the block's host and the system's credentials. */
export interface StorageParts {
  /** For SFTP; its owner closes it. Default and null: the storage is on this machine. */
  readonly sshHost?: Pick<SshHost, 'withSftp'> | null;
  /** For LOCAL; see `LocalStorageOptions`. */
  readonly syncFileSystem?: (directory: string) => Promise<void>;
  /** For S3, FTP, HTTP and HTTPS; its owner closes it. */
  readonly guard?: EgressGuard;
  /** For the same; default: anonymous. */
  readonly secrets?: StorageSecrets;
}

type Opener = (block: StorageBlock, parts: StorageParts) => Storage;

/** One row a protocol. */
const OPENERS: ReadonlyMap<string, Opener> = new Map<string, Opener>([
  [
    'LOCAL',
    ({ rootDir }, { syncFileSystem }) =>
      createLocalStorage({ rootDir, ...(syncFileSystem && { syncFileSystem }) }),
  ],
  ['SFTP', openSftp],
  ['S3', openS3],
  ['FTP', openFtp],
  ['HTTP', (block, parts) => openHttp('http', block, parts)],
  ['HTTPS', (block, parts) => openHttp('https', block, parts)],
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

function openS3(block: StorageBlock, parts: StorageParts): Storage {
  const { tls = block.port !== 80, container = '', region = null } = block;
  const { publicKey = '', privateKey = '' } = parts.secrets ?? {};
  return createS3Storage({
    endpoint: originOf(tls ? 'https' : 'http', block),
    bucket: container,
    region,
    accessKeyId: publicKey,
    secretAccessKey: privateKey,
    rootDir: block.rootDir,
    caller: { guard: guardOf(block, parts), isRegistered: true },
  });
}

function openFtp(block: StorageBlock, parts: StorageParts): Storage {
  const { host = '', port = 21, tls = false, rootDir } = block;
  const guard = guardOf(block, parts);
  return createFtpStorage({
    host,
    port,
    tls,
    rootDir,
    guard,
    isRegistered: true,
    credentials: loginOf(parts),
  });
}

function openHttp(scheme: 'http' | 'https', block: StorageBlock, parts: StorageParts): Storage {
  const base = new URL(`${originOf(scheme, block).origin}/${encodeURI(block.rootDir.replace(/^\/+/, ''))}`);
  const guard = guardOf(block, parts);
  return createHttpStorage({ guard, isRegistered: true, credentials: loginOf(parts), urlOf: belowUrl(base) });
}

/** URLs write IPv6 addresses in brackets. */
function originOf(scheme: string, { host = '', port }: StorageBlock): URL {
  const name = host.includes(':') ? `[${host}]` : host;
  return new URL(`${scheme}://${name}${port === undefined ? '' : `:${port}`}`);
}

function loginOf({ secrets }: StorageParts): Credentials | null {
  const { username, password } = secrets ?? {};
  return username === undefined || password === undefined ? null : { username, password };
}

function guardOf({ protocol }: StorageBlock, { guard }: StorageParts): EgressGuard {
  if (guard !== undefined) return guard;
  throw new StorageError(
    'unsupported',
    `expected a guard of connections for the storage protocol ${protocol}`,
  );
}

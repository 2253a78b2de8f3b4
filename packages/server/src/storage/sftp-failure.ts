import { isUnreachable } from '../domain/failure.ts';
import { SFTP_STATUS, SftpRefusal } from '../ssh/sftp-requests.ts';
import type { SftpPlace } from './sftp-place.ts';
import { StorageError, type StorageErrorCode } from './storage.ts';

/** What each status means for the user, and what to do about it. */
const MEANINGS: ReadonlyMap<number, readonly [StorageErrorCode, string]> = new Map([
  [SFTP_STATUS.noSuchFile, ['not-found', 'there is no such file or directory']],
  [
    SFTP_STATUS.permissionDenied,
    ['forbidden', 'permission denied: give the account that Arras uses there access'],
  ],
  // OpenSSH's word for ENAMETOOLONG and EINVAL.
  [
    SFTP_STATUS.badMessage,
    ['forbidden', 'the name is too long (at most 255 bytes each part) or impossible there'],
  ],
  [SFTP_STATUS.failure, ['unreachable', 'the host could not read it and does not say why']],
  [SFTP_STATUS.noConnection, ['unreachable', 'the host lost its own connection to the files']],
  [SFTP_STATUS.connectionLost, ['unreachable', 'the host lost its own connection to the files']],
  [SFTP_STATUS.unsupported, ['unsupported', 'the host does not offer this']],
] as const);

/** Turns what a session throws into a StorageError that names the path; anything else passes as it is. */
export function toSftpError(error: unknown, path: string): unknown {
  if (error instanceof StorageError) return error;
  if (isUnreachable(error)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new StorageError('unreachable', `${path}: ${reason}`, { cause: error });
  }
  if (!(error instanceof SftpRefusal)) return error;
  const [code, words] = MEANINGS.get(error.status) ?? [
    'unreachable',
    'the host refuses for a reason of its own',
  ];
  return new StorageError(code, `${path}: ${words} ("${error.message}")`, { cause: error });
}

/** Whether the server said no with this status. */
export function isRefusal(error: unknown, status: number): boolean {
  return error instanceof SftpRefusal && error.status === status;
}

/**
 * The same for requests that write to a directory. SFTP version 3 has one word, "failure", for a full disk, a quota,
 * a read-only file system and much else: the file system's figures tell some of them apart. `no-space` is what
 * remains, since a host that may write and cannot has nearly always reached a limit.
 */
export async function explainWriteFailure(
  { sftp }: SftpPlace,
  { directory, path, error }: { readonly directory: Buffer; readonly path: string; readonly error: unknown },
): Promise<unknown> {
  if (!isRefusal(error, SFTP_STATUS.failure)) return toSftpError(error, path);
  const space = sftp.extensions.has('statvfs@openssh.com')
    ? await sftp.readSpace(directory).catch(() => null)
    : null;
  const because = (code: StorageErrorCode, words: string): StorageError =>
    new StorageError(code, `${path}: ${words}`, { cause: error });
  if (space?.isReadOnly === true) return because('forbidden', 'the file system is mounted read-only');
  if (space !== null && space.freeBytes < sftp.chunkBytes) return because('no-space', 'the disk is full');
  return because(
    'no-space',
    'the host could not store it and does not say why: the quota of the account may be used up, ' +
      'or the file larger than its limits allow',
  );
}

import { SFTP_OPEN, type SftpClient, type SftpHandle } from '../ssh/sftp-client.ts';

/** Whether the host can be told to bring something to disk. */
export function canSync({ extensions }: SftpClient): boolean {
  return extensions.has('fsync@openssh.com');
}

/**
 * A handle by which a directory's entries are brought to disk; null where that is impossible. SFTP knows no such
 * request, but OpenSSH lets one open a directory like a file and sync it. Elsewhere the host decides by itself when a
 * new name is safe.
 */
export async function openForSync(sftp: SftpClient, directory: Buffer): Promise<SftpHandle | null> {
  if (!canSync(sftp)) return null;
  return sftp.openFile(directory, SFTP_OPEN.read).catch(() => null);
}

/** Syncs a directory where the host can, and closes its handle. Asked at once with what was asked before, in order. */
export async function syncAndClose(sftp: SftpClient, handle: SftpHandle | null): Promise<void> {
  if (handle !== null) await Promise.all([sftp.sync(handle), sftp.close(handle)]);
}

/** Opens, syncs and closes. */
export async function syncDirectory(sftp: SftpClient, directory: Buffer): Promise<void> {
  await syncAndClose(sftp, await openForSync(sftp, directory));
}

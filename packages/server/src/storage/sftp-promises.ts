import type { SftpClient } from '../ssh/sftp-client.ts';
import type { SshHost } from '../ssh/ssh-host.ts';

/** A promise of storages that a server cannot keep whole, and what holds there instead. */
export interface WeakPromise {
  /** The extension that the server lacks. */
  readonly extension: string;
  /** A sentence for whoever registers the system. */
  readonly consequence: string;
}

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL, section 4. */
const EXTENSIONS = {
  'posix-rename@openssh.com':
    'a file that is written again is missing for a moment under its name, though never partial',
  'fsync@openssh.com': 'a file that was written shortly before a power loss of the host may be lost',
  'statvfs@openssh.com': 'a full disk cannot be told from a quota, nor a read-only file system from either',
} as const;

/** What a server's lack of extensions means for the files on it; empty for OpenSSH's. */
export function findWeakPromises({ extensions }: Pick<SftpClient, 'extensions'>): readonly WeakPromise[] {
  return Object.entries(EXTENSIONS).flatMap(([extension, consequence]) =>
    extensions.has(extension) ? [] : [{ extension, consequence }],
  );
}

/** The same of a host. Rejects when it cannot be entered, or offers no SFTP. */
export function askWeakPromises(host: Pick<SshHost, 'withSftp'>): Promise<readonly WeakPromise[]> {
  return host.withSftp(async (sftp) => findWeakPromises(sftp));
}

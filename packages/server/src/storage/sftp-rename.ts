import type { SftpClient } from '../ssh/sftp-client.ts';
import { SFTP_STATUS } from '../ssh/sftp-requests.ts';
import { isRefusal } from './sftp-failure.ts';
import { kindOfMode } from './sftp-info.ts';

/** Others may write the same name at the same time; each of these tries needs that to happen again. */
const TRIES = 10;

/** A rename within one host. */
export interface SftpRename {
  readonly from: Buffer;
  readonly to: Buffer;
  /** Makes a name beside `to` that nobody else uses. */
  readonly createAside: () => Buffer;
}

/** Whether a file can take another's place in one step. */
export function canReplace({ extensions }: SftpClient): boolean {
  return extensions.has('posix-rename@openssh.com');
}

/** Renames, replacing a file in the way; in one step where the host can. Rejects as the host's requests do. */
export function renameOver(sftp: SftpClient, rename: SftpRename): Promise<void> {
  return canReplace(sftp) ? sftp.replace(rename.from, rename.to) : renameInSteps(sftp, rename);
}

/**
 * The rule without `posix-rename@openssh.com`, whose plain rename refuses a name that is taken: what has the name is
 * first moved aside, and removed once the new file is there. In between, the name is missing, but it is never partial;
 * when the new file cannot take it, the old one gets it back.
 */
async function renameInSteps(sftp: SftpClient, { from, to, createAside }: SftpRename): Promise<void> {
  const aside: Buffer[] = [];
  for (let left = TRIES; ; left -= 1) {
    try {
      await sftp.rename(from, to);
      break;
    } catch (error) {
      const last = aside.at(-1);
      if (last !== undefined) await sftp.rename(last, to).catch(() => undefined);
      // Whoever had the name may have gone meanwhile: then it is as free as if it had been moved aside here.
      const mayGo = isRefusal(error, SFTP_STATUS.failure) && !(await isDirectory(sftp, to));
      if (left === 0 || !mayGo) throw error;
    }
    const name = createAside();
    // Somebody may have taken it away meanwhile: as good as moved.
    await sftp.rename(to, name).then(
      () => aside.push(name),
      () => undefined,
    );
  }
  for (const name of aside) await sftp.remove(name).catch(() => undefined);
}

async function isDirectory(sftp: SftpClient, path: Buffer): Promise<boolean> {
  const attributes = await sftp.lstat(path).catch(() => null);
  return attributes !== null && kindOfMode(attributes.mode) === 'dir';
}

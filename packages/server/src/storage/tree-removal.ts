import fs from 'node:fs';
import { promisify } from 'node:util';
import { OPEN, openFd, procPath } from './descriptors.ts';
import { errnoOf } from './errno.ts';
import { decodeName } from './name-bytes.ts';
import { isPartName } from './part-file.ts';
import { closingAfter, entryPath } from './safe-open.ts';

const lstat = promisify(fs.lstat);
const unlink = promisify(fs.unlink);
const rmdir = promisify(fs.rmdir);

/**
 * Removes an entry of an open directory, with all below it. Each level is reached through the descriptor of the one
 * above and never through a link, so a directory swapped for a link meanwhile loses the link, not its target.
 */
export async function removeEntry(directory: number, name: string): Promise<void> {
  const errno = await attempt(unlink(entryPath(directory, name)));
  if (errno !== 'EISDIR') return;
  await inDirectory(directory, name, async (child) => {
    for (const entry of await readNames(child)) await removeEntry(child, entry);
  });
  await attempt(rmdir(entryPath(directory, name)));
}

/** Removes the part files below an open directory that were last written before a time. */
export async function removePartsBelow(directory: number, writtenBefore: Date): Promise<void> {
  for (const name of await readNames(directory)) {
    const stats = await lstat(entryPath(directory, name)).catch(() => null);
    if (stats?.isDirectory() === true) {
      await inDirectory(directory, name, (child) => removePartsBelow(child, writtenBefore));
    } else if (stats !== null && isPartName(name) && stats.mtime < writtenBefore) {
      await attempt(unlink(entryPath(directory, name)));
    }
  }
}

async function readNames(directory: number): Promise<readonly string[]> {
  const names = await fs.promises.readdir(procPath(directory), { encoding: 'buffer' });
  return names.map(decodeName);
}

async function inDirectory(
  parent: number,
  name: string,
  use: (child: number) => Promise<void>,
): Promise<void> {
  const child = await openFd(entryPath(parent, name), OPEN.directory);
  await closingAfter(child, () => use(child));
}

/** Another remover may be at work: gone already is as good as removed. Yields EISDIR, which unlink says of a directory. */
async function attempt(removal: Promise<void>): Promise<string | undefined> {
  try {
    await removal;
    return undefined;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'EISDIR') return errno;
    throw error;
  }
}

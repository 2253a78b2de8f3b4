import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InstalledFile } from './shell.ts';

/** Installs files on this host (see `Shell.installFiles`). Rejects with the file system's error. */
export async function installLocalFiles(directory: string, files: readonly InstalledFile[]): Promise<void> {
  const parents = [...new Set(files.map((file) => dirname(join(directory, file.path))))];
  for (const parent of parents) {
    // Not recursive: the directory itself exists by contract, and a deleted one must not come back by accident.
    if (parent !== directory) await makeOne(parent);
  }
  // Together, so that the fsyncs share one journal commit.
  await Promise.all(files.map((file) => installFile(join(directory, file.path), file)));
  await Promise.all([...parents, directory].map(syncDirectory));
}

async function makeOne(directory: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
}

async function installFile(path: string, file: InstalledFile): Promise<void> {
  const temporary = `${path}.part-${randomBytes(6).toString('hex')}`;
  try {
    await writeDurably(temporary, file);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

async function writeDurably(path: string, file: InstalledFile): Promise<void> {
  await using handle = await open(path, 'wx', file.mode);
  await handle.writeFile(file.content);
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}

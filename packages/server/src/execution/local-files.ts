import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Installation, Installed, InstalledFile, SmallFile, SmallFilesWanted } from './shell.ts';

/** Installs on this host (see `Shell.install`). */
export function installLocally(installations: readonly Installation[]): Promise<readonly Installed[]> {
  return Promise.all(installations.map(installOne));
}

async function installOne({ directory, files, tree }: Installation): Promise<Installed> {
  if (tree !== undefined)
    throw new TypeError('expected no tree: this host copies its trees as any other storage');
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (files.length > 0) await installFiles(directory, files);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return {
      kind: 'failed',
      code: error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'no-space' : 'failed',
      reason: error.message,
    };
  }
}

async function installFiles(directory: string, files: readonly InstalledFile[]): Promise<void> {
  const parents = [...new Set(files.map((file) => dirname(join(directory, file.path))))];
  for (const parent of parents) {
    if (parent !== directory) await makeOne(parent);
  }
  // Together, so that the fsyncs share one journal commit.
  await Promise.all(files.map((file) => installFile(join(directory, file.path), file)));
  await Promise.all([...new Set([...parents, directory, dirname(directory)])].map(syncDirectory));
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
  await using handle = await open(path, 'wx', file.executable ? 0o700 : 0o600);
  await handle.writeFile(file.content);
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}

/** A link is not followed, and a pipe does not hold us up (RELIABILITY R13). */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads small files on this host (see `Shell.readSmallFiles`). */
export async function readSmallLocalFiles(
  directory: string,
  wanted: SmallFilesWanted,
): Promise<readonly SmallFile[]> {
  const names = await readdir(directory).catch(ignore('ENOENT', []));
  const chosen = names.filter(wanted.accepts).slice(0, wanted.limit);
  const files = await Promise.all(chosen.map((name) => readSmallFile(directory, name, wanted.maxBytes)));
  return files.filter((file) => file !== null);
}

async function readSmallFile(directory: string, name: string, maxBytes: number): Promise<SmallFile | null> {
  const content = await readWholeFile(join(directory, name), maxBytes);
  return content === null || content === 'too-large' ? null : { name, text: content.toString('utf8') };
}

/** The bytes of a regular file; null for anything else or what is not there. Rejects with the file system's error. */
export async function readWholeFile(path: string, maxBytes: number): Promise<Buffer | 'too-large' | null> {
  // ELOOP: a link. ENXIO: a socket.
  const handle = await open(path, READ_FLAGS).catch(ignore(/^E(NOENT|LOOP|NXIO|ACCES)$/, null));
  if (handle === null) return null;
  await using file = handle;
  const stat = await file.stat();
  if (!stat.isFile()) return null;
  if (stat.size > maxBytes) return 'too-large';
  const { buffer, bytesRead } = await file.read(Buffer.alloc(stat.size), 0, stat.size, 0);
  return buffer.subarray(0, bytesRead);
}

/** Moves files on this host (see `Shell.moveFiles`). */
export async function moveLocalFiles(
  from: string,
  names: readonly string[],
  to: string,
): Promise<readonly string[]> {
  const moved = await Promise.all(
    names.map((name) => rename(join(from, name), join(to, name)).then(() => true, ignore('ENOENT', false))),
  );
  return names.filter((_, index) => moved[index]);
}

/** Turns an error that means "not there" into a value. */
function ignore<Value>(code: string | RegExp, value: Value): (cause: NodeJS.ErrnoException) => Value {
  return (cause) => {
    const isExpected = typeof code === 'string' ? cause.code === code : code.test(cause.code ?? '');
    if (!isExpected) throw cause;
    return value;
  };
}

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InstalledFile, SmallFile, SmallFilesWanted } from './shell.ts';

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
  // ELOOP: a link. ENXIO: a socket.
  const handle = await open(join(directory, name), READ_FLAGS).catch(
    ignore(/^E(NOENT|LOOP|NXIO|ACCES)$/, null),
  );
  if (handle === null) return null;
  await using file = handle;
  const { size } = await file
    .stat()
    .then((stat) => (stat.isFile() ? stat : { size: Number.POSITIVE_INFINITY }));
  if (size > maxBytes) return null;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
  return { name, text: buffer.toString('utf8', 0, bytesRead) };
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

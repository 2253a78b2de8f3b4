import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import { codeOf } from './errno.ts';

/** A file here that is to be sent. */
export interface LocalFile {
  readonly path: string;
  /** Below the directory that it is sent to. */
  readonly to: string;
  readonly sizeBytes: number;
  readonly changedMs: number;
}

/** What is to be sent. */
export interface LocalTree {
  readonly files: readonly LocalFile[];
  /** Directories that hold nothing: the others come with their files. */
  readonly emptyDirectories: readonly string[];
  /** What is no file and no directory, or a link to a directory, which could lead round in circles. */
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

/** Files, and directories with all that they hold, under their own names. @throws Refusal for what is not there. */
export async function findLocalFiles(paths: readonly string[]): Promise<LocalTree> {
  const walk = new Walk();
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? notHere(path) : error;
    });
    const name = basename(resolve(path));
    if (found.isDirectory()) await walk.directory(path, name);
    else if (found.isFile()) walk.file(path, name, found);
    else walk.leave(path, 'it is no file');
  }
  return walk;
}

class Walk implements LocalTree {
  readonly files: LocalFile[] = [];
  readonly emptyDirectories: string[] = [];
  readonly leftOut: { path: string; why: string }[] = [];

  file(
    path: string,
    to: string,
    { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number },
  ): void {
    this.files.push({ path, to, sizeBytes: size, changedMs: mtimeMs });
  }

  leave(path: string, why: string): void {
    this.leftOut.push({ path, why });
  }

  async directory(path: string, to: string): Promise<void> {
    const names = (await readdir(path)).sort();
    if (names.length === 0 && to !== '') this.emptyDirectories.push(to);
    for (const name of names) await this.#entry(join(path, name), posix.join(to, name));
  }

  async #entry(path: string, to: string): Promise<void> {
    const found = await stat(path).catch(() => null);
    if (found === null) this.leave(path, 'it cannot be read');
    else if (found.isFile()) this.file(path, to, found);
    else if (!found.isDirectory()) this.leave(path, 'it is no file');
    else if ((await lstat(path)).isSymbolicLink()) this.leave(path, 'it is a link to a directory');
    else await this.directory(path, to);
  }
}

function notHere(path: string): Refusal {
  return new Refusal({
    what: `There is no ${path} here.`,
    why: 'The last argument is where to send, all others are files and directories here.',
    todo: 'Write: files upload FILE... agave://SYSTEM/DIRECTORY',
    exitCode: EXIT.notFound,
  });
}

import { lstat, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import type { RemoteEntry } from '../remote/remote-tree.ts';

/** What is in the place of a file: nothing, the same file, or something else. */
export type LocalState = 'free' | 'same' | 'other';

/** Compares size and time: a download gives its files the time that they have in their source. */
export async function inspectPlace(path: string, entry: RemoteEntry): Promise<LocalState> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return 'free';
  const isSame =
    found.isFile() &&
    found.size === entry.sizeBytes &&
    Math.floor(found.mtimeMs) === Date.parse(entry.lastModified);
  return isSame ? 'same' : 'other';
}

/** Makes the directories of a download. Never goes through a link that is below the directory that was chosen. */
export class LocalDirectories {
  readonly #root: string;
  readonly #made = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes a directory below the root and those above it; `path` was checked. */
  ensure(path: string): Promise<void> {
    const known = this.#made.get(path) ?? this.#make(path);
    this.#made.set(path, known);
    return known;
  }

  async #make(path: string): Promise<void> {
    if (path === '.') return void (await mkdir(this.#root, { recursive: true }));
    await this.ensure(dirname(path));
    const place = join(this.#root, path);
    await mkdir(place).catch(ignoreExisting);
    if (!(await lstat(place)).isDirectory()) throw notADirectory(place);
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

function notADirectory(place: string): Refusal {
  return new Refusal({
    what: `${place} is no directory.`,
    why: 'A link or a file is in its place, and a download writes nowhere but below the directory that was chosen.',
    todo: 'Remove it, or choose another place with -o.',
    exitCode: EXIT.error,
  });
}

/** Whether a file system takes `A` and `a` for the same; asked of a directory that is there. */
export async function foldsNames(directory: string): Promise<boolean> {
  const probe = await mkdtemp(join(directory, '.arras-Case-'));
  try {
    await stat(join(dirname(probe), basename(probe).toLowerCase()));
    return true;
  } catch {
    return false; // It is not there under another name.
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

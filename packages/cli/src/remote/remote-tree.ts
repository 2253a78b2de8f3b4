import type { Download, ReadFileNews, ReadFileOptions } from '@arras/client';
import type { FileEntry, OutputEntry } from '@arras/contract';

/** A file or directory elsewhere. */
export interface RemoteEntry {
  /** From the top of its tree, with a slash before each name; the tree takes it wherever it takes a path. */
  readonly path: string;
  readonly type: 'file' | 'dir';
  /** Null where nobody knows. */
  readonly sizeBytes: number | null;
  /** As the service gives it. */
  readonly lastModified: string;
  /** What the service said of it. */
  readonly raw: OutputEntry | FileEntry;
}

/** What there is at a path. */
export interface RemoteListing {
  /** The path from the top of the tree. */
  readonly base: string;
  /** The file, where the path is that of a file. */
  readonly file: RemoteEntry | null;
  /** What the directory holds, parents before their children; empty for a file. */
  readonly entries: readonly RemoteEntry[];
}

/** Files elsewhere: those of a job, or those of a system. */
export interface RemoteTree {
  /** Tells this tree from all others. */
  readonly identity: string;
  /** How its paths are written for people. */
  render(path: string): string;
  /** @throws ApiFailure when there is nothing at the path. */
  list(path: string, options: { readonly recursive: boolean }): Promise<RemoteListing>;
  read(path: string, options: ReadFileOptions): AsyncGenerator<ReadFileNews, void>;
  /** A directory as a zip archive. */
  zip(path: string, options: { readonly signal: AbortSignal }): Promise<Download>;
}

/** The names of a path, without what says nothing. */
export function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** The last name of a path; empty for the top. */
export function lastName(path: string): string {
  return namesOf(path).at(-1) ?? '';
}

/** The path of an entry below a directory, without a slash before it; null when it is not there. */
export function pathBelow(base: string, path: string): string | null {
  const from = base.endsWith('/') ? base : `${base}/`;
  return path.startsWith(from) && path.length > from.length ? path.slice(from.length) : null;
}

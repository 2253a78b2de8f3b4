import { isName } from './name-bytes.ts';
import { StorageError } from './storage.ts';

/** Deep enough for any real tree; keeps a hostile one from using up descriptors (one a level in a removal). */
const MAX_DEPTH = 256;

/** The parts of a clean path; what `domain/paths.ts` would not let through is refused once more. */
export function splitPath(path: string): readonly string[] {
  const parts = path === '/' ? [] : path.slice(1).split('/');
  const bad =
    !path.startsWith('/') ||
    path.includes('\0') ||
    !isName(path) ||
    parts.some((part) => ['', '.', '..'].includes(part));
  if (bad) throw new StorageError('forbidden', `expected a path below the root without "..", got ${path}`);
  if (parts.length <= MAX_DEPTH) return parts;
  throw new StorageError(
    'forbidden',
    `${path}: nested deeper than ${MAX_DEPTH} levels: pack it into an archive`,
  );
}

/** The path of an entry of a directory. Unlike `joinPath` of the domain it takes any name that is one part. */
export function joinName(directory: string, name: string): string {
  return `${directory === '/' ? '' : directory}/${name}`;
}

/** Throws when a path is the root itself; `verb` says what was to happen to it. */
export function refuseRoot(path: string, verb: string): void {
  if (splitPath(path).length > 0) return;
  throw new StorageError('forbidden', `the root of a storage cannot be ${verb}: name something in it`);
}

/** What is told of a link or special file. */
export function forbiddenKind(path: string, what: string): StorageError {
  return new StorageError(
    'forbidden',
    `${path} is a ${what}: only regular files and directories are read; replace it by a copy of the file`,
  );
}

/** What is told of a root that is not there: it may be a file system that is not mounted, and proves nothing about files. */
export function missingRoot(rootDir: string, cause: unknown): StorageError {
  const message = `the root directory ${rootDir} is not there: mount it, make it, or correct the system's rootDir`;
  return new StorageError('unreachable', message, { cause });
}

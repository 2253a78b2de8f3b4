import { resolveSystemPath } from './paths.ts';
import { jobsDirectory, type SystemDirectories } from './places.ts';

/**
 * The clean paths of a system below which every directory is named after the user whose jobs and archives it
 * holds: the home directory, and where jobs work.
 */
export function userRoots(directories: SystemDirectories): readonly string[] {
  const roots = [resolveSystemPath(directories, ''), jobsDirectory(directories)];
  return roots.flatMap((root) => (root.ok ? [root.path] : []));
}

/**
 * The names of users whose space a clean path may lie in; null for a path that holds the spaces of all users.
 * Work directories and default archives are named after their owners (DECISIONS, "work directory"), and a system
 * is shared: without this rule a job could read another user's output as its input, or archive over it.
 */
export function findSpaceHolders(path: string, roots: readonly string[]): readonly string[] | null {
  const parts = partsOf(path);
  const holders: string[] = [];
  for (const root of roots.map(partsOf)) {
    if (isPrefix(parts, root)) return null;
    const holder = isPrefix(root, parts) ? parts[root.length] : undefined;
    if (holder !== undefined) holders.push(holder);
  }
  return [...new Set(holders)];
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function isPrefix(shorter: readonly string[], longer: readonly string[]): boolean {
  return shorter.length <= longer.length && shorter.every((part, index) => part === longer[index]);
}

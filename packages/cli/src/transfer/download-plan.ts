import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import type { RemoteEntry, RemoteTree } from '../remote/remote-tree.ts';
import type { Selected } from '../remote/select-entries.ts';
import { foldsNames, inspectPlace, type LocalDirectories, type LocalState } from './local-places.ts';
import { findPathProblem, foldPath } from './safe-target.ts';

/** A file or directory to be brought here. */
export interface PlannedEntry {
  readonly tree: RemoteTree;
  readonly entry: RemoteEntry;
  /** Below the directory that was chosen. */
  readonly to: string;
}

/** A file to be brought here, and what is in its place. */
export interface PlannedFile extends PlannedEntry {
  readonly target: string;
  readonly state: LocalState;
}

/** What cannot be brought here, and why. */
export interface RefusedEntry {
  readonly path: string;
  readonly why: string;
}

/** What a download will do. */
export interface DownloadPlan {
  readonly directories: readonly string[];
  readonly files: readonly PlannedFile[];
  readonly refused: readonly RefusedEntry[];
}

/** Entries of one tree that were chosen. */
export interface SelectedOf {
  readonly tree: RemoteTree;
  readonly selected: readonly Selected[];
}

/**
 * Says where everything goes, before anything is fetched. Names that must not become names here are left out.
 *
 * @throws Refusal when files would be replaced that differ, unless `force` is given.
 */
export async function planDownload(
  selections: readonly SelectedOf[],
  { root, directories, force }: { root: string; directories: LocalDirectories; force: boolean },
): Promise<DownloadPlan> {
  const refused: RefusedEntry[] = [];
  const safe = selections.flatMap(({ tree, selected }) =>
    selected.flatMap(({ entry, to }): PlannedEntry[] => {
      const why = to === null ? 'it is not below what was asked for' : findPathProblem(to);
      if (to !== null && why === null) return [{ tree, entry, to }];
      refused.push({ path: tree.render(entry.path), why: why ?? '' });
      return [];
    }),
  );
  await directories.ensure('.');
  const { kept, clashing } = await splitClashes(safe, root);
  refused.push(...clashing);
  const files: PlannedFile[] = [];
  for (const planned of kept) {
    if (planned.entry.type === 'dir') continue;
    const target = join(root, planned.to);
    files.push({ ...planned, target, state: await inspectPlace(target, planned.entry) });
  }
  const differing = files.filter(({ state }) => state === 'other');
  if (differing.length > 0 && !force) throw alreadyThere(differing);
  return {
    directories: kept.filter(({ entry }) => entry.type === 'dir').map(({ to }) => to),
    files,
    refused,
  };
}

/** The first of those that would go to one place stays; directories of one name are one directory. */
async function splitClashes(
  all: readonly PlannedEntry[],
  root: string,
): Promise<{ kept: readonly PlannedEntry[]; clashing: readonly RefusedEntry[] }> {
  const folded = new Set(all.map(({ to }) => foldPath(to)));
  const isFolding = folded.size < new Set(all.map(({ to }) => to)).size && (await foldsNames(root));
  return findClashes(all, isFolding ? foldPath : (path) => path);
}

/** The same for a way of writing paths that the file system takes for equal. */
export function findClashes(
  all: readonly PlannedEntry[],
  fold: (path: string) => string,
): { kept: readonly PlannedEntry[]; clashing: readonly RefusedEntry[] } {
  const first = new Map<string, PlannedEntry>();
  for (const each of all) if (!first.has(fold(each.to))) first.set(fold(each.to), each);
  const clashing: RefusedEntry[] = [];
  const kept = all.filter((each) => {
    const other = first.get(fold(each.to));
    const inWay = other === each ? findFileAbove(first, fold(each.to)) : other;
    if (inWay === undefined) return true;
    if (isHarmless(each, inWay)) return false;
    const path = each.tree.render(each.entry.path);
    clashing.push({ path, why: `${inWay.tree.render(inWay.entry.path)} goes to the same place here` });
    return false;
  });
  return { kept, clashing };
}

/** A file in the place of a directory that a path needs. */
function findFileAbove(places: ReadonlyMap<string, PlannedEntry>, path: string): PlannedEntry | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const above = places.get(path.slice(0, end));
    if (above?.entry.type === 'file') return above;
  }
  return undefined;
}

/** Directories of one name are one directory, and what was named twice is there once. */
function isHarmless(a: PlannedEntry, b: PlannedEntry): boolean {
  if (a.entry.type === 'dir' && b.entry.type === 'dir') return true;
  return a.tree.identity === b.tree.identity && a.entry.path === b.entry.path;
}

function alreadyThere(files: readonly PlannedFile[]): Refusal {
  const first = files[0]?.target ?? '';
  const what =
    files.length === 1
      ? `${first} is already here, with other content.`
      : `${files.length} files are already here with other content, such as ${first}.`;
  return new Refusal({
    what,
    why: 'A download does not replace files unless told to.',
    todo: 'Add --force, or choose another place with -o.',
  });
}

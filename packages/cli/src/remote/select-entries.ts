import { fitsGlob, parseGlob } from './glob.ts';
import { nothingFits } from './nothing-fits.ts';
import { lastName, pathBelow, type RemoteEntry, type RemoteListing, type RemoteTree } from './remote-tree.ts';

/** An entry that was chosen. */
export interface Selected {
  readonly entry: RemoteEntry;
  /** Its path below the place that copies go to; null when the service named one outside what was asked for. */
  readonly to: string | null;
}

/**
 * What paths and patterns choose; a directory with all it holds. A file keeps its name, a directory too, and what fits
 * a pattern its path below the part without marks.
 *
 * @throws Refusal when nothing fits a pattern, ApiFailure when there is nothing at a path.
 */
export async function selectEntries(
  tree: RemoteTree,
  paths: readonly string[],
  { topName }: { /** What the copy of the whole tree is called. */ readonly topName: string },
): Promise<readonly Selected[]> {
  const chosen = new Map<string, Selected>();
  for (const path of paths) {
    for (const each of await selectOne(tree, path, topName)) {
      if (!chosen.has(each.entry.path)) chosen.set(each.entry.path, each);
    }
  }
  return [...chosen.values()];
}

async function selectOne(tree: RemoteTree, path: string, topName: string): Promise<readonly Selected[]> {
  const { base, pattern, isDeep } = parseGlob(path);
  const listing = await tree.list(base, { recursive: isDeep });
  if (pattern === null) return selectAll(listing, topName);
  const found = await selectFitting(tree, listing, { pattern, isDeep });
  if (found.length === 0) throw nothingFits(path, tree.render(listing.base));
  return found;
}

function selectAll({ base, file, entries }: RemoteListing, topName: string): readonly Selected[] {
  if (file !== null) return [{ entry: file, to: lastName(file.path) }];
  const name = lastName(base) === '' ? topName : lastName(base);
  return entries.map((entry) => ({ entry, to: placeBelow(name, pathBelow(base, entry.path)) }));
}

function placeBelow(directory: string, path: string | null): string | null {
  return path === null ? null : `${directory}/${path}`;
}

async function selectFitting(
  tree: RemoteTree,
  { base, entries }: RemoteListing,
  { pattern, isDeep }: { readonly pattern: string; readonly isDeep: boolean },
): Promise<readonly Selected[]> {
  const all = entries.map((entry) => ({ entry, to: pathBelow(base, entry.path) }));
  const fitting = all.filter(({ to }) => to !== null && fitsGlob(to, pattern));
  const directories = new Set(fitting.flatMap(({ entry, to }) => (entry.type === 'dir' ? [to] : [])));
  if (isDeep) {
    const chosen = new Set(fitting);
    return all.filter((each) => chosen.has(each) || isBelowOne(directories, each.to));
  }
  const inside: Selected[] = [];
  for (const { entry, to } of fitting) {
    if (entry.type === 'file') continue;
    const listing = await tree.list(entry.path, { recursive: true });
    for (const child of listing.entries)
      inside.push({ entry: child, to: placeBelow(to ?? '', pathBelow(listing.base, child.path)) });
  }
  return [...fitting, ...inside];
}

function isBelowOne(directories: ReadonlySet<string | null>, path: string | null): boolean {
  for (let end = path?.lastIndexOf('/') ?? -1; end > 0; end = path?.lastIndexOf('/', end - 1) ?? -1)
    if (directories.has(path?.slice(0, end) ?? null)) return true;
  return false;
}

import type { FileEntry, OutputEntry } from '@arras/contract';
import { type OutputOptions, printRows } from '../print.ts';
import { renderSize } from '../quantities.ts';
import { fitsGlob, parseGlob } from '../remote/glob.ts';
import { nothingFits } from '../remote/nothing-fits.ts';
import { pathBelow, type RemoteEntry, type RemoteTree } from '../remote/remote-tree.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import type { Column } from '../table.ts';

/** Options of listings of files. */
export interface ListingOptions extends OutputOptions {
  readonly recursive?: boolean;
}

/** Paths of one tree. */
export interface Wanted {
  readonly tree: RemoteTree;
  readonly paths: readonly string[];
}

/** Lists what directories hold, files, and what fits patterns. */
export async function listEntries(
  { session, options }: Invocation<ListingOptions>,
  all: readonly Wanted[],
  { whenEmpty }: { readonly whenEmpty: string },
): Promise<void> {
  const found = new Map<RemoteEntry['raw'], RemoteEntry>();
  for (const { tree, paths } of all) {
    for (const path of paths) {
      for (const entry of await listPath(tree, path, options.recursive === true)) found.set(entry.raw, entry);
    }
  }
  const rows = [...found.keys()];
  await printRows<OutputEntry | FileEntry>(session, options, {
    rows,
    columns: columnsFor(session),
    whenEmpty,
  });
}

async function listPath(tree: RemoteTree, path: string, recursive: boolean): Promise<readonly RemoteEntry[]> {
  const { base, pattern, isDeep } = parseGlob(path);
  const listing = await tree.list(base, { recursive: pattern === null ? recursive : isDeep });
  if (pattern === null) return listing.file === null ? listing.entries : [listing.file];
  const fitting = listing.entries.filter((entry) =>
    fitsGlob(pathBelow(listing.base, entry.path) ?? '', pattern),
  );
  if (fitting.length > 0) return fitting;
  throw nothingFits(path, tree.render(listing.base));
}

function columnsFor(session: Session): Column<OutputEntry | FileEntry>[] {
  return [
    { title: 'type', cell: (entry) => entry.type },
    {
      title: 'size',
      cell: (entry) => (entry.type === 'dir' || entry.length < 0 ? '' : renderSize(entry.length)),
      align: 'right',
    },
    { title: 'changed', cell: (entry) => session.ago(entry.lastModified) },
    { title: 'path', cell: (entry) => entry.path, shrink: 'middle' },
  ];
}

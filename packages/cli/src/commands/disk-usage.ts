import { cleanText, renderJson } from '../clean-text.ts';
import { renderSize } from '../quantities.ts';
import { fitsGlob, parseGlob } from '../remote/glob.ts';
import { nothingFits } from '../remote/nothing-fits.ts';
import { pathBelow, type RemoteListing, type RemoteTree } from '../remote/remote-tree.ts';
import type { Invocation } from '../runner.ts';
import { type Column, renderTable } from '../table.ts';

/** Options of sizes. */
export interface SizeOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** How much a directory holds, or how large a file is. */
export interface Usage {
  readonly path: string;
  readonly files: number;
  /** Bytes. */
  readonly length: number;
}

const COLUMNS: Column<Usage>[] = [
  { title: 'size', cell: ({ length }) => renderSize(length), align: 'right' },
  { title: 'files', cell: ({ files }) => files, align: 'right' },
  { title: 'path', cell: ({ path }) => path, shrink: 'middle' },
];

/** Prints how much each directory holds, the largest last, and how much all of it; of a pattern what fits. */
export async function measure(
  { session, options }: Invocation<SizeOptions>,
  tree: RemoteTree,
  paths: readonly string[],
): Promise<void> {
  const rows: Usage[] = [];
  for (const path of paths) {
    const { base, pattern } = parseGlob(path);
    const listing = await tree.list(base, { recursive: true });
    const found = sumUp(listing, pattern);
    if (found.length === 0) throw nothingFits(path, tree.render(listing.base));
    rows.push(...found);
  }
  if (options.json === true) return session.out(`${renderJson(rows)}\n`);
  if (options.quiet === true) return session.out(rows.map(({ path }) => `${cleanText(path)}\n`).join(''));
  session.out(renderTable(COLUMNS, rows, { terminal: session.terminal, width: session.width() }));
}

/** The sizes of the directories right below, then of all; with a pattern those of what fits it. */
export function sumUp({ base, file, entries }: RemoteListing, pattern: string | null): readonly Usage[] {
  if (file !== null) return [{ path: file.path, files: 1, length: file.sizeBytes ?? 0 }];
  const rows = new Map<string, { path: string; files: number; length: number }>();
  const total = { path: base, files: 0, length: 0 };
  for (const { path, type, sizeBytes } of entries) {
    const below = pathBelow(base, path) ?? path;
    const isShown = pattern === null ? type === 'dir' && !below.includes('/') : fitsGlob(below, pattern);
    if (isShown) rows.set(below, { path, files: 0, length: 0 });
    if (type === 'dir') continue;
    const holders = [...beginningsOf(below)].flatMap((beginning) => rows.get(beginning) ?? []);
    for (const row of [...holders, total]) {
      row.files += 1;
      row.length += sizeBytes ?? 0;
    }
  }
  const sorted = [...rows.values()].sort((a, b) => a.length - b.length);
  return pattern === null ? [...sorted, total] : sorted;
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
function* beginningsOf(path: string): Generator<string> {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) yield path.slice(0, end);
  yield path;
}

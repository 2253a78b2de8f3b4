/** A part of the table of contents. */
export interface ContentsPart<Document> {
  readonly title: string;
  readonly documents: readonly Document[];
}

const PARTS: readonly (readonly [folder: string, title: string])[] = [
  ['guides', 'Guides'],
  ['reference', 'Reference'],
  ['operating', 'Operating'],
  ['', 'About'],
  ['decisions', 'Decisions'],
];

/** What somebody new begins with. */
const FIRST = 'guides/first-job';

/** The documents by their folders, in the order in which they are needed; within one by title. */
export function arrange<Document extends { readonly path: string; readonly title: string }>(
  documents: readonly Document[],
): readonly ContentsPart<Document>[] {
  return PARTS.map(([folder, title]) => ({
    title,
    documents: documents.filter(({ path }) => folderOf(path) === folder).toSorted(byPlace),
  })).filter((part) => part.documents.length > 0);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

interface Placed {
  readonly path: string;
  readonly title: string;
}

function byPlace(one: Placed, other: Placed): number {
  if (one.path === FIRST || other.path === FIRST) return one.path === FIRST ? -1 : 1;
  return one.title.localeCompare(other.title, 'en', { numeric: true });
}

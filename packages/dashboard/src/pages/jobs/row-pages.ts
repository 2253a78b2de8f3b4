import type { RowRange } from './virtual-window.ts';

/** A list that is read page by page, in any order; a page that was not read has no entry. */
export interface RowPages {
  /** Ids of the rows of a page, by its number. */
  readonly pages: ReadonlyMap<number, readonly string[]>;
  /** Rows of the whole list, as far as that is known. */
  readonly total: number;
  readonly pageRows: number;
}

/** A place of the list: the id of its job, or the page that has to be read. */
export type RowPlace =
  | { readonly kind: 'row'; readonly id: string }
  | { readonly kind: 'hole'; readonly page: number };

/** Adds a page that was read. A page that is not full is the last one, whatever the counts have said. */
export function withPage(list: RowPages, page: number, ids: readonly string[]): RowPages {
  const pages = new Map(list.pages).set(page, ids);
  const end = page * list.pageRows + ids.length;
  const isLast = ids.length < list.pageRows;
  const total = isLast && (ids.length > 0 || page === 0) ? end : Math.max(list.total, end);
  return { ...list, pages, total };
}

/** The list with a total that the counts told; pages that are read are believed before it. */
export function withTotal(list: RowPages, total: number): RowPages {
  const entries = [...list.pages];
  const isEndKnown = entries.some(([, ids]) => ids.length < list.pageRows);
  const read = Math.max(0, ...entries.map(([page, ids]) => page * list.pageRows + ids.length));
  return isEndKnown ? list : { ...list, total: Math.max(read, total) };
}

/**
 * The places of the list from its beginning to its end. Jobs that moved while the list was read come with two pages:
 * each is shown once, where it stands first.
 */
export function layOutRows({ pages, total, pageRows }: RowPages): readonly RowPlace[] {
  const places: RowPlace[] = [];
  const seen = new Set<string>();
  for (let page = 0; page * pageRows < total; page += 1) {
    const ids = pages.get(page);
    if (ids === undefined) {
      const rows = Math.min(pageRows, total - page * pageRows);
      for (let row = 0; row < rows; row += 1) places.push({ kind: 'hole', page });
      continue;
    }
    for (const id of ids) {
      if (seen.has(id)) continue;
      seen.add(id);
      places.push({ kind: 'row', id });
    }
  }
  return places;
}

/** Pages that have to be read before these places can be shown. */
export function findMissingPages(places: readonly RowPlace[], { first, end }: RowRange): readonly number[] {
  const missing = new Set<number>();
  for (const place of places.slice(first, end)) if (place.kind === 'hole') missing.add(place.page);
  return [...missing];
}

/** Whether every row of the list was read. */
export function isWhole({ pages, total, pageRows }: RowPages): boolean {
  return pages.size * pageRows >= total;
}

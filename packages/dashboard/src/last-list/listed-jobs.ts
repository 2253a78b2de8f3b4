/** The jobs of a list as somebody saw it, around the one that was opened: so many that going on is at once. */
export interface ListedJobs {
  /** How the list is asked for, as it was then; null: no further than what was read. */
  readonly query: Readonly<Record<string, string>> | null;
  /** Rows of the whole list. */
  readonly total: number;
  /** Place of the first of `ids` in the list, from 0. */
  readonly from: number;
  /** In their order; null: a row that was not read. */
  readonly ids: readonly (string | null)[];
}

/** Where the row next to a job is. */
export type Neighbour =
  | { readonly kind: 'job'; readonly id: string }
  /** It has to be read. */
  | { readonly kind: 'unread'; readonly place: number }
  /** The list ends here. */
  | { readonly kind: 'end' };

/** Rows kept on each side of the job that was opened. */
const REACH = 1_000;

/** A list without what is far from the job that was opened. */
export function cutAround(list: ListedJobs, openedId: string): ListedJobs {
  const first = Math.max(0, list.ids.indexOf(openedId) - REACH);
  return { ...list, from: list.from + first, ids: list.ids.slice(first, first + 2 * REACH + 1) };
}

/** What stands before a job in the list (-1) or after it (1); null when the list does not have the job. */
export function findNeighbour(
  { query, total, from, ids }: ListedJobs,
  id: string,
  step: -1 | 1,
): Neighbour | null {
  const index = ids.indexOf(id);
  if (index < 0) return null;
  const place = from + index + step;
  if (place < 0 || place >= total) return { kind: 'end' };
  const found = ids[index + step];
  if (typeof found === 'string') return { kind: 'job', id: found };
  return query === null ? { kind: 'end' } : { kind: 'unread', place };
}

/** A list with rows that were read, from a place on. A job that has another place meanwhile keeps its first. */
export function withRows(list: ListedJobs, place: number, read: readonly string[]): ListedJobs {
  const from = Math.min(list.from, place);
  const end = Math.max(list.from + list.ids.length, place + read.length);
  const ids = Array.from({ length: end - from }, (_, index) => list.ids[from + index - list.from] ?? null);
  const known = new Set(ids);
  for (const [index, id] of read.entries()) if (!known.has(id)) ids[place + index - from] ??= id;
  return { ...list, from, ids };
}

/** Reads what was kept; null for nothing, and for what was not kept by this version. */
export function parseListedJobs(text: string | null): ListedJobs | null {
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as Partial<ListedJobs> | null;
    const isList =
      typeof kept?.total === 'number' && typeof kept.from === 'number' && Array.isArray(kept.ids);
    return isList ? (kept as ListedJobs) : null;
  } catch {
    return null;
  }
}

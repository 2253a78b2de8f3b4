import { type FilterTerm, PAGE_SIZE, parseFilter } from '@arras/contract';
import { withoutStatuses } from './filter-edits.ts';

/** Parameters of the API. */
export type Query = Readonly<Record<string, string>>;

/** Rows that are asked for at once: a screen of them or several, and few enough to be there at once. */
export const PAGE_ROWS = 100;

/** Newest first: an order in which no job changes its place, so that pages fit together while jobs go on. */
const NEWEST_FIRST: Query = { orderBy: 'created', order: 'DESC' };

/** What the list asks for. */
export interface ListQuery {
  /** Conditions and order, without paging. */
  readonly query: Query;
  /** Most rows, where the filter says so. */
  readonly limit: number | null;
}

/** The list of a filter's parameters: newest first unless the filter has an order. */
export function listQueryOf(compiled: Query): ListQuery {
  const { limit, ...query } = compiled;
  const ordered = query['orderBy'] === undefined ? { ...query, ...NEWEST_FIRST } : query;
  return { query: ordered, limit: limit === undefined ? null : Number(limit) };
}

/** Whether the list runs from the newest job to the oldest. */
export function isNewestFirst({ query }: ListQuery): boolean {
  return query['orderBy'] === 'created' && query['order'] === 'DESC';
}

/** Where a page begins, and what it must not go beyond. */
export interface PagePlace {
  readonly offset: number;
  /** Rows of this page at most. Default: {@link PAGE_ROWS}. */
  readonly rows?: number;
  /** Time of submission of the newest job on the first page; null while that is not known. */
  readonly newest: string | null;
}

/**
 * The parameters of one page. Jobs that come later than the first page would push all others on by their number; pages
 * after the first therefore leave them out.
 */
export function pageQuery(list: ListQuery, { offset, rows = PAGE_ROWS, newest }: PagePlace): Query {
  const left = list.limit === null ? rows : Math.max(0, list.limit - offset);
  const isPinned = newest !== null && isNewestFirst(list) && list.query['created.lte'] === undefined;
  return {
    ...list.query,
    ...(isPinned && { 'created.lte': newest }),
    limit: String(Math.min(rows, left, PAGE_SIZE.max)),
    ...(offset > 0 && { offset: String(offset) }),
  };
}

/** Conditions alone: what the counts are asked with. */
export function conditionsOf({
  orderBy: _orderBy,
  order: _order,
  limit: _limit,
  ...conditions
}: Query): Query {
  return conditions;
}

/** What the numbers on the chips of statuses are asked with; null for a filter that cannot be read. */
export function chipCountsQuery(
  terms: readonly FilterTerm[],
  context: { readonly now: Date; readonly username: string },
): Query | null {
  const parsed = parseFilter(withoutStatuses(terms), context);
  return parsed.ok ? conditionsOf(parsed.value.query) : null;
}

/** The query as it stands behind the question mark; what needs no encoding there is left readable. */
export function renderQuery(query: Query): string {
  return new URLSearchParams(query).toString().replaceAll(/%(3A|2C|2A)/g, (code) => decodeURIComponent(code));
}

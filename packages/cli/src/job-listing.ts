import type { Client } from '@arras/client';
import { PAGE_SIZE } from '@arras/contract';
import type { JobRow } from './job-columns.ts';
import { countStatuses, renderStatusCounts, type StatusCount } from './status-counts.ts';
import type { Terminal } from './terminal.ts';

/** Parameters of the API's listing. */
export type JobQuery = Readonly<Record<string, string>>;

/** A part of a listing. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** What fits a query: the jobs of a page, and how many there are on all of them. */
export interface JobListing {
  readonly rows: readonly JobRow[];
  readonly page: Page;
  readonly counts: readonly StatusCount[];
  /** False: there are so many that only some were counted. */
  readonly isCounted: boolean;
}

/** The jobs of a page. The API's pages have at most 250 rows; a job that moves between them meanwhile is there once. */
export async function readJobs(
  client: Client,
  query: JobQuery,
  { limit, offset }: Page,
): Promise<readonly JobRow[]> {
  const rows = new Map<string, JobRow>();
  for (let read = 0; read < limit || read === 0; ) {
    const asked = Math.min(PAGE_SIZE.max, limit - read);
    const page: JobRow[] = await client.jobs.list({ ...query, limit: asked, offset: offset + read });
    for (const job of page) rows.set(job.id, job);
    read += page.length;
    if (page.length < asked || asked === 0) break;
  }
  return [...rows.values()];
}

/** Adds to the jobs of a page how many there are in all; where the page has them all nothing is asked. */
export async function withCounts(
  client: Client,
  query: JobQuery,
  { rows, page }: Pick<JobListing, 'rows' | 'page'>,
): Promise<JobListing> {
  if (page.offset === 0 && rows.length < page.limit)
    return { rows, page, counts: countStatuses(rows), isCounted: true };
  const { statuses, complete } = await client.jobs.count(conditionsOf(query));
  return { rows, page, counts: statuses, isCounted: complete };
}

/** What of a query chooses jobs; the rest orders and cuts. */
function conditionsOf(query: JobQuery): JobQuery {
  const {
    limit: _limit,
    offset: _offset,
    order: _order,
    orderBy: _orderBy,
    filter: _filter,
    ...rest
  } = query;
  return rest;
}

/** The lines below a table: how many of each status there are, and how to see those that are not shown. */
export function renderListingFooter(
  { rows, page, counts, isCounted }: JobListing,
  terminal: Pick<Terminal, 'unicode'>,
): readonly string[] {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const line = renderStatusCounts(counts, terminal);
  const next = page.offset + rows.length;
  if (page.offset === 0 && next >= total) return [line];
  const shown = rows.length === 0 ? 'None shown' : `Shown: ${page.offset + 1} to ${next}`;
  const all = `${shown} of ${total}${isCounted ? '' : ' or more'}`;
  return [line, next < total || !isCounted ? `${all}; the next: -o ${next}` : all];
}

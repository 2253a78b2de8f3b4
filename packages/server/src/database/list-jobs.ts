import type { JobSearchFieldName, JobSearchTerm } from '@arras/contract';
import { sql } from 'kysely';
import { type Db, PLANNED_EACH_TIME } from './connection.ts';
import { jobSortKey } from './job-columns.ts';
import {
  allParts,
  isByName,
  type ListPart,
  ownParts,
  partsByName,
  recentParts,
  searchesAll,
} from './list-parts.ts';
import type { Viewer } from './systems.ts';
import type { JobRow } from './tables.ts';

/** Which jobs to list, and which part of the list. */
export interface JobListing {
  /** All have to hold. Only visible jobs are listed unless a term says otherwise. */
  readonly terms: readonly JobSearchTerm[];
  readonly orderBy: JobSearchFieldName;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
}

/**
 * One page of the jobs of the user and of those shared with them; admins who search see those of everybody (spec: jobs
 * 4.4). The parts of the list that have an index of their own are cut before they are merged, so that each is read from
 * it in order however many jobs there are; whole rows are read only for the page.
 */
export async function listVisibleJobs(db: Db, viewer: Viewer, listing: JobListing): Promise<JobRow[]> {
  const { terms, orderBy, order, limit } = listing;
  if (!searchesAll(viewer, terms)) return readPage(db, listing, ownParts(viewer.username, terms));
  const isLatestFirst = orderBy === 'lastUpdated' && order === 'desc';
  if (!isLatestFirst || !isByName(terms)) return readPage(db, listing, allParts(terms));
  const recent = await readPage(db, listing, recentParts(terms));
  return recent.length >= limit ? recent : readPage(db, listing, partsByName(terms));
}

async function readPage(db: Db, listing: JobListing, parts: readonly ListPart[]): Promise<JobRow[]> {
  const { key, direction } = jobSortKey(listing.orderBy, listing.order, 'jobs');
  const idDirection = sql.raw(listing.order);
  const selects = parts.map(
    ({ conditions, isSorted }) => sql`
      (select id, key
      from (
        select jobs.id, ${key} as key
        from jobs
        where ${sql.join([...conditions], sql` and `)}
        ${isSorted === true ? FENCE : sql``}
      ) part
      order by key ${direction}, id ${idDirection}
      limit ${listing.limit + listing.offset})`,
  );
  // Which index serves a search depends on its values; the plain list is always the same.
  const planning = listing.terms.length === 0 ? sql`` : sql.raw(PLANNED_EACH_TIME);
  const { rows } = await sql<JobRow>`${planning}
    select jobs.*
    from (
      select id, key
      from (${sql.join(selects, sql` union all `)}) parts
      order by key ${direction}, id ${idDirection}
      limit ${listing.limit}
      offset ${listing.offset}
    ) page
    join jobs on jobs.id = page.id
    order by page.key ${direction}, page.id ${idDirection}`.execute(db);
  return rows;
}

/** Keeps PostgreSQL from reading in the order of the list what is to be found by another index. */
const FENCE = sql`offset 0`;

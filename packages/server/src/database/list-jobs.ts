import type { JobSearchFieldName, JobSearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { namesOf } from '../domain/job-access.ts';
import { type Db, PLANNED_EACH_TIME } from './connection.ts';
import { jobSortKey } from './job-columns.ts';
import { searchConditions } from './job-search.ts';
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

type Condition = RawBuilder<boolean>;

/**
 * One page of the jobs of the user and of those shared with them; admins who search see those of everybody (spec: jobs
 * 4.4). The parts of the list that have an index of their own are cut before they are merged, so that each is read from
 * it in order however many jobs there are; whole rows are read only for the page.
 */
export async function listVisibleJobs(db: Db, viewer: Viewer, listing: JobListing): Promise<JobRow[]> {
  const searchesAll = viewer.isAdmin && listing.terms.length > 0;
  if (!searchesAll) return readPage(db, listing, ownParts(viewer.username, listing.terms));
  const grams = listing.terms.flatMap(nameGrams);
  if (grams.length === 0) return readPage(db, listing, allParts(listing.terms, []));
  if (listing.orderBy === 'lastUpdated' && listing.order === 'desc') {
    // Of open jobs as well: one from before that time may come behind ended ones that are not read here.
    const recentParts = allParts(listing.terms, []).map((part) => [...part, isRecent]);
    const recent = await readPage(db, listing, recentParts);
    if (recent.length >= listing.limit) return recent;
  }
  return readPage(db, listing, allParts(listing.terms, grams));
}

async function readPage(
  db: Db,
  listing: JobListing,
  parts: readonly (readonly Condition[])[],
): Promise<JobRow[]> {
  const { key, direction } = jobSortKey(listing.orderBy, listing.order, 'jobs');
  const idDirection = sql.raw(listing.order);
  const selects = parts.map(
    (conditions) => sql`
      (select jobs.id, ${key} as key
      from jobs
      where ${sql.join([...conditions], sql` and `)}
      order by ${key} ${direction}, jobs.id ${idDirection}
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

/** The conditions of a search, which is about visible jobs unless it says otherwise. */
function askedOf(terms: readonly JobSearchTerm[]): Condition[] {
  return [...searchConditions(terms), ...(terms.some(isAboutVisibility) ? [] : [isVisible])];
}

/** Parts that have no job in common and together are the user's own jobs and those shared with them. */
function ownParts(username: string, terms: readonly JobSearchTerm[]): (readonly Condition[])[] {
  const asked = askedOf(terms);
  const own = sql<boolean>`jobs.owner = ${username}`;
  return [
    [own, isOpen, ...asked],
    [own, hasEnded, ...asked],
    [isShared(username), ...asked],
  ];
}

/** Parts that have no job in common and together are the jobs of everybody; `ended`: conditions on the ended ones. */
function allParts(terms: readonly JobSearchTerm[], ended: readonly Condition[]): (readonly Condition[])[] {
  const asked = askedOf(terms);
  return [[isOpen, ...asked], ...splitByValue(terms).map((part) => [hasEnded, ...ended, ...part, ...asked])];
}

function isAboutVisibility({ field }: JobSearchTerm): boolean {
  return field === 'visible';
}

const isVisible: Condition = sql`jobs.visible`;
/** Jobs that may still change are few, and indexes of their own keep the others' from being written at each change. */
const isOpen: Condition = sql`jobs.end_time is null`;
const hasEnded: Condition = sql`jobs.end_time is not null`;

function isShared(username: string): Condition {
  return sql`(jobs.owner <> ${username} and jobs.id in (
    select job_id
    from job_permissions
    where username in (${sql.join([...namesOf(username)])}) and (can_read or can_write or can_execute)))`;
}

/** Values of one list that are worth a part of their own: each costs an index scan. */
const MAX_PARTS = 20;

/** The fields whose index gives the jobs of one value, but not those of several, in order. */
const SPLIT_FIELDS: readonly JobSearchFieldName[] = ['owner', 'status', 'appId', 'executionSystem'];

/** One part for each value of the first list that is short enough; one part for all when there is none. */
function splitByValue(terms: readonly JobSearchTerm[]): (readonly Condition[])[] {
  for (const term of terms) {
    if (term.type !== 'text' || term.operator !== 'IN' || !SPLIT_FIELDS.includes(term.field)) continue;
    const values = [...new Set(term.values.map((value) => value.toLowerCase()))];
    if (values.length > MAX_PARTS) continue;
    return values.map((value) => searchConditions([{ ...term, operator: 'EQ', values: [value] }]));
  }
  return [[]];
}

/** Jobs among which a common part of a name is sure to be found often enough: reading them takes some 15 ms. */
const RECENT_JOBS = 50_000;

/**
 * A part of a name may be common or rare. The index of names' parts finds what is rare, but would have to sort all
 * that is common; the order of the list gives a page of what is common, but would be read to its end for what is rare.
 */
const isRecent: Condition = sql`jobs.last_updated >= coalesce(
  (select last_updated
  from jobs
  where end_time is not null
  order by last_updated desc, id desc
  offset ${sql.lit(RECENT_JOBS)}
  limit 1), '-infinity')`;

/** What the index of names' parts can tell of a pattern that does not fix how the name begins. */
function nameGrams(term: JobSearchTerm): Condition[] {
  if (term.type !== 'text' || term.field !== 'name' || term.operator !== 'LIKE') return [];
  const [start, ...parts] = (term.values[0] ?? '').split('*');
  if (start !== '') return [];
  return parts
    .filter((part) => part.length >= 3)
    .map((part) => sql<boolean>`name_grams(jobs.name) @> name_grams(${part}::text)`);
}

import type { JobSearchFieldName, JobSearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { namesOf } from '../domain/job-access.ts';
import { TERMINAL_STATUSES } from '../domain/lifecycle.ts';
import { searchConditions } from './job-search.ts';
import type { Viewer } from './systems.ts';

type Condition = RawBuilder<boolean>;

/** A part of a list of jobs: those that meet all conditions. */
export interface ListPart {
  readonly conditions: readonly Condition[];
  /** Found by an index other than that of the order, and sorted then. */
  readonly isSorted?: true;
}

/** The conditions of a search, which is about visible jobs unless it says otherwise. */
function askedOf(terms: readonly JobSearchTerm[]): Condition[] {
  return [...searchConditions(terms), ...(terms.some(isAboutVisibility) ? [] : [isVisible])];
}

/** Whether a listing is of the jobs of everybody: administrators who search see them (spec: jobs 4.4). */
export function searchesAll({ isAdmin }: Pick<Viewer, 'isAdmin'>, terms: readonly JobSearchTerm[]): boolean {
  return isAdmin && terms.length > 0;
}

/** Parts that have no job in common and together are the user's own jobs and those shared with them. */
export function ownParts(username: string, terms: readonly JobSearchTerm[]): ListPart[] {
  const own = sql<boolean>`jobs.owner = ${username}`;
  return [
    { conditions: [own, isOpen, ...askedOf(terms)] },
    ...splitOpenStatuses(terms).map((part) => ({
      conditions: [
        own,
        hasEnded,
        ...part.conditions,
        ...part.terms.flatMap(impliedBy),
        ...askedOf(part.terms),
      ],
    })),
    { conditions: [isShared(username), ...askedOf(terms)] },
  ];
}

/**
 * Sets apart the statuses that ended jobs do not have: the index of statuses tells before anything else is read that
 * there are none, where the owner's jobs would be read to their end.
 */
function splitOpenStatuses(
  terms: readonly JobSearchTerm[],
): (ListPart & { readonly terms: readonly JobSearchTerm[] })[] {
  const index = terms.findIndex(
    ({ field, operator }) => field === 'status' && (operator === 'EQ' || operator === 'IN'),
  );
  const term = terms[index];
  if (term?.type !== 'text') return [{ terms, conditions: [] }];
  const final = new Set<string>(TERMINAL_STATUSES);
  const open = term.values.filter((value) => !final.has(value));
  const ended = term.values.filter((value) => final.has(value));
  const only = (values: readonly string[]) => terms.with(index, { ...term, operator: 'IN', values });
  return [
    ...(open.length === 0 ? [] : [{ terms: only(open), conditions: [existEnded(open)] }]),
    ...(ended.length === 0 ? [] : [{ terms: only(ended), conditions: [] }]),
  ];
}

function existEnded(statuses: readonly string[]): Condition {
  return sql`exists (
    select from jobs where end_time is not null and status in (${sql.join([...statuses])}))`;
}

/** Parts that have no job in common and together are the jobs of everybody. */
export function allParts(terms: readonly JobSearchTerm[]): ListPart[] {
  const asked = askedOf(terms);
  const ended = [hasEnded, ...terms.flatMap(impliedBy), ...asked];
  return [
    { conditions: [isOpen, ...asked] },
    ...splitByValue(terms).map((value) => ({ conditions: [...value, ...ended] })),
  ];
}

/**
 * As {@link allParts}, with only the jobs that were changed last, in whose order a common name fills the page soon.
 * Of open jobs as well: one from before that time may come behind ended ones that are not read here.
 */
export function recentParts(terms: readonly JobSearchTerm[]): ListPart[] {
  return allParts(terms).map(({ conditions }) => ({ conditions: [...conditions, isRecent] }));
}

/** As {@link allParts}, for names that are rare: an index finds them all, and the order is made from them. */
export function partsByName(terms: readonly JobSearchTerm[]): ListPart[] {
  const grams = terms.flatMap(nameGrams);
  return [
    { conditions: [isOpen, ...askedOf(terms)] },
    { conditions: [hasEnded, ...grams, ...askedOf(terms)], isSorted: true },
  ];
}

/** Whether the search fixes so much of the name that an index can find it. */
export function isByName(terms: readonly JobSearchTerm[]): boolean {
  return terms.some((term) => isNamePattern(term) && (nameGrams(term).length > 0 || hasNameStart(term)));
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

/**
 * Jobs among which what is common is sure to be found often enough: reading them takes some 6 ms. A part of a name may
 * be common or rare, and no statistics tell: the index of names finds what is rare, but would have to sort all that is
 * common; the order of the list soon gives a page of what is common, but would be read to its end for what is rare.
 */
const RECENT_JOBS = 20_000;

const isRecent: Condition = sql`jobs.last_updated >= coalesce(
  (select last_updated
  from jobs
  where end_time is not null
  order by last_updated desc, id desc
  offset ${sql.lit(RECENT_JOBS)}
  limit 1), '-infinity')`;

type NamePattern = Extract<JobSearchTerm, { readonly type: 'text' }>;

function isNamePattern(term: JobSearchTerm): term is NamePattern {
  return term.type === 'text' && term.field === 'name' && term.operator === 'LIKE';
}

/** One character chooses too little. */
function hasNameStart({ values }: NamePattern): boolean {
  return /^[^*]{2}/.test(values[0] ?? '');
}

/** What the index of names' parts can tell of a pattern that does not fix how the name begins. */
function nameGrams(term: JobSearchTerm): Condition[] {
  if (!isNamePattern(term) || hasNameStart(term)) return [];
  return (term.values[0] ?? '')
    .split('*')
    .filter((part) => part.length >= 3)
    .map((part) => sql<boolean>`name_grams(jobs.name) @> name_grams(${part}::text)`);
}

/** Far more than the clock of a database is ever set back. */
const CLOCK_SLACK_MS = 86_400_000;

/**
 * Nothing is changed before it was submitted: who asks for jobs that were submitted since some time reads the list in
 * its order no further than to that time, although the jobs since then may all be open or of others.
 */
function impliedBy(term: JobSearchTerm): Condition[] {
  const [first] = term.type === 'date' && term.field === 'created' ? term.values : [];
  if (term.type !== 'date' || first === undefined || !SINCE.has(term.operator)) return [];
  const since = new Date(first.from.getTime() - CLOCK_SLACK_MS);
  return [sql<boolean>`jobs.last_updated >= ${since.toISOString()}::timestamptz`];
}

const SINCE: ReadonlySet<string> = new Set(['EQ', 'GT', 'GTE', 'AFTER', 'ON', 'BETWEEN']);

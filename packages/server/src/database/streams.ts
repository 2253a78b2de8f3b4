import type { JobId, JobSearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { MONITORED_STATUSES } from '../domain/lifecycle.ts';
import type { Db } from './connection.ts';
import { cursorBefore, type FeedCursor } from './feed.ts';
import { searchConditions } from './job-search.ts';

/**
 * Whether a reader of the feed can go on from a place: not when it lies ahead of everything that any reader can have
 * been told (a dump was restored), nor when what comes next is older than streams reach back.
 */
export async function judgePosition(
  db: Db,
  after: FeedCursor,
  retentionMs: number,
): Promise<'good' | 'ahead' | 'expired'> {
  const { rows } = await sql<{ ahead: boolean; expired: boolean | null }>`
    select feed_horizon() < ${after.position} as ahead,
      (select e.created_at < clock_timestamp() - ${retentionMs} * interval '1 millisecond'
       from job_events e
       where (e.feed_position, e.job_id, e.seq) > (${after.position}, ${after.jobId}, ${after.seq})
       order by e.feed_position, e.job_id, e.seq
       limit 1) as expired`.execute(db);
  if (rows[0]?.ahead === true) return 'ahead';
  return rows[0]?.expired === true ? 'expired' : 'good';
}

/** The place in the feed that everything committed before the call is behind, as far as nothing holds up the feed. */
export async function readPresent(db: Db): Promise<FeedCursor> {
  const { rows } = await sql<{ horizon: number }>`select feed_horizon() as horizon`.execute(db);
  return cursorBefore(rows[0]?.horizon ?? 0);
}

/** Sequence numbers of the events that told of the deletion of these jobs; jobs that are not deleted are absent. */
export async function findDeletions(db: Db, ids: readonly JobId[]): Promise<ReadonlyMap<JobId, number>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ job_id: JobId; seq: number }>`
    select job_id, min(seq) as seq
    from job_events
    where job_id = any(${[...ids]}::text[]) and name = 'DELETED'
    group by job_id`.execute(db);
  return new Map(rows.map(({ job_id, seq }) => [job_id, seq]));
}

/** Jobs whose status comes from one of these systems. */
export async function listJobsSeenThrough(db: Db, systemIds: readonly string[]): Promise<readonly JobId[]> {
  if (systemIds.length === 0) return [];
  const rows = await db
    .selectFrom('jobs')
    .select('id')
    .where('execution_system', 'in', [...systemIds])
    .where('status', 'in', [...MONITORED_STATUSES])
    .where('visible', '=', true)
    .execute();
  return rows.map(({ id }) => id);
}

/** A condition over `e` (job_events) and `j` (jobs). */
export type StreamCondition = RawBuilder<boolean>;

/**
 * What a search asks of events: of their jobs, and of the status that each event came with, not that of now. Tried on
 * some event, so that a regular expression that the database cannot run fails here and not while streams are open.
 */
export async function compileStreamSearch(db: Db, terms: readonly JobSearchTerm[]): Promise<StreamCondition> {
  const conditions = searchConditions(terms, { table: 'j', columns: { status: sql`e.status` } });
  await tryConditions(db, conditions);
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}

/** Each in the list of columns: `and` would not run them all. */
async function tryConditions(db: Db, conditions: readonly RawBuilder<boolean>[]): Promise<void> {
  if (conditions.length === 0) return;
  await sql`
    select ${sql.join([...conditions])}
    from (select * from jobs limit 1) j
    join lateral (select * from job_events where job_id = j.id limit 1) e on true`.execute(db);
}

/** The conditions of a search over `e` and `j`: a stream tells the status that an event came with, not that of now. */
export function streamConditions(terms: readonly JobSearchTerm[]): RawBuilder<boolean>[] {
  return searchConditions(terms, { table: 'j', columns: { status: sql`e.status` } });
}

/** All of some conditions; true for none. */
export function allOf(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return conditions.length === 0
    ? sql<boolean>`true`
    : sql<boolean>`(${sql.join([...conditions], sql` and `)})`;
}

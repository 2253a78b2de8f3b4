import type { JobEventId, JobId, JobStatus } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { namesOf } from '../domain/job-access.ts';
import type { Db } from './connection.ts';
import type { TransferRow } from './tables.ts';

/**
 * A place in the feed over all jobs: behind the event with these numbers. Positions order whole transactions, the rest
 * orders the events of one; along one job the order is that of its sequence numbers.
 */
export interface FeedCursor {
  readonly position: number;
  readonly jobId: string;
  readonly seq: number;
}

/** The place before every event at or after a position. */
export function cursorBefore(position: number): FeedCursor {
  return { position, jobId: '', seq: 0 };
}

/** An event as streams need it: with what stays the same about its job. */
export interface FedEvent {
  readonly job_id: JobId;
  readonly seq: number;
  readonly id: JobEventId;
  readonly name: string;
  readonly status: JobStatus;
  readonly description: string | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly data: unknown;
  readonly feed_position: number;
  readonly owner: string;
  readonly job_name: string;
  readonly app_id: string;
  readonly execution_system: string;
  readonly job_created_at: Date;
  readonly visible: boolean;
  /** Who besides the owner may read the job now. */
  readonly readers: readonly string[];
  /** The transfer that the event is about, as far as it is now. */
  readonly transfer: TransferRow | null;
}

/** A job that has events which a reader may not have seen. */
export interface ChangedJob {
  readonly id: JobId;
  readonly owner: string;
  readonly seq: number;
}

/** What one look at the feed shows. */
export interface Pulse {
  /** Every event before this position is there to be read; later ones may still be missing some. */
  readonly horizon: number;
  /** Jobs with events at or after `since`; null: more than can be told one by one. */
  readonly changed: readonly ChangedJob[] | null;
  /** Other processes work on the same database. */
  readonly hasCompany: boolean;
}

/** Jobs named by one pulse; more of them count as "anything". */
const PULSE_JOBS = 5_000;

/**
 * Looks at what has been committed. An event that is not in this snapshot has a position of at least its horizon, so
 * the next look from there finds it.
 */
export async function readPulse(db: Db, replica: string, since: number): Promise<Pulse> {
  const { rows } = await sql<{
    horizon: number;
    has_company: boolean;
    changed: ChangedJob[] | null;
  }>`
    select feed_horizon() as horizon,
      exists (select 1 from replicas where id <> ${replica}) as has_company,
      (select jsonb_agg(c)
       from (
         select e.job_id as id, max(e.seq) as seq, j.owner
         from job_events e
         join jobs j on j.id = e.job_id
         where e.feed_position >= ${since}
         group by e.job_id, j.owner
         limit ${sql.lit(PULSE_JOBS + 1)}
       ) c) as changed`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('expected one row from the look at the feed');
  const changed = row.changed ?? [];
  return {
    horizon: row.horizon,
    hasCompany: row.has_company,
    changed: changed.length > PULSE_JOBS ? null : changed,
  };
}

const fedColumns = sql`e.job_id, e.seq, e.id, e.name, e.status, e.description, e.created_by, e.created_at, e.data,
  e.feed_position, j.owner, j.name as job_name, j.app_id, j.execution_system, j.created_at as job_created_at, j.visible,
  array(select p.username from job_permissions p where p.job_id = e.job_id and p.can_read) as readers,
  (select to_jsonb(t) from transfers t where t.id = e.transfer_id) as transfer`;

type FedRow = Omit<FedEvent, 'transfer'> & { readonly transfer: Record<string, unknown> | null };

function toFedEvent(row: FedRow): FedEvent {
  return { ...row, transfer: row.transfer === null ? null : reviveTransfer(row.transfer) };
}

/** JSON has no times. */
function reviveTransfer(row: Record<string, unknown>): TransferRow {
  const time = (value: unknown) => (typeof value === 'string' ? new Date(value) : null);
  return {
    ...row,
    started_at: time(row.started_at),
    updated_at: time(row.updated_at),
    ended_at: time(row.ended_at),
    stalled_since: time(row.stalled_since),
  } as TransferRow;
}

/**
 * The events after `after` of the feed over all jobs, in its order, as far as nothing before them can still appear.
 * `reached` is where to read on; `isLast` says that there is nothing more below the horizon.
 */
export async function readFeed(
  db: Db,
  after: FeedCursor,
  limit: number,
): Promise<{ readonly events: readonly FedEvent[]; readonly reached: FeedCursor; readonly isLast: boolean }> {
  const { rows } = await sql<FedRow & { readonly horizon: number }>`
    select h.horizon, f.*
    from (select feed_horizon() as horizon) h
    left join lateral (
      select ${fedColumns}
      from job_events e
      join jobs j on j.id = e.job_id
      where (e.feed_position, e.job_id, e.seq) > (${after.position}, ${after.jobId}, ${after.seq})
        and e.feed_position < h.horizon
      order by e.feed_position, e.job_id, e.seq
      limit ${limit}
    ) f on true`.execute(db);
  const events = rows.filter(({ job_id }) => job_id !== null).map(toFedEvent);
  const last = events.at(-1);
  const isLast = events.length < limit;
  const horizon = cursorBefore(rows[0]?.horizon ?? after.position);
  if (!isLast && last !== undefined) return { events, reached: cursorOf(last), isLast };
  return { events, reached: horizon.position > after.position ? horizon : after, isLast };
}

/** The place behind an event. */
export function cursorOf(event: Pick<FedEvent, 'feed_position' | 'job_id' | 'seq'>): FeedCursor {
  return { position: event.feed_position, jobId: event.job_id, seq: event.seq };
}

/** Where a reader of one job stands. */
export interface JobPosition {
  readonly jobId: JobId;
  readonly seq: number;
}

/** The next events of each of these jobs, in order, at most `limit` a job: the lock on a job's row has ordered them. */
export async function readJobEvents(
  db: Db,
  positions: readonly JobPosition[],
  limit: number,
): Promise<readonly FedEvent[]> {
  if (positions.length === 0) return [];
  const { rows } = await sql<FedRow>`
    select f.*
    from unnest(${positions.map(({ jobId }) => jobId)}::text[], ${positions.map(({ seq }) => seq)}::integer[])
      as w (job_id, seq)
    cross join lateral (
      select ${fedColumns}
      from job_events e
      join jobs j on j.id = e.job_id
      where e.job_id = w.job_id and e.seq > w.seq
      order by e.seq
      limit ${limit}
    ) f
    order by f.job_id, f.seq`.execute(db);
  return rows.map(toFedEvent);
}

/** Names an event among those of all jobs. */
export function placeOf({ job_id, seq }: Pick<FedEvent, 'job_id' | 'seq'>): string {
  return `${job_id} ${seq}`;
}

/**
 * Which of these events belong to jobs that meet a condition over `e` (job_events) and `j` (jobs); by {@link placeOf}.
 */
export async function filterEvents(
  db: Db,
  events: readonly Pick<FedEvent, 'job_id' | 'seq'>[],
  condition: RawBuilder<boolean>,
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set();
  const { rows } = await sql<Pick<FedEvent, 'job_id' | 'seq'>>`
    select e.job_id, e.seq
    from unnest(${events.map(({ job_id }) => job_id)}::text[], ${events.map(({ seq }) => seq)}::integer[])
      as w (job_id, seq)
    join job_events e on e.job_id = w.job_id and e.seq = w.seq
    join jobs j on j.id = e.job_id
    where ${condition}`.execute(db);
  return new Set(rows.map(placeOf));
}

/** When the first event behind a place happened; null when there is none yet. */
export async function firstEventAfter(db: Db, after: FeedCursor): Promise<Date | null> {
  const { rows } = await sql<{ created_at: Date }>`
    select created_at
    from job_events
    where (feed_position, job_id, seq) > (${after.position}, ${after.jobId}, ${after.seq})
    order by feed_position, job_id, seq
    limit 1`.execute(db);
  return rows[0]?.created_at ?? null;
}

/** Whether the user may read the event's job: it is theirs, or shared with them or with everybody. */
export function mayRead(event: Pick<FedEvent, 'owner' | 'readers'>, username: string): boolean {
  return event.owner === username || namesOf(username).some((name) => event.readers.includes(name));
}

/**
 * Moves the positions of new events behind those that are there. They come from the numbers of transactions, and a dump
 * that is restored into a new server has events with numbers that the server has yet to reach.
 */
export async function settleFeedEra(db: Db): Promise<void> {
  await sql`
    update feed_era
    set era_offset = era_offset + stored.last - feed_now() + 1
    from (select coalesce(max(feed_position), 0) as last from job_events) stored
    where stored.last > feed_now()`.execute(db);
}

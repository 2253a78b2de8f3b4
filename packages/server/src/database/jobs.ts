import type { JobId, JobStatus } from '@arras/contract';
import { sql, type Updateable } from 'kysely';
import { isMonitored, isTerminal, TERMINAL_STATUSES } from '../domain/lifecycle.ts';
import { type QueuedTask, SWEEP_AFTER_MS } from '../domain/tasks.ts';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import {
  appendedEvents,
  fannedCount,
  fannedDeliveries,
  type MovedJob,
  type NewJobEvent,
  nextFeedPosition,
  rungCount,
  rungTasks,
} from './job-events.ts';
import type { JobRow, JobsTable, NewJob, StopRequest } from './tables.ts';

/** Columns a transition may set besides the status. */
export type JobPatch = Pick<
  Updateable<JobsTable>,
  | 'archiving_attempts'
  | 'absent_count'
  | 'absent_since'
  | 'data_waits'
  | 'end_cause'
  | 'estimated_start'
  | 'exit_code'
  | 'faults'
  | 'interruptions'
  | 'local_id'
  | 'staging_attempts'
  | 'stop_reason'
  | 'stop_requested'
  | 'submit_attempts'
  | 'try_number'
  | 'used_cpu_seconds'
  | 'used_memory_bytes'
  | 'used_seconds'
  | 'waiting_reason'
  | 'work_path'
> & {
  /** Milliseconds for which the accounting is asked what the program used. */
  readonly accountForMs?: number;
};

/** A compare-and-set move of one job with everything that commits together with it. */
export interface JobMove {
  readonly job: Pick<JobRow, 'id' | 'status' | 'epoch' | 'stop_requested'>;
  readonly to: JobStatus;
  readonly events: readonly NewJobEvent[];
  readonly patch: JobPatch;
  readonly tasks: readonly QueuedTask[];
  /** Milliseconds until the sweep looks at the job; null: never. */
  readonly lookAfterMs: number | null;
  /** Milliseconds until the deadline, null to clear it, `keep` to leave it. */
  readonly deadlineMs: number | null | 'keep';
  /** `keep` the lease, `release` it for the next task, or `fence`: take the job away from whoever holds it. */
  readonly lease: 'keep' | 'release' | 'fence';
}

const after = (ms: number) => sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;
const now = sql<Date>`clock_timestamp()`;

/** Times that a status sets when they are not set yet (spec/lifecycle.md section 5); QUEUED overwrites the submit time. */
function timesOf(events: readonly NewJobEvent[]): Record<string, unknown> {
  const passed = new Set(events.map((event) => event.status));
  const terminal = [...passed].some(isTerminal);
  return {
    ...(passed.has('QUEUED') ? { submit_time: now } : {}),
    ...(passed.has('RUNNING') ? { start_time: sql`coalesce(start_time, clock_timestamp())` } : {}),
    ...(passed.has('CLEANING_UP') ? { remote_ended: sql`coalesce(remote_ended, clock_timestamp())` } : {}),
    ...(terminal ? { end_time: sql`coalesce(end_time, clock_timestamp())` } : {}),
  };
}

/**
 * A job is looked at with its system, whose looks are counted there: the count begins when the job comes under watch, and
 * what was counted is the job's own from its end on.
 */
function lookColumns(from: JobStatus, to: JobStatus): Record<string, unknown> {
  if (isMonitored(from) === isMonitored(to)) return {};
  const check = (column: string) =>
    sql`(select ${sql.ref(column)} from system_checks where system_id = jobs.execution_system)`;
  if (isMonitored(to)) {
    return {
      looks_from: sql`coalesce(${check('looks')}, 0)`,
      failed_looks_from: sql`coalesce(${check('failed_looks')}, 0)`,
    };
  }
  const since = (column: string, start: string) => sql`coalesce(${check(column)} - ${sql.ref(start)}, 0)`;
  return {
    remote_status_checks: sql`remote_status_checks + ${since('looks', 'looks_from')}`,
    failed_status_checks: sql`failed_status_checks + ${since('failed_looks', 'failed_looks_from')}`,
    last_status_check: sql`case when ${check('seen_at')} > submit_time then ${check('seen_at')} else last_status_check end`,
    looks_from: null,
    failed_looks_from: null,
  };
}

function patchColumns({ accountForMs, ...patch }: JobPatch): Record<string, unknown> {
  return accountForMs === undefined ? patch : { ...patch, account_until: after(accountForMs) };
}

function leaseColumns(lease: JobMove['lease']): Record<string, unknown> {
  if (lease === 'keep') return {};
  const released = { owner_replica: null, lease_until: now };
  return lease === 'fence' ? { ...released, epoch: sql`epoch + 1` } : released;
}

/**
 * Moves a job, appends its events with gapless sequence numbers and queues its tasks in one statement, or
 * does nothing and returns null when the job is no longer as the caller knew it (status, epoch, stop request).
 */
export async function moveJob(db: Db, move: JobMove): Promise<MovedJob | null> {
  const { job, events } = move;
  const result = await db
    .with('moved', (qb) =>
      qb
        .updateTable('jobs')
        .set({
          // Any progress ends a row of unexpected errors.
          faults: 0,
          ...patchColumns(move.patch),
          ...timesOf(events),
          ...lookColumns(job.status, move.to),
          ...leaseColumns(move.lease),
          status: move.to,
          seq: sql`seq + ${events.length}`,
          feed_position: nextFeedPosition,
          last_message: events.at(-1)?.description ?? sql`last_message`,
          last_updated: now,
          next_at: move.lookAfterMs === null ? null : after(move.lookAfterMs),
          ...(move.deadlineMs === 'keep'
            ? {}
            : { deadline_at: move.deadlineMs === null ? null : after(move.deadlineMs) }),
        })
        .where('id', '=', job.id)
        .where('status', '=', job.status)
        .where('epoch', '=', job.epoch)
        .where(sql<boolean>`stop_requested is not distinct from ${job.stop_requested}`)
        .returningAll(),
    )
    .with('written', (qb) => appendedEvents(qb, events))
    .with('fanned', (qb) => fannedDeliveries(qb))
    .with('rung', () => rungTasks(move.tasks))
    .selectFrom('moved')
    .selectAll('moved')
    .select([fannedCount, rungCount])
    .executeTakeFirst();
  if (result) announceEvents(db, result);
  return result ?? null;
}

/** Tells that a job has new events, and perhaps deliveries. */
export function announceEvents(db: Db, { id, owner, seq, fanned }: MovedJob): void {
  announce(db, { kind: 'events', id, owner, seq });
  if (fanned > 0) announce(db, { kind: 'deliveries' });
}

function announceJob(db: Db, { id, owner }: Pick<JobRow, 'id' | 'owner'>): void {
  announce(db, { kind: 'job', id, owner });
}

/** A new job with everything that commits together with it. */
export interface JobInsertion {
  readonly job: Omit<NewJob, 'next_at' | 'deadline_at'>;
  readonly events: readonly NewJobEvent[];
  readonly tasks: readonly QueuedTask[];
  readonly lookAfterMs: number;
  readonly deadlineMs: number;
}

/** Stores a new job, appends its first events and queues its first tasks, in one statement. */
export async function insertJob(db: Db, insertion: JobInsertion): Promise<MovedJob> {
  const { job, events, tasks } = insertion;
  const inserted = await db
    .with('moved', (qb) =>
      qb
        .insertInto('jobs')
        .values({
          ...job,
          feed_position: sql`feed_now()`,
          next_at: after(insertion.lookAfterMs),
          deadline_at: after(insertion.deadlineMs),
        })
        .returningAll(),
    )
    .with('written', (qb) => appendedEvents(qb, events))
    .with('fanned', (qb) => fannedDeliveries(qb))
    .with('rung', () => rungTasks(tasks))
    .selectFrom('moved')
    .selectAll('moved')
    .select([fannedCount, rungCount])
    .executeTakeFirstOrThrow();
  announceEvents(db, inserted);
  return inserted;
}

/** Appends events to a job whose status they do not change. Returns null when there is no such job. */
export async function appendJobEvents(
  db: Db,
  jobId: JobId,
  events: readonly NewJobEvent[],
): Promise<MovedJob | null> {
  const job = await db
    .with('moved', (qb) =>
      qb
        .updateTable('jobs')
        .set({ seq: sql`seq + ${events.length}`, feed_position: nextFeedPosition, last_updated: now })
        .where('id', '=', jobId)
        .returningAll(),
    )
    .with('written', (qb) => appendedEvents(qb, events))
    .with('fanned', (qb) => fannedDeliveries(qb))
    .selectFrom('moved')
    .selectAll('moved')
    .select(fannedCount)
    .executeTakeFirst();
  if (job) announceEvents(db, job);
  return job ?? null;
}

/** The job, hidden or not; for the engine. Routes use `findVisibleJob` of visible-jobs.ts. */
export async function findJob(db: Db, id: JobId): Promise<JobRow | null> {
  return (await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The jobs with these ids, in no particular order. */
export async function findJobs(db: Db, ids: readonly JobId[]): Promise<JobRow[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('jobs')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
}

/** Hides a job from every listing, or brings it back. Returns false when it was so already. */
export async function setJobVisible(db: Db, id: JobId, visible: boolean): Promise<boolean> {
  const changed = await db
    .updateTable('jobs')
    .set({ visible, last_updated: now })
    .where('id', '=', id)
    .where('visible', '!=', visible)
    .returning(['id', 'owner'])
    .executeTakeFirst();
  if (changed) announceJob(db, changed);
  return changed !== undefined;
}

/**
 * An attempt at moving data was cut short because its process was told to stop: that is no fault of the job, so the
 * interruption that its next beginning counts is taken back before.
 */
export async function forgiveInterruption(db: Db, job: Pick<JobRow, 'id' | 'epoch'>): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ interruptions: sql`interruptions - 1` })
    .where('id', '=', job.id)
    .where('epoch', '=', job.epoch)
    .execute();
}

/** Records that the job is to end; a later, harder request replaces a softer one. Null when the job has ended. */
export async function requestStop(
  db: Db,
  id: JobId,
  request: { readonly to: StopRequest; readonly reason: string },
): Promise<JobRow | null> {
  const job = await db
    .updateTable('jobs')
    .set({
      stop_requested: sql<StopRequest>`case when stop_requested is null or ${request.to} = 'KILLED' then ${request.to} else stop_requested end`,
      stop_reason: sql`case when stop_requested is null or ${request.to} = 'KILLED' then ${request.reason} else stop_reason end`,
      stop_requested_at: sql`coalesce(stop_requested_at, clock_timestamp())`,
      last_message: request.reason,
      last_updated: now,
      // Its system's looks do not see to it that it ends.
      next_at: sql`least(next_at, ${after(SWEEP_AFTER_MS)})`,
    })
    .where('id', '=', id)
    .where('status', 'not in', [...TERMINAL_STATUSES])
    .returningAll()
    .executeTakeFirst();
  if (job) announceJob(db, job);
  return job ?? null;
}

/** Counts one more look that found nothing of a job's program, and tells for how long that has been so. */
export async function recordAbsence(
  db: Db,
  job: Pick<JobRow, 'id' | 'epoch'>,
): Promise<{ readonly count: number; readonly sinceMs: number } | null> {
  const row = await db
    .updateTable('jobs')
    .set({
      absent_count: sql`absent_count + 1`,
      absent_since: sql`coalesce(absent_since, clock_timestamp())`,
    })
    .where('id', '=', job.id)
    .where('epoch', '=', job.epoch)
    .returning([
      'absent_count as count',
      // The database's clock on both sides: replicas' clocks may differ (P28).
      sql<number>`(extract(epoch from clock_timestamp() - absent_since) * 1000)::float8`.as('sinceMs'),
    ])
    .executeTakeFirst();
  return row ?? null;
}

/** Forgets earlier looks that found nothing, because one has found the program. */
export async function clearAbsence(db: Db, job: Pick<JobRow, 'id' | 'epoch'>): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ absent_count: 0, absent_since: null })
    .where('id', '=', job.id)
    .where('epoch', '=', job.epoch)
    .execute();
}

/** Whether the job's deadline has passed by the database's clock. */
export async function hasExpired(db: Db, id: JobId): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .select(sql<boolean>`coalesce(deadline_at <= clock_timestamp(), false)`.as('expired'))
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.expired ?? false;
}

/** Marks the work directory as removed, ends the sweep's interest in the job and gives its lease back. */
export async function markWorkRemoved(db: Db, job: Pick<JobRow, 'id' | 'epoch'>): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ work_removed_at: now, next_at: null, owner_replica: null, lease_until: now })
    .where('id', '=', job.id)
    .where('epoch', '=', job.epoch)
    .execute();
}

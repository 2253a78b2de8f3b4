import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import {
  appendedEvents,
  fannedCount,
  fannedDeliveries,
  type NewJobEvent,
  nextFeedPosition,
} from './job-events.ts';
import { announceEvents } from './jobs.ts';

/** What is known now of a job that waits in its queue. */
export interface KnownWait {
  readonly reason: string | null;
  readonly estimatedStart: Date | null;
}

/** A job whose wait has changed. */
export interface ChangedWait extends KnownWait {
  readonly id: JobId;
  readonly owner: string;
}

/** Stores why jobs wait, for those that still do; one statement, and no event. */
export async function storeWaits(db: Db, waits: readonly ChangedWait[]): Promise<void> {
  if (waits.length === 0) return;
  const records = waits.map(({ id, reason, estimatedStart }) => ({ id, reason, start: estimatedStart }));
  await sql`
    update jobs
    set waiting_reason = w.reason, estimated_start = w.start
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as w (id text, reason text, start timestamptz)
    where jobs.id = w.id and jobs.status = 'QUEUED'`.execute(db);
  for (const { id, owner } of waits) announce(db, { kind: 'job', id, owner });
}

/**
 * Stores why a job waits together with an event that tells it. False when the job does not wait any more or somebody
 * else has stored another reason: then nothing is told.
 */
export async function tellWait(
  db: Db,
  job: { readonly id: JobId; readonly formerReason: string | null },
  wait: KnownWait & { readonly event: NewJobEvent },
): Promise<boolean> {
  const told = await db
    .with('moved', (qb) =>
      qb
        .updateTable('jobs')
        .set({
          waiting_reason: wait.reason,
          estimated_start: wait.estimatedStart,
          last_message: wait.event.description,
          seq: sql`seq + 1`,
          feed_position: nextFeedPosition,
          last_updated: sql`clock_timestamp()`,
        })
        .where('id', '=', job.id)
        .where('status', '=', 'QUEUED')
        .where('stop_requested', 'is', null)
        .where(sql<boolean>`waiting_reason is not distinct from ${job.formerReason}`)
        .returningAll(),
    )
    .with('written', (qb) => appendedEvents(qb, [wait.event]))
    .with('fanned', (qb) => fannedDeliveries(qb))
    .selectFrom('moved')
    .selectAll('moved')
    .select(fannedCount)
    .executeTakeFirst();
  if (told) announceEvents(db, told);
  return told !== undefined;
}

/** Jobs that a wait is measured on: the last ones that left the queue. */
const MEASURED_JOBS = 50;

/** Measures how long the last jobs waited in each of these queues of a system ('' is that of jobs without one). */
export async function measureWaits(db: Db, systemId: string, queues: readonly string[]): Promise<void> {
  if (queues.length === 0) return;
  await sql`
    update system_checks
    set waits = coalesce(waits, '{}') || (
      select jsonb_object_agg(q.queue, jsonb_build_object(
        'count', measured.count, 'shortest', measured.shortest, 'median', measured.median, 'longest', measured.longest))
      from unnest(${[...queues]}::text[]) as q (queue)
      cross join lateral (
        select count(*), min(waited) as shortest, max(waited) as longest,
          percentile_disc(0.5) within group (order by waited) as median
        from (
          select extract(epoch from start_time - submit_time)::float8 as waited
          from jobs
          where execution_system = ${systemId}
            and coalesce(batch_queue, '') = q.queue
            and start_time is not null
            and start_time >= submit_time
          order by start_time desc
          limit ${MEASURED_JOBS}
        ) last_jobs
      ) measured
    )
    where system_id = ${systemId}`.execute(db);
}

import type { DeliveryId, JobEventId, JobStatus, TransferId } from '@arras/contract';
import { type QueryCreator, sql } from 'kysely';
import { MIRRORED_APP_EVENTS, MIRRORED_SYSTEM_EVENTS } from '../domain/mirrored-events.ts';
import type { QueuedTask } from '../domain/tasks.ts';
import { taskSpecs } from './queue.ts';
import type { JobRow, Tables } from './tables.ts';

// Parts of the statements that move, accept and annotate jobs. Each such statement has a part `moved` with the job's
// row as it leaves it; the events, their deliveries and the tasks hang on that row, so all of them commit or none.

/** One event to append; `status` is the job's status once it has happened. */
export interface NewJobEvent {
  readonly id: JobEventId;
  readonly name: string;
  readonly status: JobStatus;
  readonly description: string | null;
  readonly inHistory: boolean;
  readonly transferId: TransferId | null;
  readonly createdBy: string;
  /** What a program inside the job sent with its own event. */
  readonly data?: unknown;
}

/** A job as a statement left it, and how many deliveries its events have caused. */
export type MovedJob = JobRow & { readonly fanned: number };

function eventRecords(events: readonly NewJobEvent[]): string {
  return JSON.stringify(
    events.map((event, index) => ({
      ordinal: index + 1,
      id: event.id,
      name: event.name,
      status: event.status,
      description: event.description,
      in_history: event.inHistory,
      transfer_id: event.transferId,
      created_by: event.createdBy,
      data: event.data ?? null,
    })),
  );
}

/** Events for the row of the statement's part `moved`, numbered up to its `seq`. */
export function appendedEvents(qb: QueryCreator<Tables>, events: readonly NewJobEvent[]) {
  return qb
    .insertInto('job_events')
    .columns([
      'job_id',
      'seq',
      'id',
      'name',
      'status',
      'description',
      'in_history',
      'transfer_id',
      'created_by',
      'data',
      'feed_position',
    ])
    .expression(sql`
      select moved.id, moved.seq - ${events.length}::integer + e.ordinal, e.id, e.name, e.status, e.description,
        e.in_history, e.transfer_id, e.created_by, e.data, moved.feed_position
      from moved, jsonb_to_recordset(${eventRecords(events)}::jsonb) as e (ordinal integer, id text, name text,
        status text, description text, in_history boolean, transfer_id text, created_by text, data jsonb)`)
    .returningAll();
}

/**
 * Where a job's next events stand in the feed over all jobs. A transaction that took its number early and the job's
 * row late would otherwise put them before those of a transaction that came between.
 */
export const nextFeedPosition = sql<number>`greatest(feed_position, feed_now())`;

/** An id of the form that `formatId` of the contract makes, for rows that only the database knows of. */
export const newDeliveryId = sql<DeliveryId>`lpad((extract(epoch from clock_timestamp()) * 1000000)::bigint::text, 18, '0')
  || '-' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 8)
  || '-' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 4) || '-042'`;

/** Room between two events of a lane for replays, which go behind what is there (RELIABILITY P19). */
export const POSITION_STEP = 2 ** 20;

/**
 * One delivery for each subscription that is active now and matches an event of the statement's part `written`: of
 * the job, of its app and execution system under the mirrored names (spec/lifecycle.md 8.3), or of everything. A
 * hidden job tells nobody anything but its deletion. Matching happens here, in the event's own transaction, so what
 * was subscribed to at the commit decides, and nothing can fall between (P15).
 */
export function fannedDeliveries(qb: QueryCreator<Tables>) {
  return qb
    .insertInto('deliveries')
    .columns([
      'subscription_id',
      'lane',
      'position',
      'event_seq',
      'event_id',
      'event_name',
      'event_status',
      'event_description',
      'event_created_at',
      'event_created_by',
      'snapshot',
      'data',
      'delivery_id',
    ])
    .expression(sql`
      select s.id, moved.id, w.seq::bigint * ${sql.lit(POSITION_STEP)}, w.seq, w.id, m.name, w.status, w.description,
        w.created_at, w.created_by, to_jsonb(moved), w.data, ${newDeliveryId}
      from moved
      left join systems on systems.id = moved.execution_system
      cross join written w
      cross join lateral (values
        (moved.id, w.name),
        ('*', w.name),
        (systems.uuid, case when w.name = any(${[...MIRRORED_SYSTEM_EVENTS.keys()]}::text[])
          then ${JSON.stringify(Object.fromEntries(MIRRORED_SYSTEM_EVENTS))}::jsonb ->> w.name end),
        (moved.app_uuid, case when w.name = any(${[...MIRRORED_APP_EVENTS.keys()]}::text[])
          then ${JSON.stringify(Object.fromEntries(MIRRORED_APP_EVENTS))}::jsonb ->> w.name end)
      ) as m (resource, name)
      join subscriptions s on s.associated_uuid = m.resource and s.status = 'ACTIVE' and s.event in (m.name, '*')
      where m.name is not null and (moved.visible or w.name = 'DELETED')`)
    .returning('subscription_id');
}

/** How many deliveries the statement has made. */
export const fannedCount = sql<number>`(select count(*)::integer from fanned)`.as('fanned');

/** Makes sure that the statement's part `rung`, which only has effects, is carried out. */
export const rungCount = sql<number>`(select count(*)::integer from rung)`.as('rung');

/** Queues the tasks if there is a row in the statement's part `moved`. */
export function rungTasks(tasks: readonly QueuedTask[]) {
  return tasks.length === 0
    ? sql<{ id: string }>`(select null::text as id where false)`
    : sql<{
        id: string;
      }>`(select added.id::text as id from moved, graphile_worker.add_jobs(${taskSpecs(tasks)}) as added)`;
}

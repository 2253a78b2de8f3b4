import { sql } from 'kysely';
import type { Db } from './connection.ts';
import { countDeliveries } from './deliveries.ts';
import type { DeliveryStatus } from './subscription-tables.ts';

/** The tasks of one kind in the queue. */
export interface TaskCounts {
  readonly task: string;
  /** That wait for a worker. */
  readonly due: number;
  readonly later: number;
  readonly running: number;
  /** Of all these, that failed before. */
  readonly retries: number;
  /** Seconds; 0: none is due. */
  readonly oldest_due: number;
}

/** That the queue hands out: one that was given up, or replaced while it ran by a process that died, stays for good. */
const isTakeable = sql<boolean>`locked_at is null and attempts < max_attempts`;

/** Counts the queue by kinds of tasks, in the order of their names. */
export async function countTasks(db: Db): Promise<readonly TaskCounts[]> {
  const { rows } = await sql<TaskCounts>`
    select task_identifier as task,
      count(*) filter (where ${isTakeable} and run_at <= clock_timestamp()) as due,
      count(*) filter (where ${isTakeable} and run_at > clock_timestamp()) as later,
      count(*) filter (where locked_at is not null) as running,
      count(*) filter (where last_error is not null and (locked_at is not null or attempts < max_attempts)) as retries,
      greatest(0, coalesce(extract(epoch from clock_timestamp()
        - min(run_at) filter (where ${isTakeable} and run_at <= clock_timestamp())), 0))::float8 as oldest_due
    from graphile_worker.jobs
    group by task_identifier
    order by task_identifier`.execute(db);
  return rows;
}

/** A process with what it has in hand. */
export interface ReplicaCounts {
  readonly id: string;
  readonly roles: string;
  readonly started_at: Date;
  readonly heartbeat_at: Date;
  readonly is_alive: boolean;
  readonly leases: number;
  readonly streams: Readonly<Record<string, number>>;
}

/** The processes that have said that they run; one that is silent for longer than `silentSeconds` is not alive. */
export async function listReplicaCounts(db: Db, silentSeconds: number): Promise<readonly ReplicaCounts[]> {
  const { rows } = await sql<ReplicaCounts>`
    select r.id, r.roles, r.started_at, r.heartbeat_at, r.streams,
      r.heartbeat_at >= clock_timestamp() - ${silentSeconds} * interval '1 second' as is_alive,
      coalesce(held.leases, 0) as leases
    from replicas r
    left join (
      select owner_replica, count(*) as leases
      from jobs
      where end_time is null and lease_until > clock_timestamp()
      group by owner_replica
    ) held on held.owner_replica = r.id
    order by r.started_at, r.id`.execute(db);
  return rows;
}

/** Counts the jobs that have not ended and whose last work failed unexpectedly. */
export async function countFaultyJobs(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('end_time', 'is', null)
    .where('faults', '>', 0)
    .executeTakeFirstOrThrow();
  return count;
}

/** What is to be delivered. */
export interface DeliveryCounts {
  readonly statuses: ReadonlyMap<DeliveryStatus, number>;
  /** Pending ones that were tried before. */
  readonly retries: number;
  /** Seconds since the event of the oldest pending one; 0: there is none. */
  readonly oldestPending: number;
}

/** Counts deliveries. Reads an entry of an index for each there is. */
export async function countDeliveryLoad(db: Db): Promise<DeliveryCounts> {
  const statuses = await countDeliveries(db);
  const { rows } = await sql<{ retries: number; oldest: number }>`
    select count(*) filter (where attempts > 0) as retries,
      greatest(0, coalesce(extract(epoch from clock_timestamp() - min(event_created_at)), 0))::float8 as oldest
    from deliveries
    where status = 'pending'`.execute(db);
  return { statuses, retries: rows[0]?.retries ?? 0, oldestPending: rows[0]?.oldest ?? 0 };
}

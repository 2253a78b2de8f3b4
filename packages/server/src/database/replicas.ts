import { type ColumnType, type Generated, sql } from 'kysely';
import type { Db } from './connection.ts';
import { releaseLooks } from './looks.ts';
import { unlockWorkers } from './queue.ts';

/** The processes that run. */
export interface ReplicasTable {
  id: string;
  host: string;
  process: string;
  roles: string;
  started_at: Generated<Date>;
  heartbeat_at: Generated<Date>;
  worker_ids: Generated<string[]>;
  streams: ColumnType<Readonly<Record<string, number>>, string | undefined, string>;
}

/** A running process as the others see it. */
export interface ReplicaFacts {
  readonly id: string;
  /** Names one kernel and one process id space. */
  readonly host: string;
  /** Process id and start time on that host. */
  readonly process: string;
  readonly roles: string;
  readonly workerIds: readonly string[];
  /** Open streams by kind. */
  readonly streams: Readonly<Record<string, number>>;
}

/** Registers this process or renews its heartbeat. */
export async function beat(db: Db, replica: ReplicaFacts): Promise<void> {
  const { id, host, process, roles, workerIds } = replica;
  const streams = JSON.stringify(replica.streams);
  await db
    .insertInto('replicas')
    .values({ id, host, process, roles, worker_ids: [...workerIds], streams })
    .onConflict((oc) =>
      oc
        .column('id')
        .doUpdateSet({ heartbeat_at: sql`clock_timestamp()`, worker_ids: [...workerIds], streams }),
    )
    .execute();
}

/** Replicas that have said they run on a host. */
export async function listReplicasOn(
  db: Db,
  host: string,
): Promise<{ readonly id: string; readonly process: string }[]> {
  return db.selectFrom('replicas').select(['id', 'process']).where('host', '=', host).execute();
}

/** Replicas without a heartbeat for longer than `seconds`. */
export async function listSilentReplicas(db: Db, seconds: number): Promise<string[]> {
  const rows = await db
    .selectFrom('replicas')
    .select('id')
    .where('heartbeat_at', '<', sql<Date>`clock_timestamp() - ${seconds} * interval '1 second'`)
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Takes everything away from replicas that are gone: their tasks go back to the queue and their leases end.
 * A replica that was only frozen finds its epochs outdated as soon as somebody takes its jobs.
 */
export async function removeReplicas(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const removed = await db
    .deleteFrom('replicas')
    .where('id', 'in', [...ids])
    .returning('worker_ids')
    .execute();
  await unlockWorkers(
    db,
    removed.flatMap((row) => row.worker_ids),
  );
  await releaseLooks(db, ids);
  await db
    .updateTable('jobs')
    .set({ lease_until: sql`clock_timestamp()`, next_at: sql`clock_timestamp()` })
    .where('owner_replica', 'in', [...ids])
    .where('lease_until', '>', sql<Date>`clock_timestamp()`)
    .execute();
}

import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** Registers this process or renews its heartbeat. */
export async function beat(
  db: Db,
  replica: {
    readonly id: string;
    readonly host: string;
    readonly roles: string;
    readonly workerIds: readonly string[];
  },
): Promise<void> {
  await db
    .insertInto('replicas')
    .values({
      id: replica.id,
      host: replica.host,
      roles: replica.roles,
      worker_ids: [...replica.workerIds],
    })
    .onConflict((oc) =>
      oc
        .column('id')
        .doUpdateSet({ heartbeat_at: sql`clock_timestamp()`, worker_ids: [...replica.workerIds] }),
    )
    .execute();
}

/** Removes replicas silent for longer than `silentSeconds` and returns the worker ids they had. */
export async function removeSilentReplicas(db: Db, silentSeconds: number): Promise<string[]> {
  const rows = await db
    .deleteFrom('replicas')
    .where('heartbeat_at', '<', sql<Date>`clock_timestamp() - ${silentSeconds} * interval '1 second'`)
    .returning('worker_ids')
    .execute();
  return rows.flatMap((row) => row.worker_ids);
}

/** Signs a replica off at a clean stop. */
export async function removeReplica(db: Db, id: string): Promise<void> {
  await db.deleteFrom('replicas').where('id', '=', id).execute();
}

/** How many other replicas have been heard within `withinSeconds`. */
export async function countOtherReplicas(db: Db, id: string, withinSeconds: number): Promise<number> {
  const row = await db
    .selectFrom('replicas')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('id', '<>', id)
    .where('heartbeat_at', '>', sql<Date>`clock_timestamp() - ${withinSeconds} * interval '1 second'`)
    .executeTakeFirstOrThrow();
  return row.count;
}

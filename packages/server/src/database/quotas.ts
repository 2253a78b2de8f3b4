import { sql } from 'kysely';
import { ACTIVE_STATUSES } from '../domain/lifecycle.ts';
import type { Db } from './connection.ts';

/** Counts of active jobs that quotas are compared with. */
export interface ActiveCounts {
  readonly system: number;
  readonly systemByOwner: number;
  readonly queue: number;
  readonly queueByOwner: number;
}

/**
 * Counts the active jobs of a system while holding a lock that lets one job at a time be admitted to it, so
 * that racing submissions cannot exceed a quota. Call it in the transaction that admits the job.
 */
export async function countActiveJobs(
  tx: Db,
  scope: { readonly systemId: string; readonly queue: string | null; readonly owner: string },
): Promise<ActiveCounts> {
  await sql`select pg_advisory_xact_lock(hashtextextended('quota:' || ${scope.systemId}, 0))`.execute(tx);
  const { owner, queue } = scope;
  return tx
    .selectFrom('jobs')
    .select([
      sql<number>`count(*)`.as('system'),
      sql<number>`count(*) filter (where owner = ${owner})`.as('systemByOwner'),
      sql<number>`count(*) filter (where batch_queue is not distinct from ${queue})`.as('queue'),
      sql<number>`count(*) filter (where batch_queue is not distinct from ${queue} and owner = ${owner})`.as(
        'queueByOwner',
      ),
    ])
    .where('execution_system', '=', scope.systemId)
    .where('status', 'in', [...ACTIVE_STATUSES])
    .executeTakeFirstOrThrow();
}

/**
 * Jobs that wait for a place on a system, oldest first. A job whose start has failed is left out: it keeps the pace
 * of its retries.
 */
export async function listUntriedJobs(db: Db, systemId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('jobs')
    .select('id')
    .where('execution_system', '=', systemId)
    .where((eb) =>
      eb.or([
        eb('status', '=', 'STAGED'),
        // Without inputs there is nothing to stage: such a job waits where it was accepted.
        eb.and([eb('status', '=', 'PENDING'), sql<boolean>`inputs = '{}'::jsonb`]),
      ]),
    )
    .where('submit_attempts', '=', 0)
    // Says what the statuses imply, so that the index of open jobs serves among a million ended ones.
    .where('end_time', 'is', null)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

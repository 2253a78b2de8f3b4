import type { JobId, JobStatus } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { JobRow } from './tables.ts';

/** Seconds a lease lasts without renewal (RELIABILITY R2). Longer delays takeover; shorter flaps under load. */
export const LEASE_SECONDS = 10;

const leaseEnd = sql<Date>`clock_timestamp() + ${sql.lit(LEASE_SECONDS)} * interval '1 second'`;

/**
 * Takes the job for this replica if it is in one of the statuses and nobody else holds it. Raises the epoch:
 * whoever held it before can write no more.
 */
export async function acquireLease(
  db: Db,
  request: { readonly jobId: JobId; readonly replica: string; readonly statuses: readonly JobStatus[] },
): Promise<JobRow | null> {
  const job = await db
    .updateTable('jobs')
    .set({ owner_replica: request.replica, epoch: sql`epoch + 1`, lease_until: leaseEnd })
    .where('id', '=', request.jobId)
    .where('status', 'in', [...request.statuses])
    .where((eb) =>
      eb.or([
        eb('lease_until', '<', sql<Date>`clock_timestamp()`),
        eb('owner_replica', '=', request.replica),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  return job ?? null;
}

/** Renews all leases of a replica in one statement and returns those that still hold. */
export async function renewLeases(
  db: Db,
  replica: string,
  held: readonly { readonly jobId: JobId; readonly epoch: number }[],
): Promise<ReadonlySet<JobId>> {
  if (held.length === 0) return new Set();
  const { rows } = await sql<{ id: JobId }>`
    update jobs
    set lease_until = ${leaseEnd}
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as held ("jobId" text, epoch bigint)
    where jobs.id = held."jobId"
      and jobs.epoch = held.epoch
      and jobs.owner_replica = ${replica}
    returning jobs.id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Gives a lease back so that the next task can start at once, and sets when the sweep looks again. */
export async function releaseLease(
  db: Db,
  job: Pick<JobRow, 'id' | 'epoch'>,
  change: { readonly lookAfterMs: number; readonly faults?: number; readonly message?: string },
): Promise<void> {
  await db
    .updateTable('jobs')
    .set({
      owner_replica: null,
      lease_until: sql`clock_timestamp()`,
      next_at: sql`clock_timestamp() + ${change.lookAfterMs} * interval '1 millisecond'`,
      ...(change.faults === undefined ? {} : { faults: change.faults }),
      ...(change.message === undefined ? {} : { last_message: change.message }),
    })
    .where('id', '=', job.id)
    .where('epoch', '=', job.epoch)
    .execute();
}

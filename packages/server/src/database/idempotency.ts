import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** Names one repeatable request: a key is the user's own and counts per route (RELIABILITY P2). */
export interface RequestKey {
  readonly username: string;
  readonly route: string;
  readonly key: string;
}

/** What an earlier request with the same key did. */
export interface EarlierRequest {
  readonly requestHash: Buffer;
  readonly jobId: JobId;
}

export async function findEarlierRequest(db: Db, key: RequestKey): Promise<EarlierRequest | null> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'job_id'])
    .where('username', '=', key.username)
    .where('route', '=', key.route)
    .where('key', '=', key.key)
    .executeTakeFirst();
  return row ? { requestHash: row.request_hash, jobId: row.job_id } : null;
}

/**
 * Claims the key for a job in the job's own transaction. A request with the same key that has not committed
 * yet makes this wait for it, at most `lockTimeoutMs`, then fails with PostgreSQL's `lock_not_available`.
 * Returns false when the key is taken.
 */
export async function claimRequestKey(
  tx: Db,
  key: RequestKey,
  request: EarlierRequest,
  lockTimeoutMs: number,
): Promise<boolean> {
  await sql`select set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true)`.execute(tx);
  const row = await tx
    .insertInto('idempotency_keys')
    .values({ ...key, request_hash: request.requestHash, job_id: request.jobId })
    .onConflict((oc) => oc.columns(['username', 'route', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets keys older than `days`, a small batch at a time. */
export async function forgetOldRequestKeys(db: Db, days: number): Promise<void> {
  await sql`
    delete from idempotency_keys
    where ctid in (
      select ctid from idempotency_keys
      where created_at < clock_timestamp() - ${days} * interval '1 day'
      limit 1000
    )`.execute(db);
}

import type { NotificationId } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SubscriptionStatus } from './subscription-tables.ts';
import type { SubscriptionRow } from './tables.ts';

/** Ends a subscription that is active; null when somebody else was first. */
export async function endSubscription(
  db: Db,
  id: NotificationId,
  status: Exclude<SubscriptionStatus, 'ACTIVE'>,
): Promise<SubscriptionRow | null> {
  const row = await db
    .updateTable('subscriptions')
    .set({ status, last_updated: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('status', '=', 'ACTIVE')
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Forgets that an endpoint was failing. */
export async function clearFailing(db: Db, ids: readonly NotificationId[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('subscriptions')
    .set({ failing_since: null })
    .where('id', 'in', [...ids])
    .where('failing_since', 'is not', null)
    .execute();
}

/** Remembers since when an endpoint only fails; returns those that have for longer than `days`. */
export async function markFailing(
  db: Db,
  ids: readonly NotificationId[],
  days: number,
): Promise<NotificationId[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .updateTable('subscriptions')
    .set({ failing_since: sql`coalesce(failing_since, clock_timestamp())` })
    .where('id', 'in', [...ids])
    .where('status', '=', 'ACTIVE')
    .returning([
      'id',
      sql<boolean>`failing_since < clock_timestamp() - ${days} * interval '1 day'`.as('long'),
    ])
    .execute();
  return rows.filter((row) => row.long).map((row) => row.id);
}

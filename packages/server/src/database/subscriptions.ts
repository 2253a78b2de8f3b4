import type { NotificationId } from '@arras/contract';
import { type Insertable, sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SubscriptionStatus, SubscriptionsTable } from './subscription-tables.ts';
import type { Viewer } from './systems.ts';
import type { DeliveryAttemptRow, JobRow, SubscriptionRow } from './tables.ts';

/** A subscription about to be stored. */
export type NewSubscription = Insertable<SubscriptionsTable>;

/** Stores new subscriptions; they match what commits after them, and what follows in their own transaction. */
export async function insertSubscriptions(
  tx: Db,
  subscriptions: readonly NewSubscription[],
): Promise<SubscriptionRow[]> {
  if (subscriptions.length === 0) return [];
  return tx.insertInto('subscriptions').values(subscriptions).returningAll().execute();
}

/** What a user subscribed to on one resource, in the order in which they did; those to everything are not among them. */
export function listOwnSubscriptionsTo(
  db: Db,
  resource: { readonly uuid: string; readonly owner: string },
): Promise<SubscriptionRow[]> {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('associated_uuid', '=', resource.uuid)
    .where('owner', '=', resource.owner)
    .where('visible', '=', true)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** The subscriptions that were stored together with a job. */
export async function listFirstSubscriptions(
  db: Db,
  job: Pick<JobRow, 'id' | 'owner'>,
): Promise<Pick<SubscriptionRow, 'id' | 'event'>[]> {
  return (
    db
      .selectFrom('subscriptions')
      .select(['id', 'event'])
      .where('associated_uuid', '=', job.id)
      .where('owner', '=', job.owner)
      .where('visible', '=', true)
      // Compared there: a Date has no microseconds.
      .where('created_at', '<=', (eb) => eb.selectFrom('jobs').select('created_at').where('id', '=', job.id))
      .orderBy('created_at')
      .orderBy('id')
      .execute()
  );
}

function viewedSubscriptions(db: Db, viewer: Viewer) {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('visible', '=', true)
    .$if(!viewer.isAdmin, (qb) => qb.where('owner', '=', viewer.username));
}

/** The subscription unless it was deleted or, for anyone but an admin, is somebody else's. */
export async function findViewedSubscription(
  db: Db,
  viewer: Viewer,
  id: NotificationId,
): Promise<SubscriptionRow | null> {
  return (await viewedSubscriptions(db, viewer).where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Which subscriptions to list; what is undefined does not matter. */
export interface SubscriptionFilter {
  readonly associatedUuid: string | undefined;
  readonly event: string | undefined;
  readonly url: string | undefined;
  readonly owner: string | undefined;
  readonly status: SubscriptionStatus | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** One page of the subscriptions that the viewer may see, newest first. */
export async function listViewedSubscriptions(
  db: Db,
  viewer: Viewer,
  filter: SubscriptionFilter,
): Promise<SubscriptionRow[]> {
  const { associatedUuid, event, url, owner, status } = filter;
  return viewedSubscriptions(db, viewer)
    .$if(associatedUuid !== undefined, (qb) => qb.where('associated_uuid', '=', associatedUuid ?? ''))
    .$if(event !== undefined, (qb) => qb.where('event', '=', event ?? ''))
    .$if(url !== undefined, (qb) => qb.where('url', '=', url ?? ''))
    .$if(owner !== undefined, (qb) => qb.where('owner', '=', owner ?? ''))
    .$if(status !== undefined, (qb) => qb.where('status', '=', status ?? 'ACTIVE'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .offset(filter.offset)
    .execute();
}

/** Columns that a change of a subscription sets. */
export type SubscriptionPatch = Partial<
  Pick<
    NewSubscription,
    | 'associated_uuid'
    | 'resource_kind'
    | 'event'
    | 'url'
    | 'credentials'
    | 'channel'
    | 'persistent'
    | 'policy'
  >
>;

/**
 * Changes a subscription and makes it active. Null when it can no longer be changed: only what is active, or
 * persistent and not inactive, can (spec: notifications 3).
 */
export async function updateSubscription(
  tx: Db,
  id: NotificationId,
  patch: SubscriptionPatch,
): Promise<SubscriptionRow | null> {
  const row = await tx
    .updateTable('subscriptions')
    .set({ ...patch, status: 'ACTIVE', last_updated: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('visible', '=', true)
    .where((eb) =>
      eb.or([
        eb('status', '=', 'ACTIVE'),
        eb.and([eb('persistent', '=', true), eb('status', '<>', 'INACTIVE')]),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** What waits goes to the subscription's new address, although the old one may have been tried. */
export async function redirectPending(tx: Db, id: NotificationId): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ target: null })
    .where('subscription_id', '=', id)
    .where('status', '=', 'pending')
    .where('target', 'is not', null)
    .execute();
}

/** Makes a new signing secret the first; the former one goes on signing for `hours`. Null when the subscription is over. */
export async function replaceSecret(
  tx: Db,
  id: NotificationId,
  change: { readonly sealed: string; readonly hours: number },
): Promise<SubscriptionRow | null> {
  const row = await tx
    .updateTable('subscriptions')
    .set({
      previous_secret: sql`secret`,
      previous_secret_until: sql`clock_timestamp() + ${change.hours} * interval '1 hour'`,
      secret: change.sealed,
      last_updated: sql`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('visible', '=', true)
    .where('status', '<>', 'INACTIVE')
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Ends and hides a subscription; null when that has been done. Its secrets are forgotten. */
export async function hideSubscription(tx: Db, id: NotificationId): Promise<SubscriptionRow | null> {
  const row = await tx
    .updateTable('subscriptions')
    .set({
      status: 'INACTIVE',
      visible: false,
      credentials: null,
      secret: null,
      previous_secret: null,
      last_updated: sql`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('visible', '=', true)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The oldest failed attempt of each subscription that has one stored. */
export async function findFirstFailures(
  db: Db,
  ids: readonly NotificationId[],
): Promise<ReadonlyMap<NotificationId, DeliveryAttemptRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<DeliveryAttemptRow>`
    select a.*
    from unnest(${[...ids]}::text[]) as wanted (id)
    cross join lateral (
      select * from delivery_attempts
      where subscription_id = wanted.id and outcome <> 'delivered' and visible
      order by started_at
      limit 1
    ) as a`.execute(db);
  return new Map(rows.map((row) => [row.subscription_id, row]));
}

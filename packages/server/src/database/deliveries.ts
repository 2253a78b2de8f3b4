import type { AttemptError, DeliveryId, NotificationId } from '@arras/contract';
import { sql } from 'kysely';
import type { MailText } from '../domain/mail-text.ts';
import type { Db } from './connection.ts';
import type { AttemptCause, DeliveryStatus } from './subscription-tables.ts';

/** What every attempt of a delivery sends, and where. */
export interface DeliveryContent {
  readonly delivery_id: DeliveryId;
  readonly target: string;
  /** Base64. */
  readonly body: string;
  readonly mail: MailText | null;
}

/**
 * Keeps what is about to be sent for the first time, before it is: whoever repeats the attempt after a crash sends the
 * same bytes to the same place (P17).
 */
export async function storeContents(db: Db, contents: readonly DeliveryContent[]): Promise<void> {
  if (contents.length === 0) return;
  await sql`
    update deliveries d
    set target = coalesce(d.target, c.target),
      body = coalesce(d.body, decode(c.body, 'base64')),
      mail = coalesce(d.mail, c.mail)
    from jsonb_to_recordset(${JSON.stringify(contents)}::jsonb)
      as c (delivery_id text, target text, body text, mail jsonb)
    where d.delivery_id = c.delivery_id`.execute(db);
}

/** What became of one claimed delivery. */
export interface SettledDelivery {
  readonly delivery_id: DeliveryId;
  readonly subscription_id: NotificationId;
  readonly lane: string;
  readonly position: number;
  readonly status: DeliveryStatus;
  /** Milliseconds until the next attempt, when it stays pending. */
  readonly next_ms: number;
  /** Without secrets. */
  readonly target: string;
  /** The attempt that led to it. */
  readonly attempt: {
    readonly id: DeliveryId;
    readonly event_id: string;
    readonly event_name: string;
    readonly associated_uuid: string;
    readonly number: number;
    readonly cause: AttemptCause;
    readonly outcome: string;
    readonly code: number;
    readonly message: string;
    readonly error_class: AttemptError | null;
    readonly request_head: string | null;
    readonly response_head: string | null;
    readonly response_body: string | null;
    readonly response_cut: boolean;
    readonly started_at: Date;
    readonly ended_at: Date;
  };
}

/**
 * Writes down outcomes and their attempts together, in one statement, and makes the next delivery of each lane due.
 * A row that another replica has taken over meanwhile keeps what that one makes of it; the attempt is recorded all the
 * same, because it was made. Returns the ids of the deliveries that were still this replica's.
 */
export async function settleDeliveries(
  db: Db,
  replica: string,
  settled: readonly SettledDelivery[],
): Promise<ReadonlySet<DeliveryId>> {
  const records = JSON.stringify(settled.map(({ attempt, ...delivery }) => ({ ...attempt, ...delivery })));
  const { rows } = await sql<{ delivery_id: DeliveryId }>`
    with settled as (
      select *
      from jsonb_to_recordset(${records}::jsonb) as s (delivery_id text, subscription_id text, lane text, position bigint, status text,
        next_ms double precision, target text, id text, event_id text, event_name text, associated_uuid text,
        number integer, cause text, outcome text, code integer, message text, error_class text, request_head text,
        response_head text, response_body text, response_cut boolean, started_at timestamptz, ended_at timestamptz)
    ), attempted as (
      insert into delivery_attempts (id, subscription_id, lane, position, event_id, event_name, associated_uuid,
        number, cause, target, outcome, code, message, error_class, request_head, response_head, response_body,
        response_cut, started_at, ended_at)
      select id, subscription_id, lane, position, event_id, event_name, associated_uuid, number, cause, target,
        outcome, code, message, error_class, request_head, response_head, response_body, response_cut, started_at,
        ended_at
      from settled
    ), next_in_lane as (
      update deliveries d
      set next_at = clock_timestamp()
      from settled s
      cross join lateral (
        select delivery_id
        from deliveries
        where subscription_id = s.subscription_id
          and lane = s.lane
          and status = 'pending'
          and position > s.position
        order by position
        limit 1
      ) as following
      where s.status <> 'pending'
        and d.delivery_id = following.delivery_id
        and d.next_at > clock_timestamp()
    )
    update deliveries d
    set status = s.status,
      attempts = s.number,
      next_at = clock_timestamp() + s.next_ms * interval '1 millisecond',
      lease_until = clock_timestamp(),
      owner_replica = null,
      settled_at = case when s.status = 'pending' then null else clock_timestamp() end
    from settled s
    where d.delivery_id = s.delivery_id
      and d.owner_replica = ${replica}
      and d.status = 'pending'
    returning d.delivery_id`.execute(db);
  return new Set(rows.map((row) => row.delivery_id));
}

/** Gives claimed deliveries back without an attempt. */
export async function releaseDeliveries(
  db: Db,
  replica: string,
  deliveryIds: readonly DeliveryId[],
): Promise<void> {
  if (deliveryIds.length === 0) return;
  await db
    .updateTable('deliveries')
    .set({ owner_replica: null, lease_until: sql`clock_timestamp()` })
    .where('delivery_id', 'in', [...deliveryIds])
    .where('owner_replica', '=', replica)
    .execute();
}

/** Ends the leases of replicas that died: what they had begun is attempted again, with the same ids and bytes. */
export async function releaseDeliveriesOf(db: Db, replicas: readonly string[]): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ owner_replica: null, lease_until: sql`clock_timestamp()` })
    .where('owner_replica', 'in', [...replicas])
    .where('status', '=', 'pending')
    .execute();
}

/**
 * Ends all pending deliveries of a subscription that is over; they count as cancelled in the invariant of P15. Those
 * that somebody asked to be made again stay unless the subscription is `gone` altogether.
 */
export async function cancelDeliveries(
  db: Db,
  subscriptionId: NotificationId,
  { gone = true }: { readonly gone?: boolean } = {},
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ status: 'cancelled', settled_at: sql`clock_timestamp()`, owner_replica: null })
    .where('subscription_id', '=', subscriptionId)
    .where('status', '=', 'pending')
    .$if(!gone, (qb) => qb.where('replay', '=', false))
    .execute();
}

/** Deliveries by status; their sum is the number of matches (P15). */
export async function countDeliveries(db: Db): Promise<ReadonlyMap<DeliveryStatus, number>> {
  const rows = await db
    .selectFrom('deliveries')
    .select((eb) => ['status' as const, eb.fn.countAll<number>().as('count')])
    .groupBy('status')
    .execute();
  return new Map(rows.map((row) => [row.status, row.count]));
}

/**
 * Counts the rows anew for the planner. The database does so itself once a minute, which is late for a table that has
 * thousands of rows a minute after its first; plans made for an empty table read all of it.
 */
export async function analyzeDeliveries(db: Db): Promise<void> {
  await sql`analyze deliveries`.execute(db);
}

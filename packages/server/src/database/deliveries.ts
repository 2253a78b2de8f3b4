import type { DeliveryId, NotificationId, NotificationPolicy } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type {
  AttemptCause,
  DeliveryRow,
  DeliveryStatus,
  SubscriptionRow,
  SubscriptionStatus,
} from './tables.ts';

/** A delivery that this replica may attempt now, with what its subscription says. */
export interface ClaimedDelivery extends DeliveryRow {
  readonly url: string;
  /** Sealed user info of the URL; see auth/subscription-secrets.ts. */
  readonly credentials: string | null;
  readonly channel: 'webhook' | 'email';
  readonly associated_uuid: string;
  readonly persistent: boolean;
  readonly policy: NotificationPolicy;
  readonly secret: string | null;
  /** Null as soon as it no longer signs. */
  readonly previous_secret: string | null;
  readonly subscription_status: SubscriptionStatus;
  readonly subscription_owner: string;
  readonly failing_since: Date | null;
  readonly resource_kind: SubscriptionRow['resource_kind'];
  /** Sequence numbers of events of the lane that were parked since the last delivered one. */
  readonly missed: readonly number[];
}

/** Longer than an attempt may take (15 s), so that only the lease of a dead or frozen replica runs out. */
const LEASE_SECONDS = 30;

/** Lanes of one subscription looked at in one claim. */
const LANES_A_SUBSCRIPTION = 5;

/**
 * Takes the first pending delivery of each due lane, oldest first. A lane's next delivery is only looked at when the
 * one before is settled, so order holds per subscription and lane (P16); lanes never wait for each other. Several
 * replicas claiming at once skip each other's rows.
 */
export async function claimDeliveries(
  db: Db,
  claim: { readonly replica: string; readonly limit: number; readonly busy: readonly NotificationId[] },
): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`
    with candidates as (
      select d.subscription_id, d.lane, d.position,
        row_number() over (partition by d.subscription_id order by d.next_at) as place
      from (
        select subscription_id, lane, position, next_at
        from deliveries
        where status = 'pending'
          and next_at <= clock_timestamp()
          and lease_until <= clock_timestamp()
          and subscription_id <> all(${[...claim.busy]}::text[])
        order by next_at
        limit ${claim.limit * 10}
      ) d
      where not exists (
        select 1 from deliveries earlier
        where earlier.subscription_id = d.subscription_id
          and earlier.lane = d.lane
          and earlier.status = 'pending'
          and earlier.position < d.position)
    ), due as (
      select d.subscription_id, d.lane, d.position
      from deliveries d
      join candidates c using (subscription_id, lane, position)
      where c.place <= ${sql.lit(LANES_A_SUBSCRIPTION)}
        and d.status = 'pending'
        and d.lease_until <= clock_timestamp()
      limit ${claim.limit}
      for update of d skip locked
    )
    update deliveries d
    set owner_replica = ${claim.replica},
      lease_until = clock_timestamp() + ${sql.lit(LEASE_SECONDS)} * interval '1 second'
    from due, subscriptions s
    where d.subscription_id = due.subscription_id
      and d.lane = due.lane
      and d.position = due.position
      and s.id = d.subscription_id
    returning d.*, s.url, s.credentials, s.channel, s.associated_uuid, s.persistent, s.policy, s.secret, s.owner as subscription_owner, s.failing_since, s.resource_kind,
      s.status as subscription_status,
      case when s.previous_secret_until > clock_timestamp() then s.previous_secret end as previous_secret,
      coalesce((
        select array_agg(p.event_seq order by p.event_seq)
        from deliveries p
        where p.subscription_id = d.subscription_id
          and p.lane = d.lane
          and p.status = 'parked'
          and p.position < d.position
          and p.position > coalesce((
            select max(l.position) from deliveries l
            where l.subscription_id = d.subscription_id
              and l.lane = d.lane
              and l.status = 'delivered'
              and l.position < d.position), -1)), '{}') as missed`.execute(db);
  return rows;
}

/** What became of one claimed delivery. */
export interface SettledDelivery {
  readonly subscription_id: NotificationId;
  readonly lane: string;
  readonly position: number;
  readonly status: DeliveryStatus;
  /** Milliseconds until the next attempt, when it stays pending. */
  readonly next_ms: number;
  readonly target: string;
  /** Base64; kept from the first attempt on, so that every later one sends the same bytes (P17). */
  readonly body: string;
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
    readonly started_at: Date;
    readonly ended_at: Date;
  };
}

/**
 * Writes down outcomes and their attempts together, in one statement. A row that another replica has taken over
 * meanwhile keeps what that one makes of it; the attempt is recorded all the same, because it was made.
 */
export async function settleDeliveries(
  db: Db,
  replica: string,
  settled: readonly SettledDelivery[],
): Promise<void> {
  const rows = JSON.stringify(settled.map(({ attempt, ...delivery }) => ({ ...attempt, ...delivery })));
  await sql`
    with settled as (
      select *
      from jsonb_to_recordset(${rows}::jsonb) as s (subscription_id text, lane text, position bigint, status text,
        next_ms double precision, target text, body text, id text, event_id text, event_name text,
        associated_uuid text, number integer, cause text, outcome text, code integer, message text,
        started_at timestamptz, ended_at timestamptz)
    ), attempted as (
      insert into delivery_attempts (id, subscription_id, lane, position, event_id, event_name, associated_uuid,
        number, cause, target, outcome, code, message, started_at, ended_at)
      select id, subscription_id, lane, position, event_id, event_name, associated_uuid, number, cause, target,
        outcome, code, message, started_at, ended_at
      from settled
    )
    update deliveries d
    set status = s.status,
      attempts = s.number,
      target = s.target,
      body = coalesce(d.body, decode(s.body, 'base64')),
      next_at = clock_timestamp() + s.next_ms * interval '1 millisecond',
      lease_until = clock_timestamp(),
      owner_replica = null,
      settled_at = case when s.status = 'pending' then null else clock_timestamp() end
    from settled s
    where d.subscription_id = s.subscription_id
      and d.lane = s.lane
      and d.position = s.position
      and d.owner_replica = ${replica}
      and d.status = 'pending'`.execute(db);
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

/** Ends all pending deliveries of a subscription that is over; they count as cancelled in the invariant of P15. */
export async function cancelDeliveries(db: Db, subscriptionId: NotificationId): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ status: 'cancelled', settled_at: sql`clock_timestamp()`, owner_replica: null })
    .where('subscription_id', '=', subscriptionId)
    .where('status', '=', 'pending')
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

/** Milliseconds until the next pending delivery is due; null when none is pending. */
export async function nextDeliveryMs(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('deliveries')
    .select(
      sql<number | null>`(extract(epoch from min(next_at) - clock_timestamp()) * 1000)::float8`.as('ms'),
    )
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return row?.ms ?? null;
}

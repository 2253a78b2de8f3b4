import type { NotificationId, NotificationPolicy } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SubscriptionStatus } from './subscription-tables.ts';
import type { DeliveryRow, SubscriptionRow } from './tables.ts';

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

/** What a replica asks for. */
export interface DeliveryClaim {
  readonly replica: string;
  readonly limit: number;
  /** Subscriptions that get nothing now. */
  readonly busy: readonly NotificationId[];
  /** The subscription after which the search begins, so that each has its turn; empty: from the first. */
  readonly after: string;
}

/** Longer than an attempt may take, 15 s and 60 s, so that only the lease of a dead or frozen replica runs out. */
const LEASE_SECONDS = { webhook: 30, email: 90 } as const;

/** Lanes of one subscription that are taken in one claim. */
const LANES_A_SUBSCRIPTION = 5;

/** Due rows of one subscription that a claim looks at. */
const WINDOW = 64;

/** Due rows of one subscription that are put off at once. */
const DEFERRED = 1_000;

/**
 * Seconds for which rows that cannot be first in their lane stay out of a full window. They are due again as soon as
 * the row before them is settled; this is only for the case that two replicas see that at the same time.
 */
const DEFER_SECONDS = 30;

/** The subscriptions that have something pending, with the time at which its first is due; read as it is needed. */
function waitingSubscriptions(after: string) {
  const next = (than: ReturnType<typeof sql>) => sql`
    select d.subscription_id, d.next_at
    from deliveries d
    where d.status = 'pending' and d.subscription_id > ${than}
    order by d.subscription_id, d.next_at
    limit 1`;
  return sql`waiting as (
      (${next(sql`${after}::text`)})
      union all
      select following.subscription_id, following.next_at
      from waiting
      cross join lateral (${next(sql.ref('waiting.subscription_id'))}) as following
    )`;
}

/** Where the lane of a row `d` of deliveries begins. */
const firstPosition = sql`(
  select earlier.position
  from deliveries earlier
  where earlier.subscription_id = d.subscription_id
    and earlier.lane = d.lane
    and earlier.status = 'pending'
  order by earlier.position
  limit 1)`;

/**
 * Takes the first pending delivery of each due lane. A lane's next delivery is only looked at when the one before is
 * settled, so order holds per subscription and lane (P16); lanes never wait for each other. The search goes from
 * subscription to subscription and looks at a few rows of each, so one with a hundred thousand waiting rows costs the
 * others nothing (P20). Several replicas claiming at once skip each other's rows.
 *
 * Rows are named by their place in the table (ctid) between the parts of the statement, which leaves the planner no
 * choice: a plan made while the table was nearly empty is kept, and would be quadratic an hour later.
 */
export async function claimDeliveries(db: Db, claim: DeliveryClaim): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`
    with recursive ${waitingSubscriptions(claim.after)}, candidates as (
      select head.row_id
      from waiting w
      cross join lateral (
        select d.row_id
        from (
          select ctid as row_id, subscription_id, lane, position, lease_until
          from deliveries
          where subscription_id = w.subscription_id
            and status = 'pending'
            and next_at <= statement_timestamp()
          order by next_at
          limit ${sql.lit(WINDOW)}
        ) d
        where d.lease_until <= statement_timestamp()
          and d.position = ${firstPosition}
        limit ${sql.lit(LANES_A_SUBSCRIPTION)}
      ) as head
      where w.next_at <= statement_timestamp()
        and w.subscription_id <> all(${[...claim.busy]}::text[])
      limit ${claim.limit}
    ), due as (
      select ctid as row_id
      from deliveries
      where ctid = any(array(select row_id from candidates))
        and status = 'pending'
        and lease_until <= clock_timestamp()
      for update skip locked
    ), relaxed as (
      -- A claim that a crash of the database forgets is made again: that is no reason to wait for the disk.
      select set_config('synchronous_commit', 'off', true) as setting
    )
    update deliveries d
    set owner_replica = ${claim.replica},
      lease_until = clock_timestamp() + interval '1 second'
        * case s.channel when 'email' then ${sql.lit(LEASE_SECONDS.email)} else ${sql.lit(LEASE_SECONDS.webhook)} end
    from subscriptions s
    where d.ctid = any(array(select due.row_id from due, relaxed))
      and s.id = d.subscription_id
    returning d.*, s.url, s.credentials, s.channel, s.associated_uuid, s.persistent, s.policy, s.secret,
      s.owner as subscription_owner, s.failing_since, s.resource_kind, s.status as subscription_status,
      case when s.previous_secret_until > clock_timestamp() then s.previous_secret end as previous_secret,
      coalesce((
        select array_agg(p.event_seq order by p.event_seq)
        from deliveries p
        where p.subscription_id = d.subscription_id
          and p.lane = d.lane
          and p.status = 'parked'
          and not p.replay
          and p.position < d.position
          and p.position > coalesce((
            select max(l.position) from deliveries l
            where l.subscription_id = d.subscription_id
              and l.lane = d.lane
              and l.status = 'delivered'
              and l.position < d.position), -1)), '{}') as missed`.execute(db);
  return rows;
}

/**
 * Puts off rows that only wait for others of their lane where so many are due that a claim does not see past them:
 * a job with thousands of events must not keep other jobs of the same subscription waiting (P16).
 */
export async function deferFollowers(db: Db): Promise<void> {
  await sql`
    with recursive ${waitingSubscriptions('')}, followers as (
      select d.subscription_id, d.lane, d.position
      from waiting w
      cross join lateral (
        select subscription_id, lane, position
        from deliveries
        where subscription_id = w.subscription_id
          and status = 'pending'
          and next_at <= statement_timestamp()
        order by next_at
        limit ${sql.lit(DEFERRED)}
      ) d
      where w.next_at <= statement_timestamp()
        and exists (
          select 1 from deliveries
          where subscription_id = w.subscription_id
            and status = 'pending'
            and next_at <= statement_timestamp()
          order by next_at
          offset ${sql.lit(WINDOW - 1)}
          limit 1)
        and d.position > ${firstPosition}
    )
    update deliveries d
    set next_at = clock_timestamp() + ${sql.lit(DEFER_SECONDS)} * interval '1 second'
    from followers f
    where d.subscription_id = f.subscription_id
      and d.lane = f.lane
      and d.position = f.position
      and d.status = 'pending'
      and d.next_at <= clock_timestamp()`.execute(db);
}

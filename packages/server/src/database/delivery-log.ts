import type { DeliveryId, NotificationId } from '@arras/contract';
import { type Insertable, sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import { newDeliveryId } from './job-events.ts';
import type { DeliveryAttemptsTable, DeliveryStatus } from './subscription-tables.ts';
import type { Viewer } from './systems.ts';
import type { DeliveryAttemptRow, DeliveryRow } from './tables.ts';

/** A page of a list. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Stores an attempt that was made beside the deliveries that wait. */
export async function insertAttempt(
  db: Db,
  attempt: Insertable<DeliveryAttemptsTable>,
): Promise<DeliveryAttemptRow> {
  return db.insertInto('delivery_attempts').values(attempt).returningAll().executeTakeFirstOrThrow();
}

/** Which attempts of a subscription are listed. */
export interface AttemptPage extends Page {
  readonly onlyFailed: boolean;
  /** Also what each sent, which is most of what there is to read. */
  readonly withContent: boolean;
}

/** One page of a subscription's attempts, newest first. */
export async function listAttempts(
  db: Db,
  id: NotificationId,
  page: AttemptPage,
): Promise<DeliveryAttemptRow[]> {
  const attempts = db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('subscription_id', '=', id)
    .where('visible', '=', true)
    .$if(page.onlyFailed, (qb) => qb.where('outcome', '<>', 'delivered'))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset);
  const rows = await attempts.execute();
  return page.withContent ? addContents(db, rows) : rows;
}

/** Attempts with what their deliveries keep for all of theirs. */
async function addContents(db: Db, attempts: readonly DeliveryAttemptRow[]): Promise<DeliveryAttemptRow[]> {
  const places = attempts.flatMap(({ subscription_id, lane, position }) =>
    position === null ? [] : [{ subscription_id, lane, position }],
  );
  if (places.length === 0) return [...attempts];
  const { rows } = await sql<Pick<DeliveryRow, 'lane' | 'position' | 'body' | 'mail'>>`
    select d.lane, d.position, d.body, d.mail
    from (
      select distinct subscription_id, lane, position
      from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as p (subscription_id text, lane text, position bigint)
    ) p
    join deliveries d using (subscription_id, lane, position)`.execute(db);
  const contents = new Map(rows.map((row) => [`${row.lane} ${row.position}`, row]));
  return attempts.map((attempt) => {
    const content = contents.get(`${attempt.lane} ${attempt.position}`);
    if (content === undefined) return attempt;
    return { ...attempt, request_body: content.body, request_mail: content.mail };
  });
}

/** One attempt of a subscription. */
export async function findAttempt(
  db: Db,
  id: NotificationId,
  attemptId: DeliveryId,
): Promise<DeliveryAttemptRow | null> {
  const row = await db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('id', '=', attemptId)
    .where('subscription_id', '=', id)
    .where('visible', '=', true)
    .executeTakeFirst();
  return row === undefined ? null : ((await addContents(db, [row]))[0] ?? null);
}

/** An attempt of a subscription that the viewer may see. */
export async function findViewedAttempt(
  db: Db,
  viewer: Viewer,
  id: DeliveryId,
): Promise<Pick<DeliveryAttemptRow, 'id' | 'subscription_id'> | null> {
  const row = await db
    .selectFrom('delivery_attempts')
    .innerJoin('subscriptions', 'subscriptions.id', 'delivery_attempts.subscription_id')
    .select(['delivery_attempts.id', 'delivery_attempts.subscription_id'])
    .where('delivery_attempts.id', '=', id)
    .where('delivery_attempts.visible', '=', true)
    .where('subscriptions.visible', '=', true)
    .$if(!viewer.isAdmin, (qb) => qb.where('subscriptions.owner', '=', viewer.username))
    .executeTakeFirst();
  return row ?? null;
}

/** Takes one attempt, or all, out of the list; returns how many. The deliveries stay as they are. */
export async function hideAttempts(
  db: Db,
  id: NotificationId,
  attemptId: DeliveryId | 'all',
): Promise<number> {
  const result = await db
    .updateTable('delivery_attempts')
    .set({ visible: false })
    .where('subscription_id', '=', id)
    .where('visible', '=', true)
    .$if(attemptId !== 'all', (qb) => qb.where('id', '=', attemptId as DeliveryId))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** One page of the events that matched a subscription, newest first. */
export async function listDeliveries(
  db: Db,
  id: NotificationId,
  page: Page & { readonly status: DeliveryStatus | undefined },
): Promise<DeliveryRow[]> {
  const { status } = page;
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('subscription_id', '=', id)
    .$if(status !== undefined, (qb) => qb.where('status', '=', status ?? 'pending'))
    .orderBy('event_created_at', 'desc')
    .orderBy('position', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** Which settled deliveries are to be made again. */
export interface ReplayChoice {
  /** Ids of deliveries or of their events; null: any. */
  readonly ids: readonly string[] | null;
  readonly from: Date | null;
  readonly until: Date | null;
  /** Only what was parked and neither waits nor arrived by an earlier replay. */
  readonly onlyParked: boolean;
}

/** Most deliveries that one request puts in line, so that its transaction stays short. */
const REPLAY_MAX = 10_000;

/**
 * Puts deliveries in line again, with their old contents, each behind everything that waits in its lane (P19). They
 * go where the subscription's URL points now.
 * Returns how many. The lock keeps two replays from taking the same places.
 */
export async function replayDeliveries(tx: Db, id: NotificationId, choice: ReplayChoice): Promise<number> {
  await sql`select 1 from subscriptions where id = ${id} for update`.execute(tx);
  const { ids, from, until } = choice;
  const { rows } = await sql<{ count: number }>`
    with chosen as (
      select d.*
      from deliveries d
      where d.subscription_id = ${id}
        and not d.replay
        and d.status in ('parked', 'delivered')
        and (${ids === null}::boolean or d.delivery_id = any(${ids ?? []}::text[]) or d.event_id = any(${ids ?? []}::text[]))
        and (${from}::timestamptz is null or d.event_created_at >= ${from}::timestamptz)
        and (${until}::timestamptz is null or d.event_created_at < ${until}::timestamptz)
        and (not ${choice.onlyParked}::boolean or (d.status = 'parked' and not exists (
          select 1 from deliveries again
          where again.subscription_id = d.subscription_id
            and again.lane = d.lane
            and again.event_id = d.event_id
            and again.replay
            and again.status in ('pending', 'delivered'))))
      order by d.event_created_at, d.position
      limit ${sql.lit(REPLAY_MAX)}
    ), placed as (
      select chosen.*, last.position + row_number() over (partition by chosen.lane order by chosen.position) as place
      from chosen
      cross join lateral (
        select max(position) as position
        from deliveries
        where subscription_id = ${id} and lane = chosen.lane
      ) as last
    ), replayed as (
      insert into deliveries (subscription_id, lane, position, event_seq, event_id, event_name, event_status,
        event_description, event_created_at, event_created_by, snapshot, data, delivery_id, body, mail, replay)
      select subscription_id, lane, place, event_seq, event_id, event_name, event_status, event_description,
        event_created_at, event_created_by, snapshot, data, ${newDeliveryId}, body, mail, true
      from placed
      returning 1
    )
    select count(*)::integer as count from replayed`.execute(tx);
  const count = rows[0]?.count ?? 0;
  if (count > 0) announce(tx, { kind: 'deliveries' });
  return count;
}

/** Rows deleted by one statement: short enough that nobody waits for its locks. */
const FORGET_BATCH = 5_000;

/**
 * Deletes attempts older than `attemptDays` and settled deliveries older than `deliveryDays`, a batch at a time.
 * Returns whether there may be more.
 */
export async function forgetOldDeliveries(
  db: Db,
  age: { readonly attemptDays: number; readonly deliveryDays: number },
): Promise<boolean> {
  const attempts = await sql`
    delete from delivery_attempts
    where ctid in (
      select ctid from delivery_attempts
      where ended_at < clock_timestamp() - ${age.attemptDays} * interval '1 day'
      limit ${sql.lit(FORGET_BATCH)})`.execute(db);
  const deliveries = await sql`
    delete from deliveries
    where ctid in (
      select ctid from deliveries
      where status <> 'pending' and settled_at < clock_timestamp() - ${age.deliveryDays} * interval '1 day'
      limit ${sql.lit(FORGET_BATCH)})`.execute(db);
  return (attempts.numAffectedRows ?? 0n) + (deliveries.numAffectedRows ?? 0n) > 0n;
}

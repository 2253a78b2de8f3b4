import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import { newDeliveryId, POSITION_STEP } from './job-events.ts';
import type { ResourceEventRow } from './tables.ts';

/** An event of a system, an app or a subscription. */
export interface NewResourceEvent {
  readonly id: string;
  readonly resourceUuid: string;
  readonly name: string;
  readonly description: string | null;
  /** What subscribers are told where not all of them may know the description. Default: the description. */
  readonly toldDescription?: string;
  /** The resource as it is shown, once the event has happened. */
  readonly body: object;
  readonly createdBy: string;
}

/** An event as stored, and how many deliveries it has caused. */
export type InsertedResourceEvent = ResourceEventRow & { readonly fanned: number };

/**
 * Appends an event to those of its resource and matches it with the subscriptions that are active now, all in the
 * transaction of the change that it tells about (P15). The lock numbers events of one resource without gaps, and is
 * held until the commit.
 */
export async function insertResourceEvent(tx: Db, event: NewResourceEvent): Promise<InsertedResourceEvent> {
  const { resourceUuid } = event;
  // In a statement of its own: one that waits for a lock does not see what the holder has committed.
  await sql`select pg_advisory_xact_lock(hashtextextended(${resourceUuid}, 0))`.execute(tx);
  const { rows } = await sql<InsertedResourceEvent>`
    with written as (
      insert into resource_events (resource_uuid, seq, id, name, description, body, created_by)
      select ${resourceUuid}, coalesce(max(seq), 0) + 1, ${event.id}, ${event.name}, ${event.description},
        ${JSON.stringify(event.body)}::jsonb, ${event.createdBy}
      from resource_events
      where resource_uuid = ${resourceUuid}
      returning *
    ), fanned as (
      insert into deliveries (subscription_id, lane, position, event_seq, event_id, event_name, event_description,
        event_created_by, snapshot, delivery_id)
      select s.id, w.resource_uuid, w.seq::bigint * ${sql.lit(POSITION_STEP)}, w.seq, w.id, w.name,
        ${event.toldDescription ?? event.description}::text,
        w.created_by, w.body, ${newDeliveryId}
      from written w
      join subscriptions s
        on s.associated_uuid in (w.resource_uuid, '*')
        and s.status = 'ACTIVE'
        and s.event in (w.name, '*')
      returning subscription_id
    )
    select written.*, (select count(*)::integer from fanned) as fanned
    from written`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('expected the event that was just inserted');
  if (row.fanned > 0) announce(tx, { kind: 'deliveries' });
  return row;
}

/** A page of what happened to a resource, oldest first unless asked otherwise. */
export async function listResourceEvents(
  db: Db,
  uuid: string,
  page: { readonly limit: number; readonly offset: number; readonly order?: 'asc' | 'desc' },
): Promise<ResourceEventRow[]> {
  return db
    .selectFrom('resource_events')
    .selectAll()
    .where('resource_uuid', '=', uuid)
    .orderBy('seq', page.order ?? 'asc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

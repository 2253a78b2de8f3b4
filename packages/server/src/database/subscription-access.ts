import { type RawBuilder, sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SubscriptionRow } from './tables.ts';

// Subscriptions show what happens to a resource, so they end when their owners may not see it any more (S1). What
// waits for them is cancelled. Each function returns the subscriptions that it ended.

/** After a permission on a job was taken away or changed. */
export function endUnreadableOfJob(
  tx: Db,
  job: { readonly id: string; readonly owner: string },
): Promise<SubscriptionRow[]> {
  return endWhere(
    tx,
    sql`s.associated_uuid = ${job.id}
      and s.owner <> ${job.owner}
      and ${isNoAdmin}
      and not exists (
        select 1 from job_permissions p
        where p.job_id = ${job.id} and p.username in (s.owner, 'world') and p.can_read)`,
  );
}

/**
 * After a role on a system was changed, or the system is no longer public. Only its administrators hear of the jobs
 * on it, which are those of all users.
 */
export function endUnseenOfSystem(tx: Db, uuid: string): Promise<SubscriptionRow[]> {
  return endWhere(
    tx,
    sql`s.associated_uuid = ${uuid}
      and ${isNoAdmin}
      and not exists (
        select 1 from systems y
        where y.uuid = ${uuid} and (
          y.owner = s.owner
          or exists (
            select 1 from system_roles r
            where r.system_uuid = y.uuid and r.username = s.owner and r.role in ('ADMIN', 'OWNER'))
          or (s.event <> '*' and s.event not like 'JOB\\_%' and (
            y.is_public
            or exists (select 1 from system_roles r where r.system_uuid = y.uuid and r.username = s.owner)))))`,
  );
}

/**
 * After an app is no longer public, or a permission on it was changed. Only those who may change it hear of the jobs with
 * it, which are those of all users.
 */
export function endUnseenOfApp(
  tx: Db,
  app: { readonly uuid: string; readonly owner: string },
): Promise<SubscriptionRow[]> {
  return endWhere(
    tx,
    sql`s.associated_uuid = ${app.uuid}
      and s.owner <> ${app.owner}
      and ${isNoAdmin}
      and not exists (
        select 1 from apps a
        left join app_permissions p on p.app_uuid = a.uuid and p.username = s.owner
        where a.uuid = ${app.uuid} and (
          p.can_write
          or (s.event <> '*' and s.event not like 'JOB\\_%' and (a.is_public or p.can_read))))`,
  );
}

/** After a user was disabled. */
export function endAllOfUser(tx: Db, username: string): Promise<SubscriptionRow[]> {
  return endWhere(tx, sql`s.owner = ${username}`);
}

/** Those that were found to be of users who may not see their resource any more. */
export function endSubscriptions(tx: Db, ids: readonly string[]): Promise<SubscriptionRow[]> {
  return endWhere(tx, sql`s.id = any(${[...ids]}::text[])`);
}

const isNoAdmin = sql`not exists (select 1 from profiles f where f.username = s.owner and f.is_admin)`;

async function endWhere(tx: Db, condition: RawBuilder<unknown>): Promise<SubscriptionRow[]> {
  const { rows } = await sql<SubscriptionRow>`
    with ended as (
      update subscriptions s
      set status = 'INACTIVE', last_updated = clock_timestamp()
      where s.status = 'ACTIVE' and ${condition}
      returning s.*
    ), cancelled as (
      update deliveries d
      set status = 'cancelled', settled_at = clock_timestamp(), owner_replica = null
      from ended
      where d.subscription_id = ended.id and d.status = 'pending'
    )
    select * from ended`.execute(tx);
  return rows;
}

import type { AppUuid } from '@arras/contract';
import { sql } from 'kysely';
import type { AppAccess } from './apps.ts';
import type { Db } from './connection.ts';
import type { AppPermissionRow } from './tables.ts';

/** The permissions given on an app, by name; the owner's own is not among them. */
export async function listAppPermissions(
  db: Db,
  uuid: AppUuid,
  page: { readonly limit: number; readonly offset: number },
): Promise<AppPermissionRow[]> {
  return db
    .selectFrom('app_permissions')
    .selectAll()
    .where('app_uuid', '=', uuid)
    .orderBy('username')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** The permission of one user; the name counts in any case. */
export async function findAppPermission(
  db: Db,
  uuid: AppUuid,
  username: string,
): Promise<AppPermissionRow | null> {
  const row = await db
    .selectFrom('app_permissions')
    .selectAll()
    .where('app_uuid', '=', uuid)
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .executeTakeFirst();
  return row ?? null;
}

/** Gives a user a permission in the place of the one they had. */
export async function setAppPermission(
  tx: Db,
  uuid: AppUuid,
  grant: AppAccess & { readonly username: string; readonly by: string },
): Promise<void> {
  const { username, by, can_read, can_write, can_execute } = grant;
  const columns = { can_read, can_write, can_execute, granted_by: by };
  await tx
    .insertInto('app_permissions')
    .values({ app_uuid: uuid, username, ...columns })
    .onConflict((oc) =>
      oc.columns(['app_uuid', 'username']).doUpdateSet({ ...columns, granted_at: sql`clock_timestamp()` }),
    )
    .execute();
}

/** Takes the permission of one user, or with null of all, away; returns the names of those who had one. */
export async function removeAppPermissions(
  tx: Db,
  uuid: AppUuid,
  username: string | null,
): Promise<readonly string[]> {
  const rows = await tx
    .deleteFrom('app_permissions')
    .where('app_uuid', '=', uuid)
    .$if(username !== null, (qb) => qb.where(sql`lower(username)`, '=', (username ?? '').toLowerCase()))
    .returning('username')
    .execute();
  return rows.map((row) => row.username);
}

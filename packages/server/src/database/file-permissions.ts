import { WORLD } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import { type FilePlace, keysAbove, placeKey } from './file-place.ts';
import type { FilePermissionRow } from './file-tables.ts';

/** What was granted for a place and, recursively, for directories above it; by name, the nearest place first. */
export async function listFilePermissions(
  db: Db,
  place: FilePlace,
  username: string | null = null,
): Promise<FilePermissionRow[]> {
  const names = username === null ? null : [username, WORLD];
  return db
    .selectFrom('file_permissions')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('place', '=', placeKey(place)),
        eb.and([eb('recursive', '=', true), eb('place', '=', sql<string>`any(${keysAbove(place)}::text[])`)]),
      ]),
    )
    .$if(names !== null, (qb) => qb.where('username', 'in', names ?? []))
    .orderBy('username')
    .orderBy(sql`length(path)`, 'desc')
    .execute();
}

/** All that was granted to a user, by name or as part of everybody, on a system. */
export async function listUserFilePermissions(
  db: Db,
  systemUuid: FilePlace['systemUuid'],
  username: string,
): Promise<FilePermissionRow[]> {
  return db
    .selectFrom('file_permissions')
    .selectAll()
    .where('system_uuid', '=', systemUuid)
    .where('username', 'in', [username, WORLD])
    .execute();
}

/** Grants a user something for a place, instead of what they had there. */
export async function setFilePermission(
  tx: Db,
  place: FilePlace,
  grant: {
    readonly username: string;
    readonly read: boolean;
    readonly write: boolean;
    readonly execute: boolean;
    readonly recursive: boolean;
    readonly by: string;
  },
): Promise<void> {
  const columns = {
    can_read: grant.read,
    can_write: grant.write,
    can_execute: grant.execute,
    recursive: grant.recursive,
    granted_by: grant.by,
  };
  await tx
    .insertInto('file_permissions')
    .values({
      place: placeKey(place),
      system_uuid: place.systemUuid,
      path: place.path,
      username: grant.username,
      ...columns,
    })
    .onConflict((oc) =>
      oc.columns(['place', 'username']).doUpdateSet({ ...columns, granted_at: sql`clock_timestamp()` }),
    )
    .execute();
}

/** Takes away what one user, or with null everybody, has for a place itself; returns the names of those who had something. */
export async function removeFilePermissions(
  tx: Db,
  place: FilePlace,
  username: string | null,
): Promise<readonly string[]> {
  const rows = await tx
    .deleteFrom('file_permissions')
    .where('place', '=', placeKey(place))
    .$if(username !== null, (qb) => qb.where('username', '=', username ?? ''))
    .returning('username')
    .execute();
  return rows.map((row) => row.username);
}

/** Takes away all that was granted for a place and for what is below it: what comes to be there later is something else. */
export async function forgetPermissionsBelow(tx: Db, { systemUuid, path }: FilePlace): Promise<void> {
  await tx
    .deleteFrom('file_permissions')
    .where('system_uuid', '=', systemUuid)
    .where(sql<boolean>`(path = ${path} or starts_with(path, ${path === '/' ? '/' : `${path}/`}))`)
    .execute();
}

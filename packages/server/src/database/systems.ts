import { type Insertable, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { SystemRole, SystemRow, SystemsTable, SystemType, Tables } from './tables.ts';

/** Who is looking; admins see everything. */
export interface Viewer {
  readonly username: string;
  readonly isAdmin: boolean;
}

/** A system as one viewer sees it. `role` is what they may do with it: owners and admins are OWNER. */
export type ViewedSystem = SystemRow & { readonly role: SystemRole; readonly is_default: boolean };

/** Whether a system is a user's default of its type: their own, else the global one. */
export function isDefaultOf(username: string): RawBuilder<boolean> {
  return sql<boolean>`coalesce(
    (select d.system_uuid = systems.uuid from user_default_systems d
      where d.username = ${username} and d.type = systems.type),
    systems.is_global_default)`;
}

/** The systems that a viewer may see. */
export function viewedSystems(db: Db, viewer: Viewer): SelectQueryBuilder<Tables, 'systems', ViewedSystem> {
  const { username, isAdmin } = viewer;
  return db
    .selectFrom('systems')
    .selectAll('systems')
    .select([
      sql<SystemRole>`case
        when ${isAdmin}::boolean or systems.owner = ${username} then 'OWNER'
        else coalesce(
          (select role from system_roles r where r.system_uuid = systems.uuid and r.username = ${username}),
          'USER')
        end`.as('role'),
      isDefaultOf(username).as('is_default'),
    ])
    .where('deleted_at', 'is', null)
    .$if(!isAdmin, (qb) =>
      qb.where((eb) =>
        eb.or([
          eb('systems.owner', '=', username),
          eb('systems.is_public', '=', true),
          eb.exists(
            eb
              .selectFrom('system_roles')
              .select('role')
              .whereRef('system_roles.system_uuid', '=', 'systems.uuid')
              .where('system_roles.username', '=', username),
          ),
        ]),
      ),
    );
}

/** The system if it exists and the viewer may see it. */
export async function findViewedSystem(db: Db, viewer: Viewer, id: string): Promise<ViewedSystem | null> {
  return (await viewedSystems(db, viewer).where('systems.id', '=', id).executeTakeFirst()) ?? null;
}

/** As {@link findViewedSystem}, by the uuid that subscriptions name. */
export async function findViewedSystemByUuid(
  db: Db,
  viewer: Viewer,
  uuid: string,
): Promise<ViewedSystem | null> {
  const row = await viewedSystems(db, viewer)
    .where('systems.uuid', '=', uuid as SystemRow['uuid'])
    .executeTakeFirst();
  return row ?? null;
}

/** The system a job names, deleted or not; for the engine. */
export async function findSystem(db: Db, id: string): Promise<SystemRow | null> {
  return (await db.selectFrom('systems').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The viewer's own default system of a type, else the global one. */
export async function findDefaultSystem(
  db: Db,
  viewer: Viewer,
  type: SystemType,
): Promise<ViewedSystem | null> {
  const system = await viewedSystems(db, viewer)
    .where('systems.type', '=', type)
    .where(isDefaultOf(viewer.username))
    .orderBy('systems.last_modified', 'desc')
    .executeTakeFirst();
  return system ?? null;
}

/** Stores a new system; null when the id is taken, even by a deleted one. */
export async function insertSystem(db: Db, system: Insertable<SystemsTable>): Promise<SystemRow | null> {
  const row = await db
    .insertInto('systems')
    .values(system)
    .onConflict((oc) => oc.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Changes a system that is not deleted and raises its revision. Null when it is gone or not at `ifRevision` any more. */
export async function updateSystem(
  db: Db,
  uuid: SystemRow['uuid'],
  change: {
    readonly definition?: Record<string, unknown>;
    readonly available?: boolean;
    readonly is_public?: boolean;
    readonly trusted?: boolean;
    readonly deleted?: true;
    readonly ifRevision?: number;
  },
): Promise<SystemRow | null> {
  const { ifRevision } = change;
  const row = await db
    .updateTable('systems')
    .set({
      revision: sql`revision + 1`,
      last_modified: sql`clock_timestamp()`,
      ...(change.definition === undefined ? {} : { definition: JSON.stringify(change.definition) }),
      ...(change.available === undefined ? {} : { available: change.available }),
      ...(change.is_public === undefined ? {} : { is_public: change.is_public }),
      ...(change.trusted === undefined ? {} : { trusted: change.trusted }),
      ...(change.deleted ? { deleted_at: sql`clock_timestamp()`, is_global_default: false } : {}),
    })
    .where('uuid', '=', uuid)
    .where('deleted_at', 'is', null)
    .$if(ifRevision !== undefined, (qb) => qb.where('revision', '=', ifRevision ?? 0))
    .returningAll()
    .executeTakeFirst();
  if (row) announce(db, { kind: 'system', id: row.id });
  return row ?? null;
}

/** Makes a system the default of all users, or of nobody. */
export async function setGlobalDefault(db: Db, system: SystemRow, isDefault: boolean): Promise<void> {
  if (isDefault) {
    await db
      .updateTable('systems')
      .set({ is_global_default: false })
      .where('type', '=', system.type)
      .where('is_global_default', '=', true)
      .execute();
  }
  await db
    .updateTable('systems')
    .set({ is_global_default: isDefault, last_modified: sql`clock_timestamp()` })
    .where('uuid', '=', system.uuid)
    .execute();
}

/** Makes a system one user's default for its type, or takes that back. */
export async function setUserDefault(
  db: Db,
  username: string,
  system: SystemRow,
  isDefault: boolean,
): Promise<void> {
  await db
    .deleteFrom('user_default_systems')
    .where('username', '=', username)
    .where('type', '=', system.type)
    .$if(!isDefault, (qb) => qb.where('system_uuid', '=', system.uuid))
    .execute();
  if (!isDefault) return;
  await db
    .insertInto('user_default_systems')
    .values({ username, type: system.type, system_uuid: system.uuid })
    .execute();
}

/** The role given to one user; null when they have none of their own. */
export async function findSystemRole(
  db: Db,
  uuid: SystemRow['uuid'],
  username: string,
): Promise<SystemRole | null> {
  const row = await db
    .selectFrom('system_roles')
    .select('role')
    .where('system_uuid', '=', uuid)
    .where('username', '=', username)
    .executeTakeFirst();
  return row?.role ?? null;
}

export async function listSystemRoles(
  db: Db,
  uuid: SystemRow['uuid'],
): Promise<{ username: string; role: SystemRole }[]> {
  return db
    .selectFrom('system_roles')
    .select(['username', 'role'])
    .where('system_uuid', '=', uuid)
    .orderBy('username')
    .execute();
}

/** Gives a user a role on a system; null takes it away. */
export async function setSystemRole(
  db: Db,
  uuid: SystemRow['uuid'],
  username: string,
  role: SystemRole | null,
): Promise<void> {
  if (role === null) {
    await db
      .deleteFrom('system_roles')
      .where('system_uuid', '=', uuid)
      .where('username', '=', username)
      .execute();
    return;
  }
  await db
    .insertInto('system_roles')
    .values({ system_uuid: uuid, username, role })
    .onConflict((oc) => oc.columns(['system_uuid', 'username']).doUpdateSet({ role }))
    .execute();
}

/** Takes all roles that were given on a system away; returns the names of those who had one. */
export async function removeSystemRoles(tx: Db, uuid: SystemRow['uuid']): Promise<readonly string[]> {
  const rows = await tx
    .deleteFrom('system_roles')
    .where('system_uuid', '=', uuid)
    .returning('username')
    .execute();
  return rows.map((row) => row.username);
}

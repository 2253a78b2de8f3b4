import type { AppUuid } from '@arras/contract';
import { type Insertable, type SelectQueryBuilder, sql } from 'kysely';
import type { Db } from './connection.ts';
import type { Viewer } from './systems.ts';
import type { AppRow, AppsTable, Tables } from './tables.ts';

/** An app with the definition of its current revision. */
export type DefinedApp = AppRow & { readonly definition: Record<string, unknown> };

/** What a viewer may do with an app. */
export interface AppAccess {
  /** See it. */
  readonly can_read: boolean;
  /** Change and share it. */
  readonly can_write: boolean;
  /** Run jobs with it. */
  readonly can_execute: boolean;
}

/** An app with what its viewer may do. */
export type ViewedApp = DefinedApp & AppAccess;

/** Apps with any permission of the viewer: their own, public ones, those shared with them, or all for an admin. */
export function viewedApps(db: Db, viewer: Viewer): SelectQueryBuilder<Tables, 'apps', ViewedApp> {
  const { username, isAdmin } = viewer;
  const isOwn = sql<boolean>`(${isAdmin}::boolean or apps.owner = ${username})`;
  return db
    .selectFrom('apps')
    .innerJoin('app_revisions', (join) =>
      join
        .onRef('app_revisions.app_uuid', '=', 'apps.uuid')
        .onRef('app_revisions.revision', '=', 'apps.revision'),
    )
    .leftJoin('app_permissions', (join) =>
      join.onRef('app_permissions.app_uuid', '=', 'apps.uuid').on('app_permissions.username', '=', username),
    )
    .selectAll('apps')
    .select([
      'app_revisions.definition',
      sql<boolean>`(${isOwn} or apps.is_public or coalesce(app_permissions.can_read, false))`.as('can_read'),
      sql<boolean>`(${isOwn} or coalesce(app_permissions.can_write, false))`.as('can_write'),
      sql<boolean>`(${isOwn} or apps.is_public or coalesce(app_permissions.can_execute, false))`.as(
        'can_execute',
      ),
    ])
    .where('apps.deleted_at', 'is', null)
    .$if(!isAdmin, (qb) =>
      qb.where((eb) =>
        eb.or([
          eb('apps.owner', '=', username),
          eb('apps.is_public', '=', true),
          eb('app_permissions.app_uuid', 'is not', null),
        ]),
      ),
    );
}

/** The app, if it exists and the viewer may do anything with it. */
export async function findViewedApp(db: Db, viewer: Viewer, id: string): Promise<ViewedApp | null> {
  return (await viewedApps(db, viewer).where('apps.id', '=', id).executeTakeFirst()) ?? null;
}

/** As {@link findViewedApp}, by the uuid that subscriptions name. */
export async function findViewedAppByUuid(db: Db, viewer: Viewer, uuid: string): Promise<ViewedApp | null> {
  return (
    (await viewedApps(db, viewer)
      .where('apps.uuid', '=', uuid as AppUuid)
      .executeTakeFirst()) ?? null
  );
}

/** The published revision of an app of this id, even a deleted one. */
export async function findPublication(db: Db, uuid: AppUuid, id: string): Promise<AppRow | null> {
  const row = await db
    .selectFrom('apps')
    .selectAll()
    .where('published_from', '=', uuid)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Makes all published revisions of an app private; returns those that were public. */
export async function unpublishAll(tx: Db, uuid: AppUuid): Promise<AppRow[]> {
  return tx
    .updateTable('apps')
    .set({ is_public: false, last_modified: sql`clock_timestamp()` })
    .where('published_from', '=', uuid)
    .where('is_public', '=', true)
    .where('deleted_at', 'is', null)
    .returningAll()
    .execute();
}

/** Stores a new app with its first revision; null when the id is taken, even by a deleted one. */
export async function insertApp(
  tx: Db,
  app: Insertable<AppsTable>,
  definition: Record<string, unknown>,
): Promise<DefinedApp | null> {
  const row = await tx
    .insertInto('apps')
    .values(app)
    .onConflict((oc) => oc.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  await insertRevision(tx, row, definition, app.owner);
  return { ...row, definition };
}

/** Adds a revision and makes it current. Null when the app was deleted or revised meanwhile. */
export async function reviseApp(
  tx: Db,
  uuid: AppUuid,
  change: {
    readonly definition: Record<string, unknown>;
    readonly executionSystem: string;
    readonly available: boolean;
    readonly by: string;
    /** The revision that the change is based on. */
    readonly ifRevision: number;
  },
): Promise<DefinedApp | null> {
  const row = await tx
    .updateTable('apps')
    .set({
      revision: sql`revision + 1`,
      execution_system: change.executionSystem,
      available: change.available,
      last_modified: sql`clock_timestamp()`,
    })
    .where('uuid', '=', uuid)
    .where('revision', '=', change.ifRevision)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  await insertRevision(tx, row, change.definition, change.by);
  return { ...row, definition: change.definition };
}

async function insertRevision(
  tx: Db,
  app: AppRow,
  definition: Record<string, unknown>,
  by: string,
): Promise<void> {
  await tx
    .insertInto('app_revisions')
    .values({
      app_uuid: app.uuid,
      revision: app.revision,
      definition: JSON.stringify(definition),
      created_by: by,
    })
    .execute();
}

/** Changes what is not part of a revision: availability, visibility, deletion, and of what is deleted the id. */
export async function updateApp(
  db: Db,
  uuid: AppUuid,
  change: {
    readonly available?: boolean;
    readonly is_public?: boolean;
    readonly deleted?: true;
    /** Frees the id that it has. */
    readonly id?: string;
  },
): Promise<AppRow | null> {
  const row = await db
    .updateTable('apps')
    .set({
      last_modified: sql`clock_timestamp()`,
      ...(change.available === undefined ? {} : { available: change.available }),
      ...(change.is_public === undefined ? {} : { is_public: change.is_public }),
      ...(change.id === undefined ? {} : { id: change.id }),
      ...(change.deleted ? { deleted_at: sql`clock_timestamp()` } : {}),
    })
    .where('uuid', '=', uuid)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The definition a job was submitted with; never changes, so callers may keep it. */
export async function getAppRevision(
  db: Db,
  uuid: AppUuid,
  revision: number,
): Promise<Record<string, unknown>> {
  const row = await db
    .selectFrom('app_revisions')
    .select('definition')
    .where('app_uuid', '=', uuid)
    .where('revision', '=', revision)
    .executeTakeFirstOrThrow();
  return row.definition;
}

import type { AppUuid } from '@arras/contract';
import { type Insertable, sql } from 'kysely';
import type { Db } from './connection.ts';
import type { Viewer } from './systems.ts';
import type { AppRow, AppsTable } from './tables.ts';

/** An app with the definition of its current revision. */
export type DefinedApp = AppRow & { readonly definition: Record<string, unknown> };

function definedApps(db: Db) {
  return db
    .selectFrom('apps')
    .innerJoin('app_revisions', (join) =>
      join
        .onRef('app_revisions.app_uuid', '=', 'apps.uuid')
        .onRef('app_revisions.revision', '=', 'apps.revision'),
    )
    .selectAll('apps')
    .select('app_revisions.definition')
    .where('apps.deleted_at', 'is', null);
}

/** Their own, a public one, or any for an admin. */
function viewedApps(db: Db, viewer: Viewer) {
  return definedApps(db).$if(!viewer.isAdmin, (qb) =>
    qb.where((eb) => eb.or([eb('apps.owner', '=', viewer.username), eb('apps.is_public', '=', true)])),
  );
}

/** The app if it exists and the viewer may see it. */
export async function findViewedApp(db: Db, viewer: Viewer, id: string): Promise<DefinedApp | null> {
  return (await viewedApps(db, viewer).where('apps.id', '=', id).executeTakeFirst()) ?? null;
}

/** As {@link findViewedApp}, by the uuid that subscriptions name. */
export async function findViewedAppByUuid(db: Db, viewer: Viewer, uuid: string): Promise<DefinedApp | null> {
  return (
    (await viewedApps(db, viewer)
      .where('apps.uuid', '=', uuid as AppUuid)
      .executeTakeFirst()) ?? null
  );
}

/** Which apps to list and how. */
export interface AppFilter {
  /** Default: both. */
  readonly isPublic?: boolean | undefined;
  /** Default: last modified first. */
  readonly orderBy?: 'id' | 'owner' | 'execution_system' | 'created_at' | 'last_modified';
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
}

export async function listViewedApps(db: Db, viewer: Viewer, page: AppFilter): Promise<DefinedApp[]> {
  const { isPublic } = page;
  return viewedApps(db, viewer)
    .$if(isPublic !== undefined, (qb) => qb.where('apps.is_public', '=', isPublic ?? true))
    .orderBy(`apps.${page.orderBy ?? 'last_modified'}`, page.order ?? 'desc')
    .orderBy('apps.id')
    .limit(page.limit)
    .offset(page.offset)
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

/** Changes what is not part of a revision: availability, visibility, deletion. */
export async function updateApp(
  db: Db,
  uuid: AppUuid,
  change: { readonly available?: boolean; readonly is_public?: boolean; readonly deleted?: true },
): Promise<AppRow | null> {
  const row = await db
    .updateTable('apps')
    .set({
      last_modified: sql`clock_timestamp()`,
      ...(change.available === undefined ? {} : { available: change.available }),
      ...(change.is_public === undefined ? {} : { is_public: change.is_public }),
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

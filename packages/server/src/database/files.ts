import type { FileId, FileStatus } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import { type FilePlace, placeKey } from './file-place.ts';
import type { FileRow } from './file-tables.ts';

/** The path, if anything was recorded of it yet. */
export async function findFile(db: Db, place: FilePlace): Promise<FileRow | null> {
  const row = await db
    .selectFrom('files')
    .selectAll()
    .where('place', '=', placeKey(place))
    .executeTakeFirst();
  return row ?? null;
}

/** As {@link findFile}, by the id that subscriptions name. */
export async function findFileById(db: Db, uuid: FileId): Promise<FileRow | null> {
  return (await db.selectFrom('files').selectAll().where('uuid', '=', uuid).executeTakeFirst()) ?? null;
}

/** What is to be known of a path now. */
export interface FileState {
  readonly owner: string;
  readonly format: 'raw' | 'folder';
  readonly status: FileStatus;
  readonly source: string | null;
}

/** Stores what is known of a path. It keeps the id that it has; `newId` is for one that has none yet. */
export async function saveFile(tx: Db, place: FilePlace, state: FileState, newId: FileId): Promise<FileRow> {
  return tx
    .insertInto('files')
    .values({
      uuid: newId,
      place: placeKey(place),
      system_uuid: place.systemUuid,
      path: place.path,
      ...state,
    })
    .onConflict((oc) => oc.column('place').doUpdateSet({ ...state, last_modified: sql`clock_timestamp()` }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A subscription to a file, and whose it is. */
export interface FileSubscription {
  readonly id: string;
  readonly owner: string;
  readonly is_admin: boolean;
  readonly path: string;
}

/** The active subscriptions to a path and to what is below it. */
export async function listFileSubscriptions(
  db: Db,
  { systemUuid, path }: FilePlace,
): Promise<FileSubscription[]> {
  return db
    .selectFrom('subscriptions')
    .innerJoin('files', 'files.uuid', 'subscriptions.associated_uuid')
    .innerJoin('profiles', 'profiles.username', 'subscriptions.owner')
    .select(['subscriptions.id', 'subscriptions.owner', 'profiles.is_admin', 'files.path'])
    .where('files.system_uuid', '=', systemUuid)
    .where('subscriptions.status', '=', 'ACTIVE')
    .where(isAtOrBelow(path))
    .execute();
}

function isAtOrBelow(path: string) {
  return sql<boolean>`(files.path = ${path} or starts_with(files.path, ${path === '/' ? '/' : `${path}/`}))`;
}

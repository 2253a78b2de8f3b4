import type { FileId } from '@arras/contract';
import type { Db } from '../../database/connection.ts';
import type { FilePlace } from '../../database/file-place.ts';
import type { FileRow } from '../../database/file-tables.ts';
import { findFileById, listFileSubscriptions } from '../../database/files.ts';
import { endSubscriptions } from '../../database/subscription-access.ts';
import { findViewedSystemByUuid, type Viewer } from '../../database/systems.ts';
import type { HttpContext } from '../context.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { judgeAccess } from './judge-access.ts';

/** The path with this id, if the viewer may read it; nothing is said of others (S1). */
export async function findReadableFile(db: Db, viewer: Viewer, uuid: FileId): Promise<FileRow | null> {
  const file = await findFileById(db, uuid);
  if (file === null) return null;
  return (await mayRead(db, viewer, { systemUuid: file.system_uuid, path: file.path })) ? file : null;
}

async function mayRead(db: Db, viewer: Viewer, { systemUuid, path }: FilePlace): Promise<boolean> {
  const system = await findViewedSystemByUuid(db, viewer, systemUuid);
  return system !== null && (await judgeAccess(db, viewer, system, path)).mayRead;
}

/**
 * Ends subscriptions to a path, or to something below it, of users who may not read it any more: they would show them
 * what happens there (S1). Called in the transaction that takes a permission away.
 */
export async function endUnreadable(
  tx: Db,
  context: HttpContext,
  place: FilePlace,
  by: string,
): Promise<void> {
  const unreadable: string[] = [];
  for (const { id, owner, is_admin, path } of await listFileSubscriptions(tx, place)) {
    const viewer = { username: owner, isAdmin: is_admin };
    if (!(await mayRead(tx, viewer, { ...place, path }))) unreadable.push(id);
  }
  if (unreadable.length > 0) await recordEnded(context, tx, await endSubscriptions(tx, unreadable), by);
}

import type { FileId, FileTransferId } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { FileRow, FileTransferRow } from './file-tables.ts';

/** Seconds for which a process that moves data is not taken for dead (RELIABILITY R2). */
export const TRANSFER_LEASE_SECONDS = 30;

const leaseEnd = sql<Date>`clock_timestamp() + ${sql.lit(TRANSFER_LEASE_SECONDS)} * interval '1 second'`;

/** Content that is to come to a path. */
export interface NewFileTransfer {
  readonly id: FileTransferId;
  readonly file_uuid: FileId;
  /** `agave://system//path`, or the URL of a file. */
  readonly source: string;
  readonly username: string;
}

/** Stores a transfer that is due at once. */
export async function insertFileTransfer(tx: Db, transfer: NewFileTransfer): Promise<void> {
  await tx.insertInto('file_transfers').values(transfer).execute();
}

/** A transfer and the path that it is for. */
export interface TakenFileTransfer {
  readonly transfer: FileTransferRow;
  readonly file: FileRow;
  readonly systemId: string;
}

/** Takes a transfer whose time has come: others may not for as long as it is kept. Null when somebody has it, or it has ended. */
export async function takeFileTransfer(db: Db, id: string): Promise<TakenFileTransfer | null> {
  const transfer = await db
    .updateTable('file_transfers')
    .set({
      next_at: leaseEnd,
      epoch: sql`epoch + 1`,
      attempts: sql`attempts + 1`,
      started_at: sql`coalesce(started_at, clock_timestamp())`,
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', id as FileTransferId)
    .where('next_at', '<=', sql<Date>`clock_timestamp()`)
    .returningAll()
    .executeTakeFirst();
  if (transfer === undefined) return null;
  const { systemId, ...file } = await db
    .selectFrom('files')
    .innerJoin('systems', 'systems.uuid', 'files.system_uuid')
    .selectAll('files')
    .select('systems.id as systemId')
    .where('files.uuid', '=', transfer.file_uuid)
    .executeTakeFirstOrThrow();
  return { transfer, file, systemId };
}

/** How far a transfer is. */
export interface FileTransferProgress {
  readonly total_files: number;
  readonly total_bytes: number;
  readonly transferred_bytes: number;
  readonly active_transfers: number;
}

/** Keeps a transfer, and says how far it is. False when somebody else has taken it. */
export async function keepFileTransfer(
  db: Db,
  { id, epoch }: Pick<FileTransferRow, 'id' | 'epoch'>,
  progress: FileTransferProgress | null,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('file_transfers')
    .set({ next_at: leaseEnd, updated_at: sql`clock_timestamp()`, ...progress })
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Notes what an attempt leaves behind when it breaks off. */
export async function noteFileTransferPart(
  db: Db,
  { id, epoch }: Pick<FileTransferRow, 'id' | 'epoch'>,
  partKey: string,
): Promise<void> {
  await db
    .updateTable('file_transfers')
    .set({ part_key: partKey })
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .execute();
}

/** Ends a transfer, or with `againMs` puts it off. False when somebody else has taken it: then nothing may be said of it. */
export async function leaveFileTransfer(
  tx: Db,
  { id, epoch }: Pick<FileTransferRow, 'id' | 'epoch'>,
  change: {
    readonly againMs: number | null;
    readonly progress: FileTransferProgress | null;
    /** The attempt does not count: it was given back. */
    readonly undone?: true;
  },
): Promise<boolean> {
  const { againMs, progress, undone } = change;
  const { numUpdatedRows } = await tx
    .updateTable('file_transfers')
    .set({
      ...progress,
      active_transfers: 0,
      epoch: sql`epoch + 1`,
      updated_at: sql`clock_timestamp()`,
      next_at: againMs === null ? null : sql`clock_timestamp() + ${againMs} * interval '1 millisecond'`,
      ended_at: againMs === null ? sql`clock_timestamp()` : null,
      ...(undone === true && { attempts: sql`attempts - 1` }),
    })
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ids of transfers whose time came more than `seconds` ago although nobody has taken them. */
export async function listDueFileTransfers(
  db: Db,
  { seconds, limit }: { readonly seconds: number; readonly limit: number },
): Promise<readonly FileTransferId[]> {
  const rows = await db
    .selectFrom('file_transfers')
    .select('id')
    .where('next_at', '<=', sql<Date>`clock_timestamp() - ${seconds} * interval '1 second'`)
    .orderBy('next_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether a transfer has ended, well or not. */
export async function hasFileTransferEnded(db: Db, id: FileTransferId): Promise<boolean> {
  const row = await db
    .selectFrom('file_transfers')
    .select('id')
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row === undefined;
}

/** The newest transfer to a path. */
export async function findLastFileTransfer(db: Db, uuid: FileId): Promise<FileTransferRow | null> {
  const row = await db
    .selectFrom('file_transfers')
    .selectAll()
    .where('file_uuid', '=', uuid)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Forgets the history of paths to which nothing has happened for so long and which nobody follows, and their transfers; a
 * batch at a time. True when there may be more.
 */
export async function forgetOldFiles(db: Db, days: number): Promise<boolean> {
  const batch = 500;
  const { rows } = await sql<{ readonly forgotten: number }>`
    with old as (
      select f.uuid
      from files f
      where f.last_modified < clock_timestamp() - ${days} * interval '1 day'
        and not exists (
          select 1 from subscriptions s where s.associated_uuid = f.uuid and s.status = 'ACTIVE')
        and not exists (
          select 1 from file_transfers t where t.file_uuid = f.uuid and t.next_at is not null)
      order by f.last_modified
      limit ${batch}
    ), events as (
      delete from resource_events e using old where e.resource_uuid = old.uuid
    ), transfers as (
      delete from file_transfers t using old where t.file_uuid = old.uuid
    ), paths as (
      delete from files f using old where f.uuid = old.uuid
    )
    select count(*)::integer as forgotten from old`.execute(db);
  return (rows[0]?.forgotten ?? 0) === batch;
}

import type { JobId, TransferId } from '@arras/contract';
import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';

/** Begins a transfer whose progress the history shows. */
export async function insertTransfer(
  db: Db,
  transfer: {
    readonly id: TransferId;
    readonly jobId: JobId;
    readonly source: string;
    readonly destination: string;
    readonly totalFiles: number;
    readonly totalBytes: number;
  },
): Promise<void> {
  await db
    .insertInto('transfers')
    .values({
      id: transfer.id,
      job_id: transfer.jobId,
      source: transfer.source,
      destination: transfer.destination,
      total_files: transfer.totalFiles,
      total_bytes: transfer.totalBytes,
    })
    .execute();
}

/** Records how far a transfer has come; `ended` closes it. */
export async function updateTransfer(
  db: Db,
  id: TransferId,
  progress: {
    readonly totalFiles: number;
    readonly totalBytes: number;
    readonly transferredBytes: number;
    readonly activeTransfers: number;
    readonly ended: boolean;
  },
): Promise<void> {
  const updated = await db
    .updateTable('transfers')
    .set({
      total_files: progress.totalFiles,
      total_bytes: progress.totalBytes,
      transferred_bytes: progress.transferredBytes,
      active_transfers: progress.activeTransfers,
      updated_at: sql`clock_timestamp()`,
      ended_at: progress.ended ? sql`clock_timestamp()` : null,
    })
    .where('id', '=', id)
    .returning('job_id')
    .executeTakeFirst();
  if (updated) announce(db, { kind: 'progress', id: updated.job_id });
}

import type { JobId, TransferId } from '@arras/contract';
import { sql } from 'kysely';
import { TERMINAL_STATUSES } from '../domain/lifecycle.ts';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { TransferPhase, TransferRow } from './tables.ts';

/** What is copied where; a job has one transfer of each kind, however often it is begun anew. */
export interface TransferEnds {
  readonly jobId: JobId;
  readonly source: string;
  readonly destination: string;
}

/** The transfer of a job from one place to another, as far as it is; null before it has begun. */
export async function findTransfer(db: Db, ends: TransferEnds): Promise<TransferRow | null> {
  const transfer = await db
    .selectFrom('transfers')
    .selectAll()
    .where('job_id', '=', ends.jobId)
    .where('source', '=', ends.source)
    .where('destination', '=', ends.destination)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return transfer ?? null;
}

/** Begins a transfer whose progress the history shows. */
export async function insertTransfer(
  db: Db,
  transfer: TransferEnds & {
    readonly id: TransferId;
    readonly phase: TransferPhase;
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
      phase: transfer.phase,
      total_files: transfer.totalFiles,
      total_bytes: transfer.totalBytes,
      has_parts: true,
    })
    .execute();
}

/** Goes on with a transfer that was cut short: its rate is that of this attempt. */
export async function resumeTransfer(db: Db, id: TransferId): Promise<void> {
  await db
    .updateTable('transfers')
    .set({
      started_at: sql`clock_timestamp()`,
      updated_at: sql`clock_timestamp()`,
      kept_bytes: sql`transferred_bytes`,
      ended_at: null,
      is_whole: false,
      has_parts: true,
    })
    .where('id', '=', id)
    .execute();
}

/** How far a transfer has come. */
export interface StoredProgress {
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly transferredBytes: number;
  /** Of these, what an attempt before this one had brought (default 0). */
  readonly keptBytes?: number;
  readonly activeTransfers: number;
  /** Milliseconds since the last byte, when that is too long; null (the default) while bytes come. */
  readonly stalledMs?: number | null;
  /** Everything was copied. */
  readonly ended: boolean;
}

/** Records how far a transfer has come. */
export async function updateTransfer(db: Db, id: TransferId, progress: StoredProgress): Promise<void> {
  const stalledMs = progress.stalledMs ?? null;
  const updated = await db
    .updateTable('transfers')
    .set({
      total_files: progress.totalFiles,
      total_bytes: progress.totalBytes,
      transferred_bytes: progress.transferredBytes,
      kept_bytes: progress.keptBytes ?? 0,
      active_transfers: progress.activeTransfers,
      stalled_since:
        stalledMs === null ? null : sql`clock_timestamp() - ${stalledMs} * interval '1 millisecond'`,
      is_whole: progress.ended,
      updated_at: sql`clock_timestamp()`,
      ended_at: progress.ended ? sql`clock_timestamp()` : null,
    })
    .where('id', '=', id)
    .returning('job_id')
    .executeTakeFirst();
  if (updated) announce(db, { kind: 'progress', id: updated.job_id });
}

/** A transfer was cut short: it may be gone on with. */
export async function pauseTransfer(db: Db, id: TransferId): Promise<void> {
  const paused = await db
    .updateTable('transfers')
    .set({ active_transfers: 0, stalled_since: null, updated_at: sql`clock_timestamp()` })
    .where('id', '=', id)
    .returning('job_id')
    .executeTakeFirst();
  if (paused) announce(db, { kind: 'progress', id: paused.job_id });
}

/** Records that no part of a file lies at the destinations of these transfers any more, and that they have ended. */
export async function settleTransfers(db: Db, ids: readonly TransferId[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('transfers')
    .set({
      has_parts: false,
      active_transfers: 0,
      stalled_since: null,
      ended_at: sql`coalesce(ended_at, clock_timestamp())`,
    })
    .where('id', 'in', [...ids])
    .execute();
}

/** A transfer of an ended job that may have left parts of files behind. */
export interface AbandonedTransfer {
  readonly id: TransferId;
  readonly job_id: JobId;
  readonly phase: TransferPhase;
  readonly execution_system: string;
  readonly work_path: string | null;
  readonly work_removed_at: Date | null;
  readonly archive_system: string | null;
  readonly archive_path: string | null;
}

/**
 * Transfers of ended jobs that may have left parts, not looked at for a minute. Each is put off to the end of the row, so
 * that one whose host is away keeps no other waiting. A directory that the job alone archives to can be cleaned at once;
 * of one that others may be writing to only what is older than a day, so such a transfer is left alone until then.
 */
export async function takeAbandonedTransfers(db: Db, limit: number): Promise<readonly AbandonedTransfer[]> {
  const { rows } = await sql<AbandonedTransfer>`
    with abandoned as (
      select t.id
      from transfers t
      join jobs j on j.id = t.job_id
      where t.has_parts
        and j.status in (${sql.join(TERMINAL_STATUSES)})
        and t.updated_at < clock_timestamp() - case
          when t.phase = 'staging' or position(j.id in j.archive_path) > 0 then interval '1 minute'
          else interval '25 hours'
        end
      order by t.updated_at
      limit ${limit}
      for update of t skip locked
    )
    update transfers t
    set updated_at = clock_timestamp()
    from abandoned a, jobs j
    where t.id = a.id and j.id = t.job_id
    returning t.id, t.job_id, t.phase, j.execution_system, j.work_path, j.work_removed_at, j.archive_system,
      j.archive_path`.execute(db);
  return rows;
}

import type { JobId } from '@arras/contract';
import type { Db } from './connection.ts';
import type { JobEventRow, TransferRow } from './tables.ts';

/** A history row with the transfer it tells about, if any. */
export interface HistoryRow {
  readonly event: JobEventRow;
  readonly transfer: TransferRow | null;
}

/** One page of a job's history, oldest first unless asked otherwise. */
export async function listHistory(
  db: Db,
  jobId: JobId,
  page: { readonly limit: number; readonly offset: number; readonly order: 'asc' | 'desc' },
): Promise<HistoryRow[]> {
  const events = await db
    .selectFrom('job_events')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('in_history', '=', true)
    .orderBy('seq', page.order)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const transfers = await findTransfers(db, events);
  return events.map((event) => ({
    event,
    transfer: event.transfer_id === null ? null : (transfers.get(event.transfer_id) ?? null),
  }));
}

async function findTransfers(
  db: Db,
  events: readonly JobEventRow[],
): Promise<ReadonlyMap<string, TransferRow>> {
  const ids = events.flatMap((event) => (event.transfer_id === null ? [] : [event.transfer_id]));
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('transfers').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

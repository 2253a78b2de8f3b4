import type { HistoryEntry, TransferProgress } from '@arras/contract';
import type { HistoryRow } from '../../database/history.ts';
import type { TransferRow } from '../../database/tables.ts';
import { averageRate } from '../../domain/transfer-rate.ts';
import type { ViewContext } from '../../events/view-context.ts';

/** One entry of a job's history, in the key order of the guide's example. */
export function renderHistoryEntry(
  { formatTime }: Pick<ViewContext, 'formatTime'>,
  row: HistoryRow,
): HistoryEntry {
  const { event, transfer } = row;
  return {
    ...(transfer !== null && { progress: renderProgress(transfer) }),
    created: formatTime(event.created_at),
    status: event.name,
    ...(event.description !== null && { description: event.description }),
    createdBy: event.created_by,
    id: event.id,
    seq: event.seq,
  };
}

function renderProgress(transfer: TransferRow): TransferProgress {
  return {
    averageRate: averageRate({
      transferredBytes: transfer.transferred_bytes,
      startedAt: transfer.started_at,
      until: transfer.ended_at ?? transfer.updated_at,
    }),
    totalFiles: transfer.total_files,
    source: transfer.source,
    totalActiveTransfers: transfer.active_transfers,
    totalBytes: transfer.total_bytes,
    totalBytesTransferred: transfer.transferred_bytes,
    uuid: transfer.id,
  };
}

import type { TransferProgress } from '@arras/contract';
import type { TransferRow } from '../database/tables.ts';
import { averageRate } from '../domain/transfer-rate.ts';
import type { ViewContext } from './view-context.ts';

/** How far a transfer is, in the key order of the guide's example. */
export function renderProgress(
  { formatTime }: Pick<ViewContext, 'formatTime'>,
  transfer: TransferRow,
): TransferProgress {
  return {
    averageRate: averageRate({
      transferredBytes: transfer.transferred_bytes - transfer.kept_bytes,
      startedAt: transfer.started_at,
      until: transfer.ended_at ?? transfer.updated_at,
    }),
    totalFiles: transfer.total_files,
    source: transfer.source,
    totalActiveTransfers: transfer.active_transfers,
    totalBytes: transfer.total_bytes,
    totalBytesTransferred: transfer.transferred_bytes,
    uuid: transfer.id,
    ...(transfer.stalled_since !== null && { stalledSince: formatTime(transfer.stalled_since) }),
  };
}

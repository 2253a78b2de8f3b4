import type { FileEventId, FileHistoryEntry, TransferProgress } from '@arras/contract';
import type { FileTransferRow } from '../../database/file-tables.ts';
import type { ResourceEventRow } from '../../database/tables.ts';
import { averageRate } from '../../domain/transfer-rate.ts';
import type { ViewContext } from '../../events/view-context.ts';

/** One entry of a file's history; `transfer`: the one that it tells about. */
export function renderFileEvent(
  { formatTime }: Pick<ViewContext, 'formatTime'>,
  event: ResourceEventRow,
  transfer: FileTransferRow | null,
): FileHistoryEntry {
  return {
    ...(transfer !== null && { progress: renderProgress(transfer) }),
    created: formatTime(event.created_at),
    status: event.name,
    description: event.description ?? '',
    createdBy: event.created_by,
    // Made by `recordResourceEvent` as the id of an event of a file.
    id: event.id as FileEventId,
  };
}

/** In the key order of the guide's example. */
function renderProgress(transfer: FileTransferRow): TransferProgress {
  return {
    averageRate: averageRate({
      transferredBytes: transfer.transferred_bytes,
      startedAt: transfer.started_at ?? transfer.created_at,
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

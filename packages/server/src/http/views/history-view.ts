import type { HistoryEntry } from '@arras/contract';
import type { HistoryRow } from '../../database/history.ts';
import { renderProgress } from '../../events/transfer-view.ts';
import type { ViewContext } from '../../events/view-context.ts';

/** One entry of a job's history, in the key order of the guide's example. */
export function renderHistoryEntry(
  { formatTime }: Pick<ViewContext, 'formatTime'>,
  row: HistoryRow,
): HistoryEntry {
  const { event, transfer } = row;
  return {
    ...(transfer !== null && { progress: renderProgress({ formatTime }, transfer) }),
    created: formatTime(event.created_at),
    status: event.name,
    ...(event.description !== null && { description: event.description }),
    createdBy: event.created_by,
    id: event.id,
    seq: event.seq,
  };
}

import { type AbandonedTransfer, settleTransfers, takeAbandonedTransfers } from '../database/transfers.ts';
import type { EngineContext } from './context.ts';
import { removeParts } from './remove-parts.ts';

/** Transfers looked after in one round. */
const BATCH = 50;

/**
 * Removes the parts of files that transfers of ended jobs have left: of jobs that were stopped while data was on its way,
 * that gave up, or whose process died at the end of a transfer. A place that cannot be asked now is asked again.
 */
export async function sweepAbandonedTransfers(context: EngineContext): Promise<void> {
  for (const transfer of await takeAbandonedTransfers(context.db, BATCH)) {
    try {
      await clean(context, transfer);
      await settleTransfers(context.db, [transfer.id]);
    } catch (error) {
      context.log.warn({ transferId: transfer.id, err: error }, 'transfer.parts-left');
    }
  }
}

async function clean({ targets }: EngineContext, transfer: AbandonedTransfer): Promise<void> {
  const job = { id: transfer.job_id };
  if (transfer.phase === 'staging') {
    if (transfer.work_path === null || transfer.work_removed_at !== null) return;
    const target = await targets.get(transfer.execution_system);
    return removeParts(target.storage, transfer.work_path, job);
  }
  if (transfer.archive_system === null || transfer.archive_path === null) return;
  const place = await targets.getPlace(transfer.archive_system);
  return removeParts(place.storage, place.resolve(transfer.archive_path), job);
}

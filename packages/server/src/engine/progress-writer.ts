import type { TransferId } from '@arras/contract';
import { type StoredProgress, updateTransfer } from '../database/transfers.ts';
import type { TransferProgress } from '../storage/transfer-progress.ts';
import type { EngineContext } from './context.ts';

/** Writes how far a transfer is. */
export interface ProgressWriter {
  /** What the next row says. */
  take(progress: TransferProgress): void;
  /** Writes what has not been written yet; one row at a time. */
  write(stalledMs: number | null): Promise<void>;
  /** Writes the last row. */
  flush(ended: boolean): Promise<void>;
}

/** A writer of one transfer's row. */
export function createProgressWriter({ db, log }: EngineContext, id: TransferId): ProgressWriter {
  let latest: TransferProgress | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isBusy = false;
  const rowOf = (progress: TransferProgress, ended: boolean): StoredProgress => ({
    totalFiles: progress.totalFiles,
    // A file whose size was unknown is as large as what has come of it.
    totalBytes: Math.max(progress.totalBytes, progress.bytesTransferred),
    transferredBytes: Math.max(0, progress.bytesTransferred),
    keptBytes: Math.max(0, progress.bytesKept),
    activeTransfers: ended ? 0 : progress.activeTransfers,
    ended,
  });
  return {
    take(progress) {
      latest = progress;
    },
    write(stalledMs) {
      if (latest === null || isBusy) return writing;
      isBusy = true;
      writing = updateTransfer(db, id, { ...rowOf(latest, false), stalledMs })
        // A row that could not be written is followed by another one; the last one is not lost.
        .catch((error: unknown) => log.warn({ transferId: id, err: error }, 'transfer.progress'))
        .finally(() => {
          isBusy = false;
        });
      return writing;
    },
    async flush(ended) {
      await writing;
      if (latest !== null) await updateTransfer(db, id, rowOf(latest, ended));
    },
  };
}

import type { TransferId } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import { insertTransfer, updateTransfer } from '../database/transfers.ts';
import type { TransferProgress } from '../storage/transfer-progress.ts';
import type { EngineContext } from './context.ts';

/** A transfer whose progress the job's history shows. */
export interface TransferTrack {
  readonly id: TransferId;
  /** Takes progress as it comes; writes at most one row at a time and never holds the transfer up. */
  report(progress: TransferProgress): void;
  /** Writes the last state. */
  finish(): Promise<void>;
}

/** Begins a transfer row; its sizes are known once the source has been listed. */
export async function trackTransfer(
  context: EngineContext,
  job: JobRow,
  ends: {
    readonly source: string;
    readonly destination: string;
    readonly bytes: number;
    readonly files: number;
  },
): Promise<TransferTrack> {
  const id = context.newId('transfer');
  await insertTransfer(context.db, {
    id,
    jobId: job.id,
    source: ends.source,
    destination: ends.destination,
    totalFiles: ends.files,
    totalBytes: ends.bytes,
  });
  let latest: TransferProgress | null = null;
  let writing: Promise<void> = Promise.resolve();
  let busy = false;
  const write = async (ended: boolean): Promise<void> => {
    if (!latest) return;
    await updateTransfer(context.db, id, {
      totalFiles: latest.totalFiles,
      totalBytes: latest.totalBytes,
      transferredBytes: latest.bytesTransferred,
      activeTransfers: ended ? 0 : latest.activeTransfers,
      ended,
    });
  };
  return {
    id,
    report(progress) {
      latest = progress;
      if (busy) return;
      busy = true;
      writing = write(false)
        // A progress row that could not be written is followed by another one; the last one is not lost.
        .catch((error: unknown) => context.log.warn({ transferId: id, err: error }, 'transfer.progress'))
        .finally(() => {
          busy = false;
        });
    },
    async finish() {
      await writing;
      await write(true);
    },
  };
}

import type { HistoryEntry, TransferProgress } from '@arras/contract';

/** One transfer of a job, as far as it is. */
export interface JobTransfer {
  /** Its own id where there is one; else that of its entry. */
  readonly id: string;
  readonly direction: 'input' | 'output';
  readonly progress: TransferProgress;
  /** When it began first. */
  readonly created: string;
  /** Times that it began, each after the one before had failed. */
  readonly tries: number;
  readonly isUnderWay: boolean;
}

/** The transfers of a history, in the order in which they began. */
export function listTransfers(history: readonly HistoryEntry[]): readonly JobTransfer[] {
  const transfers = new Map<string, JobTransfer>();
  for (const { id: entryId, status, created, progress } of history) {
    if (progress === undefined) continue;
    const id = progress.uuid ?? entryId;
    const known = transfers.get(id);
    transfers.set(id, {
      id,
      direction: status.startsWith('ARCHIVING') ? 'output' : 'input',
      progress,
      created: known?.created ?? created,
      tries: (known?.tries ?? 0) + 1,
      isUnderWay: progress.totalActiveTransfers > 0,
    });
  }
  return [...transfers.values()];
}

/** True while its entry can still change. */
export function isOpen(progress: TransferProgress): boolean {
  return progress.totalActiveTransfers > 0 || progress.totalBytesTransferred < progress.totalBytes;
}

/** All transfers together. */
export interface TransferSum {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly underWay: number;
}

/** How far all transfers are together. */
export function sumTransfers(transfers: readonly JobTransfer[]): TransferSum {
  return {
    bytes: transfers.reduce((sum, { progress }) => sum + progress.totalBytesTransferred, 0),
    totalBytes: transfers.reduce((sum, { progress }) => sum + progress.totalBytes, 0),
    underWay: transfers.filter(({ isUnderWay }) => isUnderWay).length,
  };
}

/** 0 to 1; something without bytes is whole. */
export function shareOf(bytes: number, totalBytes: number): number {
  return totalBytes > 0 ? Math.min(1, bytes / totalBytes) : 1;
}

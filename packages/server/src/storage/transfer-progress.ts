/** How far a transfer is. Bytes of a file that is copied a second time count once. */
export interface TransferProgress {
  readonly totalFiles: number;
  readonly filesDone: number;
  readonly activeTransfers: number;
  readonly totalBytes: number;
  readonly bytesTransferred: number;
}

/** Progress is written to a job row: more often would only load the database. */
const REPORT_INTERVAL_MS = 250;

/** Counts a transfer and reports at most every 250 ms, and once at the end. */
export interface ProgressCounter {
  startFile(): void;
  /** Negative takes back what a failed copy had counted. */
  addBytes(count: number): void;
  endFile(): void;
  /** The last report, whatever the interval. */
  finish(): void;
}

export function createProgressCounter(
  totals: { readonly totalFiles: number; readonly totalBytes: number },
  onProgress: ((progress: TransferProgress) => void) | undefined,
): ProgressCounter {
  let filesDone = 0;
  let activeTransfers = 0;
  let bytesTransferred = 0;
  let lastReport = performance.now();

  function report(): void {
    lastReport = performance.now();
    onProgress?.({ ...totals, filesDone, activeTransfers, bytesTransferred });
  }

  function reportWhenDue(): void {
    if (performance.now() - lastReport >= REPORT_INTERVAL_MS) report();
  }

  return {
    startFile() {
      activeTransfers += 1;
      reportWhenDue();
    },
    addBytes(count) {
      bytesTransferred += count;
      reportWhenDue();
    },
    endFile() {
      activeTransfers -= 1;
      filesDone += 1;
      reportWhenDue();
    },
    finish: report,
  };
}

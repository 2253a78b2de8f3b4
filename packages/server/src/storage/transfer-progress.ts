/** How far a transfer is. Bytes of a file that is copied a second time count once. */
export interface TransferProgress {
  readonly totalFiles: number;
  readonly filesDone: number;
  readonly activeTransfers: number;
  readonly totalBytes: number;
  /** All that is there, what an attempt before this one brought included. */
  readonly bytesTransferred: number;
  /** The part of `bytesTransferred` that was there already and did not move now. */
  readonly bytesKept: number;
  /** Bytes a second that moved since this attempt began; what was there already does not count. */
  readonly averageRate: number;
  /** When the last byte moved; before the first one, when the transfer began. */
  readonly lastByteAt: Date;
  /** Whether bytes are due and none has moved for a minute. */
  readonly isStalled: boolean;
}

/** Progress is written to a job row: more often would only load the database. */
const REPORT_INTERVAL_MS = 250;
/** How long no byte moves before a transfer counts as stalled: longer than a host needs to sync a large file. */
export const STALL_MS = 60_000;
/** How often a transfer of which nothing is heard is looked at. */
const LOOK_INTERVAL_MS = 5_000;

/** Counts a transfer and reports at most every 250 ms, once when it stalls, and once at the end. */
export interface ProgressCounter {
  startFile(): void;
  /** Negative takes back what a failed copy had counted. */
  addBytes(count: number): void;
  /** Bytes that were there already; negative as above. */
  addKept(count: number): void;
  /** Of a batch of small files, which is one transfer, so many. */
  endFile(files?: number): void;
  /** A file that was there already. */
  skipFile(sizeBytes: number): void;
  /** The last report, whatever the interval. */
  finish(): void;
  /** Ends the looking for stalls; further calls report nothing. */
  stop(): void;
}

/** A clock that tests can set. `now` is in milliseconds since 1970. */
export interface ProgressClock {
  now(): number;
}

/** Begins a count; whoever began it stops it. */
export function createProgressCounter(
  totals: { readonly totalFiles: number; readonly totalBytes: number },
  onProgress: ((progress: TransferProgress) => void) | undefined,
  clock: ProgressClock = Date,
): ProgressCounter {
  const startedAt = clock.now();
  const count = { filesDone: 0, activeTransfers: 0, bytesTransferred: 0, bytesKept: 0 };
  let lastReport = startedAt;
  let lastByte = startedAt;
  let activeSince = startedAt;
  let told = true;
  let toldStalled = false;

  const isStalled = (): boolean =>
    count.activeTransfers > 0 && clock.now() - Math.max(lastByte, activeSince) >= STALL_MS;

  function report(): void {
    const now = clock.now();
    lastReport = now;
    told = true;
    toldStalled = isStalled();
    const moved = count.bytesTransferred - count.bytesKept;
    onProgress?.({
      ...totals,
      ...count,
      averageRate: now > startedAt ? (moved * 1000) / (now - startedAt) : 0,
      lastByteAt: new Date(lastByte),
      isStalled: toldStalled,
    });
  }

  function change(): void {
    told = false;
    if (clock.now() - lastReport >= REPORT_INTERVAL_MS) report();
  }

  const timer = setInterval(() => {
    if (!told || isStalled() !== toldStalled) report();
  }, LOOK_INTERVAL_MS);
  timer.unref();

  function add(bytes: { readonly moved?: number; readonly kept?: number }): void {
    const { moved = 0, kept = 0 } = bytes;
    if (moved > 0 || kept > 0) lastByte = clock.now();
    count.bytesTransferred += moved + kept;
    count.bytesKept += kept;
    change();
  }

  return {
    startFile() {
      if (count.activeTransfers === 0) activeSince = clock.now();
      count.activeTransfers += 1;
      change();
    },
    addBytes: (moved) => add({ moved }),
    addKept: (kept) => add({ kept }),
    endFile(files = 1) {
      count.activeTransfers -= 1;
      count.filesDone += files;
      change();
    },
    skipFile(sizeBytes) {
      count.filesDone += 1;
      add({ kept: sizeBytes });
    },
    finish: report,
    stop: () => clearInterval(timer),
  };
}

import type { TransferId } from '@arras/contract';
import type { JobRow, TransferPhase } from '../database/tables.ts';
import { findTransfer, insertTransfer, pauseTransfer, resumeTransfer } from '../database/transfers.ts';
import type { TransferProgress } from '../storage/transfer-progress.ts';
import type { EngineContext } from './context.ts';
import { createProgressWriter } from './progress-writer.ts';
import { StallWatch } from './stall-watch.ts';

/** What is moved where, as the history shows it. */
export interface TrackedEnds {
  readonly phase: TransferPhase;
  readonly source: string;
  readonly destination: string;
  /** As far as known before the source is listed. */
  readonly bytes: number;
  readonly files: number;
}

/** A transfer whose progress the job's history shows. */
export interface TransferTrack {
  readonly id: TransferId;
  /** An attempt before this one was cut short. */
  readonly isResumed: boolean;
  /** Aborts when no byte has come for so long that the transfer is broken off. */
  readonly signal: AbortSignal;
  /** Takes progress as it comes; never holds the transfer up. */
  report(progress: TransferProgress): void;
  /** Writes that everything was copied. */
  finish(): Promise<void>;
  /** Writes that the transfer was cut short. */
  pause(): Promise<void>;
}

/**
 * Begins a transfer row, or goes on with the one of an attempt before. Progress is written at most once a second, and
 * when bytes cease or come again; `onStall` is then told for how long none came, and null when they come.
 */
export async function trackTransfer(
  context: EngineContext,
  job: JobRow,
  ends: TrackedEnds,
  onStall: (stalledMs: number | null) => void,
): Promise<TransferTrack> {
  const { id, isResumed } = await openRow(context, job, ends);
  const writer = createProgressWriter(context, id);
  const watch = new StallWatch(context.times, { writer, onStall, source: ends.source });
  return {
    id,
    isResumed,
    signal: watch.signal,
    report: (progress) => watch.take(progress),
    async finish() {
      watch.stop();
      await writer.flush(true);
    },
    async pause() {
      watch.stop();
      await writer.flush(false);
      await pauseTransfer(context.db, id);
    },
  };
}

async function openRow(
  { db, newId }: EngineContext,
  { id: jobId }: JobRow,
  ends: TrackedEnds,
): Promise<{ readonly id: TransferId; readonly isResumed: boolean }> {
  const known = await findTransfer(db, { jobId, source: ends.source, destination: ends.destination });
  if (known) {
    await resumeTransfer(db, known.id);
    return { id: known.id, isResumed: true };
  }
  const id = newId('transfer');
  const { phase, source, destination } = ends;
  await insertTransfer(db, {
    id,
    jobId,
    phase,
    source,
    destination,
    totalFiles: ends.files,
    totalBytes: ends.bytes,
  });
  return { id, isResumed: false };
}

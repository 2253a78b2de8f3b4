import { HISTORY_TEXTS } from '@arras/contract';
import { countLeftOut } from '../domain/left-out.ts';
import type { Move } from '../events/transition.ts';
import type { FileInfo } from '../storage/storage.ts';
import { copyTree, type ManifestEntry } from '../storage/transfer.ts';
import type { EngineContext } from './context.ts';
import { type JobMoves, tellThen } from './job-moves.ts';
import type { Place } from './targets.ts';
import { type TrackedEnds, type TransferTrack, trackTransfer } from './track-transfer.ts';

/** A file or directory to copy while the job's history shows how far it is. */
export interface TrackedCopy {
  readonly ends: TrackedEnds;
  readonly from: Place;
  readonly fromPath: string;
  readonly to: Place;
  readonly toPath: string;
  readonly isExcluded?: (path: string, info: FileInfo) => boolean;
  /** Also hash what a storage copies by itself (default false). */
  readonly checksums?: boolean;
  /** Told in the history before the copy, unless it was cut short before. */
  readonly opening: readonly string[];
}

/** What was copied. */
export interface CopiedTree {
  readonly track: TransferTrack;
  readonly manifest: readonly ManifestEntry[];
  /** A sentence about links and special files; null when there were none. */
  readonly leftOut: string | null;
}

/** What a copy works with: the job that is moved along, and what ends it. */
export interface CopyWork {
  readonly moves: JobMoves;
  readonly signal: AbortSignal;
}

const STATUS_OF = { staging: 'STAGING_INPUTS', archiving: 'ARCHIVING' } as const;

/** Stalls of one copy that the history tells: each says the same. The progress of the transfer shows every one. */
const MAX_STALLS_TOLD = 3;

/**
 * Copies when both systems have a place for one more transfer. What an attempt before has brought is not copied again,
 * and its transfer goes on: the history shows one for each input, and one for the archive. Rejects with what the storages
 * throw, or with TransferStalled when nothing comes for too long; the transfer can then be gone on with.
 */
export async function copyTracked(
  context: EngineContext,
  work: CopyWork,
  copy: TrackedCopy,
): Promise<CopiedTree> {
  const systems = [copy.from.systemId, copy.to.systemId];
  const release = await context.slots.acquire({ jobId: work.moves.job.id, systems }, work.signal);
  try {
    const tellStall = createStallTeller(context, work.moves, copy.ends);
    const track = await trackTransfer(context, work.moves.job, copy.ends, tellStall);
    return await carryOut(work, copy, track);
  } finally {
    release();
  }
}

async function carryOut(work: CopyWork, copy: TrackedCopy, track: TransferTrack): Promise<CopiedTree> {
  const leftOut = countLeftOut();
  try {
    await work.moves.move(() => ({ moves: openingMoves(copy, track), lease: 'keep' }));
    const manifest = await copyTree({
      from: copy.from.storage,
      fromPath: copy.fromPath,
      to: sameFiles(copy.from, copy.to) ? copy.from.storage : copy.to.storage,
      toPath: copy.toPath,
      transferKey: track.id,
      checksums: copy.checksums ?? false,
      ...(copy.isExcluded && { isExcluded: copy.isExcluded }),
      onLeftOut: (entry) => leftOut.add(entry),
      onProgress: (progress) => track.report(progress),
      signal: AbortSignal.any([work.signal, track.signal]),
    });
    await track.finish();
    return { track, manifest, leftOut: leftOut.describe(copy.fromPath) };
  } catch (error) {
    await track.pause();
    // However a storage words it that it was told to stop.
    track.signal.throwIfAborted();
    throw error;
  }
}

/** A storage can copy by itself where both systems show the same files of one account. */
function sameFiles(from: Place, to: Place): boolean {
  return from.filesKey === to.filesKey;
}

function openingMoves({ ends, opening }: TrackedCopy, track: TransferTrack): [Move, ...Move[]] {
  const to = STATUS_OF[ends.phase];
  if (track.isResumed) {
    return [{ to, description: `The copy of ${ends.source} goes on where it was cut short` }];
  }
  const copying: Move = { to, description: HISTORY_TEXTS.copyInProgress, transferId: track.id };
  return tellThen(
    opening.map((description) => ({ to, description })),
    copying,
  );
}

function createStallTeller(
  { log }: EngineContext,
  moves: JobMoves,
  { source }: TrackedEnds,
): (stalledMs: number | null) => void {
  let told = 0;
  return (stalledMs) => {
    if (stalledMs !== null) told += 1;
    if (told > MAX_STALLS_TOLD) return;
    const description =
      stalledMs === null
        ? `Data of ${source} comes again`
        : `Stalled: no data of ${source} has come for ${Math.round(stalledMs / 1_000)} s`;
    log.warn({ jobId: moves.job.id, source, stalledMs }, 'transfer.stalled');
    moves
      .move(({ status }) => ({ moves: [{ to: status, description }], lease: 'keep' }))
      // The copy itself meets the same trouble, and tells it.
      .catch((error: unknown) => log.warn({ jobId: moves.job.id, err: error }, 'transfer.stall-untold'));
  };
}

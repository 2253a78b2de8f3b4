import type { JobRow } from '../database/tables.ts';
import { settleTransfers } from '../database/transfers.ts';
import type { Storage } from '../storage/storage.ts';
import type { EngineContext } from './context.ts';
import type { TransferTrack } from './track-transfer.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Removes the parts that interrupted writes of a job have left in a directory. Of a directory that the job has for itself
 * all of them go, those of a host whose clock is ahead included; other jobs may be writing to any other, so that only
 * parts go there which have been left alone for a day.
 */
export async function removeParts(storage: Storage, path: string, job: Pick<JobRow, 'id'>): Promise<void> {
  const ageMs = isOwn(path, job) ? -DAY_MS : DAY_MS;
  await storage.removeParts(path, new Date(Date.now() - ageMs));
}

function isOwn(path: string, { id }: Pick<JobRow, 'id'>): boolean {
  return path.includes(id);
}

/**
 * Ends transfers whose files are all at their place. Only those that were cut short before may have left parts; what
 * cannot be removed now is left to the sweep, since it harms nobody.
 */
export async function endTransfers(
  { db, log }: EngineContext,
  tracks: readonly TransferTrack[],
  { storage, path, job }: { readonly storage: Storage; readonly path: string; readonly job: JobRow },
): Promise<void> {
  const wereCut = tracks.some(({ isResumed }) => isResumed);
  try {
    if (wereCut) await removeParts(storage, path, job);
  } catch (error) {
    log.warn({ jobId: job.id, path, err: error }, 'transfer.parts-left');
    return;
  }
  if (!wereCut || isOwn(path, job)) {
    await settleTransfers(
      db,
      tracks.map(({ id }) => id),
    );
  }
}

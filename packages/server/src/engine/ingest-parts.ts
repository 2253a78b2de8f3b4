import { noteFileTransferPart, type TakenFileTransfer } from '../database/file-transfers.ts';
import { RESUME_MIN_BYTES, resumptionKey } from '../storage/copy-file.ts';
import type { EngineContext } from './context.ts';
import type { Input } from './find-input.ts';
import type { Place } from './targets.ts';

/** Ahead of the clock of any host. */
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The two ends of a transfer. */
export interface IngestEnds {
  readonly source: Input;
  readonly to: Place;
}

/**
 * Notes, before a large file is copied, under which key its part would be gone on with: so that it can be taken away also
 * when the source is no more. What was begun of the source as it was before is taken away now. Returns the key; null for
 * what leaves no part behind, or leaves it in a directory of its own.
 */
export async function notePart(
  { db }: EngineContext,
  { transfer, file }: TakenFileTransfer,
  { source, to }: IngestEnds,
): Promise<string | null> {
  const { resumable } = to.storage;
  if (file.format === 'folder' || resumable === undefined) return null;
  const info = await source.place.storage.find(source.path);
  const isLarge = info !== null && info.sizeBytes >= RESUME_MIN_BYTES;
  const key = isLarge ? resumptionKey(transfer.id, source.path, info) : null;
  if (transfer.part_key !== null && transfer.part_key !== key)
    await resumable.removePart(file.path, transfer.part_key);
  if (key !== null && transfer.part_key !== key) await noteFileTransferPart(db, transfer, key);
  return key;
}

/** Takes away what a transfer that is given up has left. A place that cannot be asked keeps it, out of sight. */
export async function discardParts(
  { targets, log }: EngineContext,
  { transfer, file, systemId }: TakenFileTransfer,
  partKey: string | null,
): Promise<void> {
  try {
    const { storage } = await targets.getPlace(systemId);
    const key = partKey ?? transfer.part_key;
    if (key !== null) await storage.resumable?.removePart(file.path, key);
    if (file.format === 'folder' && (await storage.find(file.path)) !== null)
      await storage.removeParts(file.path, new Date(Date.now() + DAY_MS));
  } catch (error) {
    log.warn({ transferId: transfer.id, err: error }, 'ingest.parts-left');
  }
}

import { text } from 'node:stream/consumers';
import { ARCHIVE_MANIFEST } from '../domain/places.ts';
import type { Storage } from '../storage/storage.ts';

/** A manifest larger than this is cut: it only names what is left out, and nobody writes a million names by hand. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The paths that the job's `.agave.archive` leaves out of the archive, each beginning with `/`: what the app
 * brought along, and what the job added itself (spec/jobs.md 9.5). Empty without the file.
 */
export async function readArchiveManifest(
  storage: Storage,
  workDirectory: string,
): Promise<ReadonlySet<string>> {
  const path = `${workDirectory}/${ARCHIVE_MANIFEST}`;
  const found = await storage.find(path);
  if (found?.type !== 'file' || found.sizeBytes === 0) return new Set();
  const { stream } = await storage.open(path, { start: 0, end: Math.min(found.sizeBytes, MAX_BYTES) - 1 });
  const lines = (await text(stream)).split('\n');
  return new Set(lines.filter((line) => line !== '').map((line) => `/${line.replace(/^(\.?\/)+/, '')}`));
}

import { buffer } from 'node:stream/consumers';
import { ARCHIVE_MANIFEST } from '../domain/places.ts';
import { decodeName } from '../storage/name-bytes.ts';
import { type Storage, StorageError } from '../storage/storage.ts';

/** A manifest larger than this is cut: it only names what is left out, and nobody writes a million names by hand. */
const MAX_BYTES = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/** What the job's `.agave.archive` says (spec/jobs.md 9.5). */
export interface ArchiveManifest {
  /** Paths that are not archived, each beginning with `/`: what the app brought along, and what the job added itself. */
  readonly excluded: ReadonlySet<string>;
  /** Why there is nothing to go by; null when there is. */
  readonly trouble: string | null;
}

/** A program may have removed, emptied or replaced the file: then nothing is left out. */
export async function readArchiveManifest(storage: Storage, workDirectory: string): Promise<ArchiveManifest> {
  try {
    return await read(storage, `${workDirectory}/${ARCHIVE_MANIFEST}`);
  } catch (error) {
    // A link or a special file, which nobody follows.
    if (!(error instanceof StorageError && error.code === 'forbidden')) throw error;
    return nothingExcluded(`The ${ARCHIVE_MANIFEST} file cannot be read`);
  }
}

async function read(storage: Storage, path: string): Promise<ArchiveManifest> {
  const found = await storage.find(path);
  if (found?.type !== 'file') return nothingExcluded(`No ${ARCHIVE_MANIFEST} file`);
  if (found.sizeBytes === 0) return nothingExcluded(`The ${ARCHIVE_MANIFEST} file is empty`);
  const { stream } = await storage.open(path, { start: 0, end: Math.min(found.sizeBytes, MAX_BYTES) - 1 });
  const lines = splitLines(await buffer(stream));
  return { excluded: new Set(lines.flatMap(toPath)), trouble: null };
}

function nothingExcluded(trouble: string): ArchiveManifest {
  return { excluded: new Set(), trouble };
}

/** Names are bytes, which need not be text. */
function splitLines(bytes: Buffer): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    lines.push(decodeName(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

/** Samples: `wrapper.sh`, `./bin/tool`, `/data/`. */
function toPath(line: string): readonly string[] {
  const path = line.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
  return path === '' ? [] : [`/${path}`];
}

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { resumablePartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { type FileInfo, type Storage, StorageError } from './storage.ts';
import type { ManifestEntry } from './transfer.ts';

/** How often what was copied is noted: so many seconds of small files are copied again after a kill, at most. */
const NOTE_INTERVAL_MS = 5_000;
/** Entries of one note: with paths of 4 KiB, the longest there are, 8 MiB of memory. */
const NOTE_ENTRIES = 2_000;
const MAX_NOTE_BYTES = 16 * 1024 * 1024;
/** To copy fewer files than these again, and fewer bytes, costs less than a note. */
const WORTHWHILE = { files: 100, bytes: 16 * 1024 * 1024 } as const;

/**
 * Which files of a tree have arrived whole, with their hashes, so that an attempt after a failure or a kill skips them.
 * It lies beside them, in numbered notes that no listing shows, and so is found by whichever process comes next. A note
 * is a file like any other, whole or not there; one that is lost costs time only. Each line is an entry:
 * `["/path",12,1700000000000,"9f86d0…"]`.
 */
export interface TransferJournal {
  /** What attempts before this one have copied, by path. */
  readonly kept: ReadonlyMap<string, ManifestEntry>;
  add(entry: ManifestEntry): void;
  /** Notes what is not noted yet, when it is worth it; for an attempt that failed. */
  save(): Promise<void>;
  /** Removes the notes; for a transfer that is done. */
  remove(): Promise<void>;
}

/** Reads what attempts with this key have noted at a destination. */
export async function openJournal(to: Storage, toPath: string, key: string): Promise<TransferJournal> {
  const notePath = (number: number): string => joinName(toPath, resumablePartName(`transfer ${number}`, key));
  const kept = new Map<string, ManifestEntry>();
  let notes = 0;
  for (
    let note = await readNote(to, notePath(0));
    note !== null;
    note = await readNote(to, notePath(notes))
  ) {
    for (const entry of note) kept.set(entry.path, entry);
    notes += 1;
  }
  let fresh: ManifestEntry[] = [];
  let lastNote = Date.now();
  let writing: Promise<void> = Promise.resolve();

  function note(): void {
    const lines = fresh.map(renderEntry);
    fresh = [];
    lastNote = Date.now();
    const path = notePath(notes);
    notes += 1;
    // A destination that is in trouble fails the transfer itself, which says so.
    writing = writing.then(() => to.write(path, Readable.from([lines.join('')]))).catch(() => undefined);
  }

  return {
    kept,
    add: (entry) => {
      fresh.push(entry);
      if (fresh.length >= NOTE_ENTRIES || Date.now() - lastNote >= NOTE_INTERVAL_MS) note();
    },
    save: async () => {
      const bytes = fresh.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      if (fresh.length >= WORTHWHILE.files || bytes >= WORTHWHILE.bytes) note();
      await writing;
    },
    remove: async () => {
      await writing;
      for (let number = notes - 1; number >= 0; number -= 1) await to.remove(notePath(number));
    },
  };
}

/** Whether a noted file is the one that is listed now. */
export function isNoted(entry: ManifestEntry | undefined, { sizeBytes, modifiedAt }: FileInfo): boolean {
  return entry?.sizeBytes === sizeBytes && entry.modifiedAt.getTime() === modifiedAt.getTime();
}

function renderEntry({ path, sizeBytes, modifiedAt, sha256 }: ManifestEntry): string {
  return `${JSON.stringify([path, sizeBytes, modifiedAt.getTime(), sha256])}\n`;
}

/** null when there is none, or none that can be read. */
async function readNote(storage: Storage, path: string): Promise<readonly ManifestEntry[] | null> {
  try {
    const { info, stream } = await storage.open(path);
    if (info.sizeBytes > MAX_NOTE_BYTES) {
      stream.destroy();
      return null;
    }
    return (await text(stream)).split('\n').flatMap((line) => parseEntry(line) ?? []);
  } catch (error) {
    if (error instanceof StorageError && error.code !== 'unreachable') return null;
    throw error;
  }
}

/** The directory is the user's: what is no entry is none. */
function parseEntry(line: string): ManifestEntry | null {
  if (line === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value)) return null;
    const [path, sizeBytes, modifiedMs, sha256] = value as readonly unknown[];
    if (typeof path !== 'string' || typeof sizeBytes !== 'number' || typeof modifiedMs !== 'number')
      return null;
    if (typeof sha256 !== 'string' && sha256 !== null) return null;
    return { path, sizeBytes, modifiedAt: new Date(modifiedMs), sha256 };
  } catch {
    return null;
  }
}

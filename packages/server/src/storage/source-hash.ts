import { createHash } from 'node:crypto';
import type { FileInfo, Storage } from './storage.ts';

/** The hash of a smaller file costs less than to hand it over. */
const HASH_BESIDE_MIN_BYTES = 1024 * 1024;

/** The hash of a file that is copied. */
export interface SourceHash {
  update(bytes: Buffer): void;
  finish(): Promise<string>;
  /** Ends what still runs of it. */
  stop(): void;
}

/** Begins the hash of a file that is about to be read; whoever began it finishes or stops it. */
export function startHash(from: Storage, { path, sizeBytes }: FileInfo): SourceHash {
  const { hash } = from;
  if (hash === undefined || sizeBytes < HASH_BESIDE_MIN_BYTES) return hashPassing();
  return hashBeside((signal) => hash(path, signal));
}

/** Of the bytes as they pass. */
export function hashPassing(): SourceHash {
  const hash = createHash('sha256');
  const finish = once(async () => hash.digest('hex'));
  return { update: (bytes) => void hash.update(bytes), finish, stop: () => undefined };
}

/** Of a file whose storage hashes beside the event loop, which has enough to do; of all of it, whatever passes. */
function hashBeside(hashFile: (signal: AbortSignal) => Promise<string>): SourceHash {
  const stop = new AbortController();
  const hashed = hashFile(stop.signal);
  // Heard when it is asked for.
  hashed.catch(() => undefined);
  return { update: () => undefined, finish: () => hashed, stop: () => stop.abort() };
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | null = null;
  return () => (result ??= work());
}

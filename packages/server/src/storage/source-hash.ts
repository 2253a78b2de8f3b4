import { createHash } from 'node:crypto';
import { askCopyWorker, createHashId } from './copy-workers.ts';
import type { FileInfo, Storage } from './storage.ts';

/** The hash of a smaller file costs less than to hand it over. */
const HASH_BESIDE_MIN_BYTES = 1024 * 1024;

/** What is handed to a copy worker at a time; two of them for each hash: one is filled while the other is hashed. */
const BLOCK_BYTES = 512 * 1024;

/** The hash of a file that is copied. */
export interface SourceHash {
  /** Resolves when more may come. The bytes are free again at once. */
  update(bytes: Buffer): Promise<void>;
  finish(): Promise<string>;
  /** Ends what still runs of it. */
  stop(): void;
}

/**
 * Begins the hash of a file that is about to be read; whoever began it finishes or stops it. That of a large one is taken
 * beside the event loop, which has enough to do: a third of what it costs to receive a file over SSH is its hash.
 */
export function startHash(from: Storage, { path, sizeBytes }: FileInfo): SourceHash {
  const { hash } = from;
  if (sizeBytes < HASH_BESIDE_MIN_BYTES) return hashPassing();
  return hash === undefined ? hashHanded() : hashBeside((signal) => hash(path, signal));
}

/** Of the bytes as they pass. */
export function hashPassing(): SourceHash {
  const hash = createHash('sha256');
  const finish = once(async () => hash.digest('hex'));
  return { update: async (bytes) => void hash.update(bytes), finish, stop: () => undefined };
}

/** Of the bytes as they pass, by a copy worker. Its memory goes there and back: shared memory is thrice as slow to fill. */
function hashHanded(): SourceHash {
  const id = createHashId();
  let filling = createBlock();
  let filledBytes = 0;
  let handed = Promise.resolve({ buffer: createBlock() });
  let isStopped = false;

  async function handOver(): Promise<void> {
    const { buffer } = await handed;
    const lengthBytes = filledBytes;
    filledBytes = 0;
    if (isStopped) return;
    handed = askCopyWorker({ kind: 'hash-block', id, buffer: filling, lengthBytes }, id);
    // Heard with the next block.
    handed.catch(() => undefined);
    filling = buffer;
  }

  const end = once(() => askCopyWorker({ kind: 'end-hash', id }, id));
  return {
    update: async (bytes) => {
      for (let taken = 0; taken < bytes.length; ) {
        const some = bytes.subarray(taken, taken + BLOCK_BYTES - filledBytes);
        filling.set(some, filledBytes);
        filledBytes += some.length;
        taken += some.length;
        if (filledBytes === BLOCK_BYTES) await handOver();
      }
    },
    finish: once(async () => {
      await handOver();
      await handed;
      return end();
    }),
    stop: () => {
      isStopped = true;
      // So that the worker forgets it; one that cannot be asked has.
      end().catch(() => undefined);
    },
  };
}

function createBlock(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(BLOCK_BYTES);
}

/** Of a file whose storage hashes beside the event loop; of all of it, whatever passes. */
function hashBeside(hashFile: (signal: AbortSignal) => Promise<string>): SourceHash {
  const stop = new AbortController();
  const hashed = hashFile(stop.signal);
  // Heard when it is asked for.
  hashed.catch(() => undefined);
  return { update: async () => undefined, finish: () => hashed, stop: () => stop.abort() };
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | null = null;
  return () => (result ??= work());
}

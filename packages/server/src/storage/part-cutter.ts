import type { Readable } from 'node:stream';
import { StorageError } from './storage.ts';

/** One piece of a stream. Its bytes are good until the piece after the next one is asked for. */
export interface Part {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

const MIB = 1024 * 1024;

/** An upload has at most so many parts (S3 User Guide, "Multipart upload limits"). */
const MAX_PARTS = 10_000;

/**
 * Size of the part of a number, counted from 1. Stores take parts of 5 MiB and more and 10,000 of them, and the length
 * of a stream is not known when it begins. So parts begin small, for little memory, and double after each thousand:
 * 8 GiB fit into parts of 8 MiB, 117 GiB into those of at most 64 MiB. Only beyond do they grow faster than memory
 * should, so that 5 TiB, the largest object there is, fit as well.
 */
export function partBytes(number: number): number {
  const thousand = Math.floor((number - 1) / 1000);
  return Math.min(8 * 2 ** thousand, 2048) * MIB;
}

/** The first part grows to its size: most files are small, and there are many of them at a time. */
const FIRST_ROOM_BYTES = 64 * 1024;

/**
 * Cuts a stream into parts, each filled but the last. Two parts share their memory in turn, so that one can be sent while
 * the next is filled. An empty stream yields one empty part. Throws StorageError `unsupported` when there is more than fits
 * into an object.
 */
export async function* cutIntoParts(source: Readable): AsyncGenerator<Part, undefined> {
  let number = 1;
  let room = Buffer.allocUnsafeSlow(FIRST_ROOM_BYTES);
  let spare = Buffer.alloc(0);
  let used = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let rest = chunk;
    while (rest.length > 0) {
      if (used === room.length && used < partBytes(number)) room = grow(room, partBytes(number));
      else if (used === room.length) {
        yield { bytes: room, isLast: false };
        number += 1;
        if (number > MAX_PARTS) throw new StorageError('unsupported', 'more bytes than an object can have');
        const full = room;
        room = spare.length === partBytes(number) ? spare : Buffer.allocUnsafeSlow(partBytes(number));
        spare = full;
        used = 0;
      }
      const taken = rest.copy(room, used);
      used += taken;
      rest = rest.subarray(taken);
    }
  }
  yield { bytes: room.subarray(0, used), isLast: true };
}

function grow(room: Buffer<ArrayBuffer>, limit: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.min(room.length * 4, limit));
  room.copy(larger);
  return larger;
}

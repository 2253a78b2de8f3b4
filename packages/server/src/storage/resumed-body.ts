import { Readable } from 'node:stream';
import { StorageError } from './storage.ts';

/** A body that may break off and be gone on with. */
export interface ResumedBody {
  readonly what: string;
  readonly body: AsyncIterable<Buffer>;
  /** Where in the file the body begins. */
  readonly bodyStart: number;
  /** The first byte that is wanted; what the body has before it is dropped. */
  readonly from: number;
  /** The byte before which to stop; null: where the body ends. */
  readonly until: number | null;
  /** Whether it is an error when the body ends before `until`. */
  readonly isExact: boolean;
  /** Asks for the rest of the same file; null when the server cannot promise that. */
  readonly resume: ((position: number) => Promise<AsyncIterable<Buffer>>) | null;
  readonly explain: (error: unknown) => StorageError;
}

/** How often in a row a body that breaks off without one more byte is asked for again. */
const TRIES = 3;

/** The bytes of a body; when its connection breaks, those that follow are asked for anew. */
export function streamResumed(wanted: ResumedBody): Readable {
  return Readable.from(readResumed(wanted), { objectMode: false, highWaterMark: 256 * 1024 });
}

async function* readResumed(wanted: ResumedBody): AsyncGenerator<Buffer> {
  const { from, until, what } = wanted;
  const end = until ?? Number.POSITIVE_INFINITY;
  let position = wanted.bodyStart;
  let pieces = wanted.body[Symbol.asyncIterator]();
  let failures = 0;
  try {
    while (position < end) {
      const piece = await takePiece(pieces);
      if (piece.kind === 'end') {
        if (!wanted.isExact) return;
        throw new StorageError('changed', `${what}: expected ${end} bytes, the server sent ${position}`);
      }
      if (piece.kind === 'broken') {
        failures += 1;
        const canResume = wanted.resume !== null && failures <= TRIES && position >= from;
        if (wanted.resume === null || !canResume) throw wanted.explain(piece.error);
        pieces = (await wanted.resume(position))[Symbol.asyncIterator]();
        continue;
      }
      failures = 0;
      const { bytes } = piece;
      const wantedBytes = bytes.subarray(
        Math.max(0, from - position),
        Math.min(bytes.length, end - position),
      );
      position += bytes.length;
      if (wantedBytes.length > 0) yield wantedBytes;
    }
  } finally {
    // Destroys the body, and with it the connection when more was to come.
    await pieces.return?.();
  }
}

type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'broken'; readonly error: unknown };

async function takePiece(pieces: AsyncIterator<Buffer>): Promise<Piece> {
  try {
    const { done, value } = await pieces.next();
    return done === true ? { kind: 'end' } : { kind: 'bytes', bytes: value };
  } catch (error) {
    return { kind: 'broken', error };
  }
}

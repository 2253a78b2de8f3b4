import type { Readable } from 'node:stream';
import { OUTPUT_LIMIT_BYTES } from './output-cap.ts';

/** What stood between the markers of one output stream. */
export interface Frame {
  /** At most the limit's bytes. */
  readonly body: Buffer;
  readonly truncated: boolean;
  /** The words of the end marker after `end`. */
  readonly end: readonly string[];
}

/** Reads one output stream of a call. */
export interface FrameReader {
  /** The words of the begin marker after `begin`; never resolves when there is none. */
  readonly begun: Promise<readonly string[]>;
  readonly ended: Promise<Frame>;
  /** The first of what came before the begin marker, for a message when there is none. */
  noise(): string;
}

/** How much noise is kept to be shown. */
const NOISE_BYTES = 512;

/** A marker is one line `NONCE begin …` or `NONCE end …`; it begins with a newline, for what came before may not end in one. */
export function readFrame(stream: Readable, nonce: string, limitBytes = OUTPUT_LIMIT_BYTES): FrameReader {
  const begun = Promise.withResolvers<readonly string[]>();
  const ended = Promise.withResolvers<Frame>();
  const noise = collector(NOISE_BYTES);
  const body = collector(limitBytes);
  const beginMarker = createMarker(`\n${nonce} begin`, () => {});
  const endMarker = createMarker(`\n${nonce} end`, body.add);
  let phase: 'before' | 'inside' | 'after' = 'before';
  stream.on('data', (chunk: Buffer) => {
    let rest: Buffer | null = chunk;
    if (phase === 'before') {
      noise.add(rest);
      const found = beginMarker(rest);
      if (found === null) return;
      phase = 'inside';
      begun.resolve(found.words);
      rest = found.rest;
    }
    if (phase === 'inside') {
      const found = endMarker(rest);
      if (found === null) return;
      phase = 'after';
      ended.resolve({ body: body.bytes(), truncated: body.truncated(), end: found.words });
    }
  });
  // The channel's end tells; an error of the stream adds nothing.
  stream.on('error', () => {});
  return { begun: begun.promise, ended: ended.promise, noise: () => noise.bytes().toString('utf8') };
}

interface Found {
  readonly words: readonly string[];
  readonly rest: Buffer;
}

/** Longest line of a marker. */
const MARKER_BYTES = 256;

/** Finds a marker in a stream that comes in pieces, and passes on what precedes it. */
function createMarker(marker: string, pass: (bytes: Buffer) => void): (chunk: Buffer) => Found | null {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const start = held.indexOf(marker);
    if (start < 0) {
      // Its beginning may be the end of what we have.
      const safe = Math.max(0, held.length - marker.length + 1);
      pass(held.subarray(0, safe));
      held = held.subarray(safe);
      return null;
    }
    const lineEnd = held.indexOf('\n', start + 1);
    if (lineEnd < 0 && held.length - start < MARKER_BYTES) return null;
    pass(held.subarray(0, start));
    const line = held.toString('latin1', start + marker.length, Math.max(lineEnd, start + marker.length));
    return { words: line.trim().split(' '), rest: held.subarray(lineEnd + 1) };
  };
}

function collector(limitBytes: number): {
  readonly add: (bytes: Buffer) => void;
  readonly bytes: () => Buffer;
  readonly truncated: () => boolean;
} {
  const kept: Buffer[] = [];
  let room = limitBytes;
  let cut = false;
  return {
    add: (bytes) => {
      if (bytes.length > room) cut = true;
      if (room > 0 && bytes.length > 0) kept.push(bytes.subarray(0, room));
      room -= Math.min(room, bytes.length);
    },
    bytes: () => Buffer.concat(kept),
    truncated: () => cut,
  };
}

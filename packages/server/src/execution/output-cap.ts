import type { Readable } from 'node:stream';

/** The most that is kept of one output stream of a command, in bytes (RELIABILITY R6). */
export const OUTPUT_LIMIT_BYTES = 1_048_576;

/** What a stream has said so far, cut at {@link OUTPUT_LIMIT_BYTES}. */
export interface CollectedOutput {
  readonly text: () => string;
  readonly truncated: () => boolean;
}

/** Reads a stream to its end and keeps the beginning: a full pipe would block the command for ever. */
export function collectOutput(stream: Readable, limitBytes: number = OUTPUT_LIMIT_BYTES): CollectedOutput {
  const kept: Buffer[] = [];
  let room = limitBytes;
  let cut = false;
  stream.on('data', (chunk: Buffer) => {
    if (chunk.length > room) cut = true;
    if (room > 0) kept.push(chunk.subarray(0, room));
    room -= Math.min(room, chunk.length);
  });
  // The command's exit tells how it went; a broken pipe adds nothing.
  stream.on('error', () => {});
  return { text: () => Buffer.concat(kept).toString('utf8'), truncated: () => cut };
}

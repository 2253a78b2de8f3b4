import fs from 'node:fs';
import { Readable } from 'node:stream';
import { toStorageError } from './errno.ts';
import { StorageError } from './storage.ts';

/** Bytes a read, at last: large enough that the thread pool's turn costs little. */
const CHUNK_BYTES = 256 * 1024;
/** The first read; each is twice the one before. A hundred downloads whose readers stall early hold little. */
const FIRST_CHUNK_BYTES = 32 * 1024;

/** What to read from an open file; `path` is for messages. */
interface DescriptorRead {
  readonly fd: number;
  readonly start: number;
  readonly length: number;
  readonly path: string;
}

/**
 * Reads exactly `length` bytes and closes the descriptor at the end or when destroyed. createReadStream would end
 * silently when the file shrank; here that is the error `changed`. A file that grows without end still ends.
 */
export function readDescriptor({ fd, start, length, path }: DescriptorRead): Readable {
  const end = start + length;
  let position = start;
  let chunkBytes = FIRST_CHUNK_BYTES;
  let reading = false;
  let closeNow: (() => void) | null = null;

  function afterRead(stream: Readable, error: Error | null, bytesRead: number, buffer: Buffer): void {
    reading = false;
    if (closeNow !== null) return closeNow();
    if (error !== null) return void stream.destroy(toStorageError(error, path) as Error);
    if (bytesRead === 0) {
      return void stream.destroy(new StorageError('changed', `${path} became shorter while it was read`));
    }
    position += bytesRead;
    stream.push(bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead));
  }

  return new Readable({
    // One chunk ahead, whatever its size.
    highWaterMark: 1,
    read() {
      const wanted = Math.min(chunkBytes, end - position);
      chunkBytes = Math.min(CHUNK_BYTES, chunkBytes * 2);
      if (wanted <= 0) {
        this.push(null);
        return;
      }
      reading = true;
      const buffer = Buffer.allocUnsafeSlow(wanted);
      fs.read(fd, buffer, 0, wanted, position, (error, bytesRead) =>
        afterRead(this, error, bytesRead, buffer),
      );
    },
    destroy(error, done) {
      // A descriptor closed under a running read could by then be another file's number.
      const close = () => fs.close(fd, (closeError) => done(error ?? closeError));
      if (reading) closeNow = close;
      else close();
    },
  });
}

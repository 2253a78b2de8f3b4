import { addAbortSignal, type Readable } from 'node:stream';
import { CHECKPOINT_BYTES } from './part-file.ts';
import { canSync } from './sftp-sync.ts';
import type { SftpWrite } from './sftp-write.ts';
import type { WriteOptions } from './storage.ts';

/** What `writeOverSftp` pours from a stream. */
export function pourStream(source: Readable, { signal, resume }: WriteOptions): SftpWrite['pour'] {
  return async (sftp, handle, window) => {
    let position = resume?.fromByte ?? 0;
    let checkpoint = position + CHECKPOINT_BYTES;
    const chunks = signal === undefined ? source : addAbortSignal(signal, source);
    for await (const chunk of chunks as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let start = 0; start < bytes.length; start += sftp.chunkBytes) {
        const piece = bytes.subarray(start, start + sftp.chunkBytes);
        await window.makeRoom();
        window.add(piece.length, sftp.write(handle, position, piece));
        position += piece.length;
      }
      if (resume === undefined || position < checkpoint || !canSync(sftp)) continue;
      // What `safePartBytes` counts on. The server works in order, and the window ends long before the next one.
      window.add(0, sftp.sync(handle));
      checkpoint += CHECKPOINT_BYTES;
    }
    return position;
  };
}

import type { FtpPlace } from './ftp-place.ts';
import { openFtp } from './ftp-read.ts';
import { writeFtp } from './ftp-write.ts';
import type { CopyWithinOptions } from './storage.ts';

/**
 * Copies files of a server, one at a time: FTP has no copies, so that each takes a connection to read by and one to write
 * by, and several that each have one of the two would wait for each other.
 */
export function createFtpCopier(place: FtpPlace) {
  let last: Promise<unknown> = Promise.resolve();
  return (from: string, to: string, options: CopyWithinOptions = {}): Promise<void> => {
    const copied = last.then(() => copyOne(place, { from, to }, options));
    last = copied.catch(() => undefined);
    return copied;
  };
}

async function copyOne(
  place: FtpPlace,
  { from, to }: { readonly from: string; readonly to: string },
  { mode, signal, onBytes }: CopyWithinOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const { info, stream } = await openFtp(place, from, { start: 0 });
  if (onBytes) stream.on('data', (chunk: Buffer) => onBytes(chunk.length)).pause();
  await writeFtp(place, to, stream, { mode: mode ?? info.mode, ...(signal && { signal }) });
}

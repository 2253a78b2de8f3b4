import { SFTP_OPEN, type SftpHandle } from '../ssh/sftp-client.ts';
import { refuseRoot } from './path-parts.ts';
import { kindOfMode } from './sftp-info.ts';
import { hostBytes, lookAt, type SftpPlace } from './sftp-place.ts';
import { writeOverSftp } from './sftp-write.ts';
import { type CopyWithinOptions, StorageError } from './storage.ts';

/** What the host copies for one request: it answers nothing else meanwhile, nor can the copy be ended in between. */
const SLICE_BYTES = 64 * 1024 * 1024;

/** A file of the host to be copied there. */
export interface SftpCopy extends CopyWithinOptions {
  readonly from: string;
  readonly to: string;
}

/** Lets the host copy a file, with the promises of a write. `unsupported` where it cannot: OpenSSH can since 9.0. */
export async function copyOverSftp(place: SftpPlace, copy: SftpCopy): Promise<void> {
  const { sftp } = place;
  const { from, to } = copy;
  refuseRoot(to, 'written');
  if (!sftp.extensions.has('copy-data')) {
    throw new StorageError('unsupported', `${from}: the host copies no files by itself`);
  }
  const before = await lookAt(place, from);
  if (kindOfMode(before.mode) !== 'file') {
    throw new StorageError('not-a-file', `${from} is a directory: name a file in it`);
  }
  const source = await sftp.openFile(hostBytes(place, from), SFTP_OPEN.read);
  try {
    await writeOverSftp(place, {
      path: to,
      mode: copy.mode ?? before.mode ?? 0o600,
      ...(copy.signal && { signal: copy.signal }),
      pour: async (_, target) => {
        await copySlices(place, copy, { source, target, sizeBytes: before.sizeBytes ?? 0 });
        const after = await sftp.fstat(source);
        const isSame =
          after.sizeBytes === before.sizeBytes &&
          after.modifiedAt?.getTime() === before.modifiedAt?.getTime();
        if (!isSame) throw new StorageError('changed', `${from} changed while it was copied`);
        return before.sizeBytes ?? 0;
      },
    });
  } finally {
    await sftp.close(source).catch(() => undefined);
  }
}

async function copySlices(
  { sftp }: SftpPlace,
  { signal, onBytes }: SftpCopy,
  ends: { readonly source: SftpHandle; readonly target: SftpHandle; readonly sizeBytes: number },
): Promise<void> {
  for (let position = 0; position < ends.sizeBytes; position += SLICE_BYTES) {
    signal?.throwIfAborted();
    const lengthBytes = Math.min(SLICE_BYTES, ends.sizeBytes - position);
    await sftp.copyData({ from: ends.source, to: ends.target, position, lengthBytes });
    onBytes?.(lengthBytes);
  }
}

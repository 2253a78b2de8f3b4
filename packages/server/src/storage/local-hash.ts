import { askCopyWorker, createHashId } from './copy-workers.ts';
import { closeFd } from './descriptors.ts';
import { StorageError } from './storage.ts';

/** What a worker reads and hashes for one request: at most so much is done in vain after an abort. */
const SLICE_BYTES = 16 * 1024 * 1024;

/** The SHA-256 of an open file's first bytes, by a copy worker. Closes the file; `path` is for messages. */
export async function hashLocalFile(file: {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<string> {
  const { fd, sizeBytes, path, signal } = file;
  const id = createHashId();
  try {
    for (let position = 0; position < sizeBytes; position += SLICE_BYTES) {
      signal?.throwIfAborted();
      const lengthBytes = Math.min(SLICE_BYTES, sizeBytes - position);
      const got = await askCopyWorker({ kind: 'hash', id, fd, position, lengthBytes }, id);
      if (got < lengthBytes) throw new StorageError('changed', `${path} became shorter while it was read`);
    }
  } catch (error) {
    await askCopyWorker({ kind: 'end-hash', id }, id);
    throw error;
  } finally {
    await closeFd(fd);
  }
  return askCopyWorker({ kind: 'end-hash', id }, id);
}

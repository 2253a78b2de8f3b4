import { Readable } from 'node:stream';
import { parentPath } from '../domain/paths.ts';
import { abortWith } from './abort-source.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { type FtpPlace, findFtp, remotePath, talk } from './ftp-place.ts';
import { makeDirectoryFtp, renameFtp } from './ftp-tree.ts';
import { createPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { StorageError, type WriteOptions } from './storage.ts';

/**
 * Writes a stream under a temporary name, compares the size the server has, and renames it. FTP has no way to ask for the
 * bytes to be on disk.
 */
export async function writeFtp(
  place: FtpPlace,
  path: string,
  source: Readable,
  options: WriteOptions,
): Promise<void> {
  const part = joinName(parentPath(path), createPartName());
  let isSent = false;
  abortWith(options.signal, source);
  try {
    options.signal?.throwIfAborted();
    remotePath(place, path);
    await talk(place, path, async (connection) => {
      await refuseDirectory(place, connection, path);
      await makeDirectoryFtp(place, connection, parentPath(path));
      isSent = true;
      await sendPart(place, connection, { part, source, options });
      await renameFtp(place, connection, { from: part, to: path });
    });
  } catch (error) {
    if (isSent) await removePart(place, part);
    options.signal?.throwIfAborted();
    throw source.errored ?? error;
  } finally {
    source.destroy();
  }
}

async function refuseDirectory(place: FtpPlace, connection: FtpConnection, path: string): Promise<void> {
  if ((await findFtp(place, connection, path))?.type !== 'dir') return;
  throw new StorageError('not-a-file', `${path} is a directory: choose another name`);
}

interface SentPart {
  readonly part: string;
  readonly source: Readable;
  readonly options: WriteOptions;
}

async function sendPart(
  place: FtpPlace,
  connection: FtpConnection,
  { part, source, options }: SentPart,
): Promise<void> {
  const { client } = connection;
  const remote = remotePath(place, part);
  let sentBytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      sentBytes += chunk.length;
      yield chunk;
    }
  }
  // Closing the connection is the only way to stop an upload that every server understands.
  const stop = () => client.close();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    options.signal?.throwIfAborted();
    await client.uploadFrom(Readable.from(counted(), { objectMode: false }), remote);
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
  const seen = await findFtp(place, connection, part);
  if (seen?.sizeBytes !== sentBytes) {
    const has = seen === null ? 'none' : seen.sizeBytes;
    throw new StorageError('corrupt', `${part}: ${sentBytes} bytes were sent, the server has ${has}`);
  }
  if (options.mode === undefined) return;
  // Not every server lets permissions be set; a file with others is still the file.
  await client.sendIgnoringError(`SITE CHMOD ${(options.mode & 0o777).toString(8)} ${remote}`);
}

/** Best effort: what cannot be removed now, because the server is gone, is left to `removeParts`. */
async function removePart(place: FtpPlace, part: string): Promise<void> {
  await talk(place, part, ({ client }) => client.remove(remotePath(place, part), true)).catch(
    () => undefined,
  );
}

import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { type FileInfo, StorageError } from './storage.ts';
import { type TreeWalk, walkTree } from './walk-tree.ts';

/** Entries an archive has at most: its table of contents is kept in memory until the end. */
export const MAX_ZIP_ENTRIES = 100_000;

/** A directory to pack. */
export interface ZipTree extends TreeWalk {
  /** Whether a file of this name is worth compressing (default: all are). */
  readonly isCompressible?: (name: string) => boolean;
}

/**
 * A directory as a zip archive (APPNOTE 6.3, with the 64-bit forms where they are needed), packed while it is read: nothing
 * is kept but the table of contents. Files are packed as they are when their turn comes. A file that fails, or vanishes,
 * ends the stream with its error, so that an archive that is not whole never looks so. Destroy the stream to give up.
 *
 * Throws StorageError `unsupported` for a directory with more than {@link MAX_ZIP_ENTRIES} entries.
 */
export async function zipTree(tree: ZipTree): Promise<Readable> {
  const entries: FileInfo[] = [];
  for await (const info of walkTree(tree)) {
    if (entries.push(info) > MAX_ZIP_ENTRIES) {
      const limit = MAX_ZIP_ENTRIES.toLocaleString('en');
      throw new StorageError('unsupported', `${tree.path}: a zip archive has at most ${limit} entries`);
    }
  }
  return packAll(tree, entries);
}

function packAll(tree: ZipTree, entries: readonly FileInfo[]): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  // Both ends fail together: the source that is open now is destroyed with the output.
  const leaving = new AbortController();
  output.once('close', () => leaving.abort());
  zip.on('error', (error) => output.destroy(error as Error));
  // What is still written to it after its end is of no interest.
  zip.outputStream.on('error', () => {});
  pipeline(zip.outputStream, output).catch(() => leaving.abort());
  for (const info of entries) addEntry({ zip, output, signal: leaving.signal }, tree, info);
  zip.end();
  return output;
}

interface Packing {
  readonly zip: ZipFile;
  readonly output: PassThrough;
  readonly signal: AbortSignal;
}

function addEntry(packing: Packing, tree: ZipTree, info: FileInfo): void {
  const name = entryNameOf(info.path.slice(tree.path === '/' ? 0 : tree.path.length));
  const facts = { mtime: info.modifiedAt, mode: info.mode };
  if (info.type === 'dir') {
    packing.zip.addEmptyDirectory(name, { ...facts, mode: DIRECTORY_TYPE | info.mode });
    return;
  }
  const compress = tree.isCompressible?.(info.name) ?? true;
  const options = {
    ...facts,
    mode: FILE_TYPE | info.mode,
    ...(compress ? { compressionLevel: LEVEL } : { compress }),
  };
  packing.zip.addReadStreamLazy(name, options, (take) => {
    openEntry(packing, tree, info).then(
      (stream) => take(null, stream),
      (error: unknown) => packing.output.destroy(error as Error),
    );
  });
}

/** File types of `st_mode`, which the archive's external attributes hold. */
const FILE_TYPE = 0o100_000;
const DIRECTORY_TYPE = 0o040_000;

/** Little is gained above, and much time lost: packing is mostly bound by the processor. */
const LEVEL = 1;

async function openEntry(
  { output, signal }: Packing,
  { storage }: ZipTree,
  info: FileInfo,
): Promise<Readable> {
  signal.throwIfAborted();
  const { stream } = await storage.open(info.path);
  const leave = (): void => void stream.destroy();
  signal.addEventListener('abort', leave, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', leave));
  stream.once('error', (error) => output.destroy(error));
  // The output may have gone while the file was being opened.
  if (signal.aborted) leave();
  return stream;
}

/**
 * Relative, with slashes between its parts, and nothing in it that an unpacker could take for another directory: a
 * backslash is a separator to some (APPNOTE 4.4.17), and a colon names a drive.
 */
function entryNameOf(path: string): string {
  return path.replace(/^\/+/, '').replaceAll(/[\\:]/g, '_');
}

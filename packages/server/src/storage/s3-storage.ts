import { abortWith } from './abort-source.ts';
import { forEachLimit } from './for-each-limit.ts';
import { failureOf, type HttpCaller } from './http-call.ts';
import { isPartName } from './part-file.ts';
import { joinName, refuseRoot } from './path-parts.ts';
import { createS3Client, type S3Account } from './s3-client.ts';
import { copyObject, removeObject } from './s3-copy.ts';
import { createS3Keys, isListable } from './s3-keys.ts';
import { type ListedObject, listPages } from './s3-listing.ts';
import {
  directoryInfoOf,
  explainMissing,
  findFileAbove,
  findInBucket,
  findObject,
  isDirectory,
  modeHeaders,
  modeHeadersOf,
  type S3Place,
} from './s3-objects.ts';
import { abortOldUploads } from './s3-parts.ts';
import { openObject } from './s3-read.ts';
import { uploadStream } from './s3-upload.ts';
import { type FileInfo, type Storage, StorageError } from './storage.ts';

/** A bucket, the directory in it that is the root, and who asks. */
export interface S3StorageOptions extends S3Account {
  readonly rootDir: string;
  readonly caller: HttpCaller;
}

/** Round trips to an object store are long, and it likes many at a time. */
const FILES_AT_ONCE = 8;

/**
 * Files in a bucket of an object store with Amazon's API. A directory is what the keys of its files have in common; an
 * empty one is a marker, an empty object whose key ends with `/`. Directories have no time of their own.
 */
export function createS3Storage(options: S3StorageOptions): Storage {
  const { caller, endpoint } = options;
  const client = createS3Client(options, caller, ({ what }, error) =>
    failureOf(caller, { what, url: endpoint }, error),
  );
  const place: S3Place = { client, keys: createS3Keys(options.rootDir), notFiles: new Map() };
  return {
    filesAtOnce: FILES_AT_ONCE,
    find: (path) => findInBucket(place, path),
    list: (path) => listDirectory(place, path),
    open: (path, range) => openObject(place, path, range ?? { start: 0 }),
    write: async (path, source, { mode, signal } = {}) => {
      abortWith(signal, source);
      try {
        signal?.throwIfAborted();
        await refuseObstacles(place, path);
        const key = place.keys.keyOf(path);
        const headers = modeHeaders(mode);
        await uploadStream(client, source, { key, what: path, headers, ...(signal && { signal }) });
      } finally {
        source.destroy();
      }
    },
    copyWithin: async (from, to, { mode, signal, onBytes } = {}) => {
      const source = await findObject(place, from);
      if (source === null) throw await explainMissing(place, from);
      await refuseObstacles(place, to);
      await copyObject(client, {
        from: place.keys.keyOf(from),
        to: place.keys.keyOf(to),
        sizeBytes: source.sizeBytes,
        headers: modeHeaders(mode ?? source.mode),
        what: to,
        ...(signal && { signal }),
        ...(onBytes && { onBytes }),
      });
    },
    makeDirectory: (path) => makeDirectory(place, path),
    remove: (path) => remove(place, path),
    removeParts: (path, writtenBefore) =>
      abortOldUploads(client, { prefix: place.keys.prefixOf(path), writtenBefore, what: path }),
    move: (from, to) => move(place, from, to),
    hostPath: (path) => {
      throw new StorageError('unsupported', `${path} is in an object store, where no program can see it`);
    },
    close: async () => undefined,
  };
}

/** Object stores would keep a file beside a directory of its name; no other storage could. */
async function refuseObstacles(place: S3Place, path: string): Promise<void> {
  place.notFiles.delete(path);
  if (path === '/' || (await isDirectory(place, path))) {
    throw new StorageError('not-a-file', `${path} is a directory: choose another name`);
  }
  const obstacle = await findFileAbove(place, path);
  if (obstacle !== null) throw obstacle;
}

async function listDirectory(place: S3Place, path: string): Promise<readonly FileInfo[]> {
  const prefix = place.keys.prefixOf(path);
  const found = new Map<string, FileInfo>();
  let isThere = path === '/';
  for await (const page of listPages(place.client, { prefix, oneLevel: true, what: path })) {
    isThere ||= page.objects.length > 0 || page.prefixes.length > 0;
    for (const directory of page.prefixes) {
      const name = directory.slice(prefix.length, -1);
      if (isListable(name) && !found.has(name)) found.set(name, directoryInfoOf(joinName(path, name)));
    }
    // A file in the place of a directory wins, as it does in `find`.
    for (const object of page.objects) {
      const info = listedInfo(path, prefix, object);
      if (info !== null) found.set(info.name, info);
    }
  }
  if (!isThere) throw await explainNoDirectory(place, path);
  return [...found.values()].sort((one, other) => Buffer.from(one.name).compare(Buffer.from(other.name)));
}

function listedInfo(path: string, prefix: string, object: ListedObject): FileInfo | null {
  const name = object.key.slice(prefix.length);
  if (!isListable(name) || isPartName(name)) return null;
  const { sizeBytes, modifiedAt } = object;
  return { path: joinName(path, name), name, type: 'file', sizeBytes, modifiedAt, mode: 0o644 };
}

async function explainNoDirectory(place: S3Place, path: string): Promise<StorageError> {
  if ((await findObject(place, path)) !== null) {
    return new StorageError('not-a-directory', `${path} is a file, not a directory`);
  }
  const above = await findFileAbove(place, path);
  return above ?? new StorageError('not-found', `${path}: there is no such directory`);
}

async function makeDirectory(place: S3Place, path: string): Promise<void> {
  if (path === '/' || (await isDirectory(place, path))) return;
  if ((await findObject(place, path)) !== null) {
    throw new StorageError('not-a-directory', `${path} is a file, not a directory`);
  }
  const obstacle = await findFileAbove(place, path);
  if (obstacle !== null) throw obstacle;
  const answer = await place.client.send({
    method: 'PUT',
    key: place.keys.prefixOf(path),
    body: Buffer.alloc(0),
    what: path,
  });
  await answer.body.dump();
}

async function remove(place: S3Place, path: string): Promise<void> {
  refuseRoot(path, 'removed');
  await removeObject(place.client, place.keys.keyOf(path), path);
  await eachBelow(place, path, ({ key }) => removeObject(place.client, key, path));
}

/** A file is copied and removed; of a directory every file is, and the old ones go once all new ones are there. */
async function move(place: S3Place, from: string, to: string): Promise<void> {
  refuseRoot(from, 'moved');
  if (to === from) return;
  if (to.startsWith(`${from}/`))
    throw new StorageError('forbidden', `${from} cannot be moved into itself: ${to}`);
  const source = await findInBucket(place, from);
  if (source === null) throw await explainMissing(place, from);
  if (source.type === 'file') {
    await refuseObstacles(place, to);
    const [fromKey, toKey] = [place.keys.keyOf(from), place.keys.keyOf(to)];
    const headers = modeHeaders(source.mode);
    await copyObject(place.client, {
      from: fromKey,
      to: toKey,
      sizeBytes: source.sizeBytes,
      headers,
      what: to,
    });
    return removeObject(place.client, fromKey, from);
  }
  await moveDirectory(place, from, to);
}

async function moveDirectory(place: S3Place, from: string, to: string): Promise<void> {
  const there = await findInBucket(place, to);
  if (there?.type === 'file') throw new StorageError('not-a-directory', `${to} is a file, not a directory`);
  if (there !== null && (await listDirectory(place, to)).length > 0) {
    throw new StorageError('exists', `${to} is there already and not empty`);
  }
  const obstacle = await findFileAbove(place, to);
  if (obstacle !== null) throw obstacle;
  const [fromPrefix, toPrefix] = [place.keys.prefixOf(from), place.keys.prefixOf(to)];
  await eachBelow(place, from, async ({ key, sizeBytes }) => {
    const rest = key.slice(fromPrefix.length);
    const headers = await modeHeadersOf(place, key, from);
    await copyObject(place.client, { from: key, to: toPrefix + rest, sizeBytes, headers, what: to });
  });
  await eachBelow(place, from, ({ key }) => removeObject(place.client, key, from));
}

/** Does something with each object below a path, a few at a time, page by page. */
async function eachBelow(
  place: S3Place,
  path: string,
  work: (object: ListedObject) => Promise<void>,
): Promise<void> {
  const prefix = place.keys.prefixOf(path);
  for await (const { objects } of listPages(place.client, { prefix, what: path })) {
    await forEachLimit(objects, FILES_AT_ONCE, work);
  }
}

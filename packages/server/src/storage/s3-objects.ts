import { baseName } from '../domain/paths.ts';
import { discard, type HttpAnswer, headerOf } from './http-call.ts';
import { readEntity } from './http-entity.ts';
import type { S3Client } from './s3-client.ts';
import type { S3Keys } from './s3-keys.ts';
import { ancestorsOf } from './s3-keys.ts';
import { listPages } from './s3-listing.ts';
import { type FileInfo, StorageError } from './storage.ts';

/** One storage's bucket and the keys of its paths. */
export interface S3Place {
  readonly client: S3Client;
  readonly keys: S3Keys;
  /** Paths of directories that were no files lately, and until when (monotonic milliseconds) that is believed. */
  readonly notFiles: Map<string, number>;
}

/** A tree of many files asks for the same directories again and again. */
const BELIEVED_MS = 30_000;
const MOST_BELIEVED = 10_000;

/** Where objects keep permission bits, as other tools do that show buckets as file systems: decimal `33188`, or octal. */
const MODE_HEADER = 'x-amz-meta-mode';

/** The headers that keep permission bits with an object. */
export function modeHeaders(mode: number | undefined): Readonly<Record<string, string>> {
  return mode === undefined ? {} : { [MODE_HEADER]: `0${(mode & 0o777).toString(8)}` };
}

function readMode(answer: HttpAnswer): number {
  const text = headerOf(answer, MODE_HEADER) ?? '';
  const mode = text.startsWith('0') ? Number.parseInt(text, 8) : Number(text);
  return text === '' || !Number.isSafeInteger(mode) ? 0o644 : mode & 0o777;
}

/** The file that an answer to GET or HEAD of an object describes. */
export function fileInfoOf(path: string, answer: HttpAnswer): FileInfo {
  const { sizeBytes, modifiedAt } = readEntity(answer);
  return {
    path,
    name: baseName(path),
    type: 'file',
    sizeBytes: sizeBytes ?? 0,
    modifiedAt,
    mode: readMode(answer),
  };
}

/** The permission bits that an object of any key keeps, as headers for its copy. */
export async function modeHeadersOf(
  { client }: S3Place,
  key: string,
  what: string,
): Promise<Readonly<Record<string, string>>> {
  const answer = await client.send({ method: 'HEAD', key, what });
  await discard(answer);
  return headerOf(answer, MODE_HEADER) === null ? {} : modeHeaders(readMode(answer));
}

/** A directory: nothing but what keys below it have in common. */
export function directoryInfoOf(path: string): FileInfo {
  const name = baseName(path);
  return { path, name, type: 'dir', sizeBytes: 0, modifiedAt: new Date(0), mode: 0o755 };
}

/** The object of a path; null without one. */
export async function findObject({ client, keys }: S3Place, path: string): Promise<FileInfo | null> {
  const answer = await client.send({ method: 'HEAD', key: keys.keyOf(path), what: path, expected: [404] });
  await discard(answer);
  if (answer.statusCode !== 404) return fileInfoOf(path, answer);
  return null;
}

/** Whether anything is below a path, a marker of an empty directory included. */
export async function isDirectory({ client, keys }: S3Place, path: string): Promise<boolean> {
  const pages = listPages(client, { prefix: keys.prefixOf(path), pageSize: 1, what: path });
  const first = await pages.next();
  return first.done !== true && (first.value.objects.length > 0 || path === '/');
}

/** A file, else a directory, else null. */
export async function findInBucket(place: S3Place, path: string): Promise<FileInfo | null> {
  const file = path === '/' ? null : await findObject(place, path);
  if (file !== null) return file;
  return (await isDirectory(place, path)) ? directoryInfoOf(path) : null;
}

/** Why there is no object where one was looked for: asked only then, as each question costs a round trip. */
export async function explainMissing(place: S3Place, path: string): Promise<StorageError> {
  if (await isDirectory(place, path)) return new StorageError('not-a-file', `${path} is a directory`);
  return (
    (await findFileAbove(place, path)) ?? new StorageError('not-found', `${path}: there is no such file`)
  );
}

/** The error for a path that leads through a file; null when it does not. */
export async function findFileAbove(place: S3Place, path: string): Promise<StorageError | null> {
  for (const ancestor of ancestorsOf(path)) {
    if ((place.notFiles.get(ancestor) ?? 0) > performance.now()) continue;
    if ((await findObject(place, ancestor)) === null) {
      if (place.notFiles.size >= MOST_BELIEVED) place.notFiles.clear();
      place.notFiles.set(ancestor, performance.now() + BELIEVED_MS);
      continue;
    }
    return new StorageError('not-a-directory', `${ancestor} is a file, not a directory`);
  }
  return null;
}

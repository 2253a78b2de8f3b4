import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileVersion } from '@arras/client';
import { codeOf } from './errno.ts';
import { PART_SHAPE } from './safe-target.ts';

/** What a name must leave for the ending of a part, in bytes. */
const LONGEST_BEGINNING = 255 - 22;

/** A file of which the beginning is here already. */
export interface FoundPart {
  readonly path: string;
  /** Names the version that it is a part of; see {@link versionKey}. */
  readonly key: string;
  readonly sizeBytes: number;
}

/**
 * Where a file is while it is downloaded: beside its place, as `reads.bam.0f3a9c1d2b4e5f60.part`. The digits name the
 * source and its version, so that nothing else has to be remembered to go on with it, and a part of another version
 * is never continued.
 */
export function partPath(target: string, key: string): string {
  return join(dirname(target), `${beginningOf(target)}.${key}.part`);
}

/** The digits of a version of a file; null where nothing tells versions apart, and a part cannot be continued. */
export function versionKey(source: string, { etag, lastModified, size }: FileVersion): string | null {
  const version = etag ?? (lastModified === null || size === null ? null : `${lastModified} ${size}`);
  if (version === null) return null;
  return createHash('sha256').update(`${source}\0${version}`).digest('hex').slice(0, 16);
}

function beginningOf(target: string): string {
  let name = basename(target);
  while (Buffer.byteLength(name) > LONGEST_BEGINNING) name = name.slice(0, -1);
  return name.toWellFormed();
}

/** Parts that are in the directories of a download; each directory is read once. */
export class PartFiles {
  readonly #directories = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();

  /** Parts of a file, the longest first. */
  async find(target: string): Promise<readonly FoundPart[]> {
    const directory = dirname(target);
    const known = this.#directories.get(directory) ?? readKeys(directory);
    this.#directories.set(directory, known);
    const keys = (await known).get(beginningOf(target)) ?? [];
    const found = await Promise.all(keys.map((key) => inspect(partPath(target, key), key)));
    return found.filter((part) => part !== null).sort((a, b) => b.sizeBytes - a.sizeBytes);
  }
}

/** The keys of the parts in a directory, by the beginnings of their names. */
async function readKeys(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = await readdir(directory).catch(() => []);
  const parts = names.filter((name) => PART_SHAPE.test(name));
  const keys = Map.groupBy(parts, (name) => name.replace(PART_SHAPE, ''));
  return new Map([...keys].map(([name, all]) => [name, all.map((each) => each.slice(-21, -5))]));
}

async function inspect(path: string, key: string): Promise<FoundPart | null> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() === true && found.size > 0 ? { path, key, sizeBytes: found.size } : null;
}

/** Opens a part anew. Never follows a link that somebody put in its place. */
export async function createPart(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    await rm(path, { force: true });
    return open(path, 'wx');
  }
}

/** Opens a part to go on with it. */
export function reopenPart({ path }: FoundPart): Promise<FileHandle> {
  return open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
}

import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, link, lstat, rename, rm, utimes } from 'node:fs/promises';
import type { FileBegun, FileVersion } from '@arras/client';
import { EXIT } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import type { RemoteEntry, RemoteTree } from '../remote/remote-tree.ts';
import { codeOf } from './errno.ts';
import {
  createPart,
  type FoundPart,
  type PartFiles,
  partPath,
  reopenPart,
  versionKey,
} from './part-files.ts';
import type { TransferRow } from './transfer-board.ts';

/** One file to be fetched. */
export interface FetchOptions {
  readonly tree: RemoteTree;
  readonly entry: RemoteEntry;
  /** Where it is to be; the directory is there. */
  readonly target: string;
  readonly parts: PartFiles;
  /** Replaces what is there. */
  readonly force: boolean;
  /** Whether its checksum is wanted even where the service has none to compare with. */
  readonly checksum: boolean;
  readonly patienceMs: number | undefined;
  readonly signal: AbortSignal;
  readonly row: TransferRow;
}

/** A file that is here now. */
export interface Fetched {
  /** How much of it was here before. */
  readonly resumedAt: number;
  /** In hex; null when it was not computed. */
  readonly sha256: string | null;
}

/**
 * Fetches a file into a part beside its place and renames that when it is whole. What was fetched before is not
 * fetched again, as long as it is of the same version.
 *
 * @throws UnreachableFailure, ApiFailure, Refusal for a file that is not what the service announced, and what the
 *   operating system says.
 */
export async function fetchFile(options: FetchOptions): Promise<Fetched> {
  const found = await options.parts.find(options.target);
  const candidate = found[0] ?? null;
  await using fetching = new Fetching(options, candidate);
  const first = await fetching.run();
  // The part is of another version: it is worth nothing.
  const fetched = first ?? (await fetching.run());
  if (fetched === null) throw new Error('a file that is read from its beginning needs no part');
  await Promise.all(found.map(({ path }) => rm(path, { force: true })));
  return fetched;
}

/** The state of one file: the open part and what of it is sure. */
class Fetching implements AsyncDisposable {
  readonly #options: FetchOptions;
  #candidate: FoundPart | null;
  #part: { readonly handle: FileHandle; readonly path: string; readonly isKept: boolean } | null = null;
  #position = 0;
  #resumedAt = 0;
  #version: FileVersion | null = null;
  #hash: Hash | null = null;

  constructor(options: FetchOptions, candidate: FoundPart | null) {
    this.#options = options;
    this.#candidate = candidate;
  }

  /** Null when the part that was found turns out to be of another version; the next run is without it. */
  async run(): Promise<Fetched | null> {
    const { tree, entry, signal, patienceMs, row } = this.#options;
    // A part that seems whole is asked for its last byte again: the answer tells its version.
    const most = Math.max(0, (entry.sizeBytes ?? Number.POSITIVE_INFINITY) - 1);
    const start = Math.min(this.#candidate?.sizeBytes ?? 0, most);
    for await (const news of tree.read(entry.path, { start, patienceMs, signal })) {
      if (news.kind === 'lost') row.lost(news.retryInMs);
      if (news.kind === 'begun' && !(await this.#begin(news))) return null;
      if (news.kind === 'bytes') await this.#write(news.bytes);
    }
    return this.#finish();
  }

  /** False when the part here is not of this version. */
  async #begin({ start, version }: FileBegun): Promise<boolean> {
    const { tree, entry, target, checksum, row } = this.#options;
    const key = versionKey(`${tree.identity} ${entry.path}`, version);
    const candidate = this.#candidate;
    this.#candidate = null;
    if (start > 0 && (candidate === null || candidate.key !== key)) return false;
    await this.#drop();
    this.#version = version;
    this.#hash = checksum || version.sha256 !== null ? createHash('sha256') : null;
    const isResumed = start > 0 && candidate !== null;
    const path = isResumed ? candidate.path : partPath(target, key ?? randomKey());
    const handle = isResumed ? await reopenPart(candidate) : await createPart(path);
    this.#part = { handle, path, isKept: key !== null };
    this.#position = start;
    this.#resumedAt = start;
    row.restart(start, version.size);
    if (isResumed) await this.#hashBeginning(handle, start);
    return true;
  }

  async #hashBeginning(handle: FileHandle, end: number): Promise<void> {
    if (this.#hash === null) return;
    // The handle stays open for what comes behind.
    const bytes = handle.createReadStream({ start: 0, end: end - 1, autoClose: false });
    for await (const piece of bytes) this.#hash.update(piece);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const handle = this.#part?.handle;
    if (handle === undefined) throw new Error('bytes came before their version');
    for (let written = 0; written < bytes.length; ) {
      const rest = bytes.length - written;
      const { bytesWritten } = await handle.write(bytes, written, rest, this.#position + written);
      written += bytesWritten;
    }
    this.#position += bytes.length;
    this.#hash?.update(bytes);
    this.#options.row.moved(bytes.length);
  }

  async #finish(): Promise<Fetched> {
    const { target, force, entry } = this.#options;
    const [part, version] = [this.#part, this.#version];
    if (part === null || version === null) throw new Error('the service gave no file');
    if (version.size !== null && this.#position !== version.size)
      throw wrongContent(target, `Expected ${version.size} bytes, got ${this.#position}.`);
    const sha256 = this.#hash?.digest('hex') ?? null;
    if (version.sha256 !== null && sha256 !== version.sha256) {
      await this.#drop();
      throw wrongContent(target, `Its SHA-256 should be ${version.sha256}, and is ${sha256}.`);
    }
    // What an older part of the same version had beyond.
    await part.handle.truncate(this.#position);
    await part.handle.close();
    this.#part = null;
    const time = timeOf(entry, version);
    await utimes(part.path, time, time);
    await putInPlace(part.path, target, force);
    return { resumedAt: this.#resumedAt, sha256 };
  }

  /** Removes the open part. */
  async #drop(): Promise<void> {
    const part = this.#part;
    this.#part = null;
    await part?.handle.close();
    if (part !== null) await rm(part.path, { force: true });
  }

  /** After a failure the part stays, unless it could not be continued. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#part?.isKept === false || this.#position === 0) return this.#drop();
    await this.#part?.handle.close();
    this.#part = null;
  }
}

function randomKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
}

/** The listing has the time to the millisecond; when the file has changed since, the answer is right. */
function timeOf({ lastModified }: RemoteEntry, version: FileVersion): Date {
  const listed = new Date(lastModified);
  const answered = Date.parse(version.lastModified ?? '');
  const isSame = Number.isNaN(answered) || Math.floor(listed.getTime() / 1_000) * 1_000 === answered;
  return isSame ? listed : new Date(answered);
}

/** Gives a whole file its name. What has come into its place meanwhile is replaced only with `force`. */
async function putInPlace(part: string, target: string, force: boolean): Promise<void> {
  if (force) return rename(part, target);
  try {
    await link(part, target);
    await rm(part);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw cameMeanwhile(target);
    // Not every file system has links: there the look comes a moment before.
    const isFree = (await lstat(target).catch(() => null)) === null;
    if (!isFree) throw cameMeanwhile(target);
    await rename(part, target);
  }
}

function wrongContent(target: string, why: string): Refusal {
  return new Refusal({
    what: `${target} did not arrive as it was announced.`,
    why,
    todo: 'Repeat the command.',
    exitCode: EXIT.error,
  });
}

function cameMeanwhile(target: string): Refusal {
  return new Refusal({
    what: `${target} has come here meanwhile.`,
    why: 'A download does not replace files unless told to.',
    todo: 'Add --force, or choose another place with -o.',
  });
}

import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { findNamedTag } from '../../domain/http-validators.ts';

const gzipAside = promisify(gzip);

/** Bytes from which compression pays: below, the answer fits into one packet either way. */
export const COMPRESS_FROM_BYTES = 1_024;
/** Up to this many bytes compressing takes less than a millisecond, and going to another thread would take as long. */
const COMPRESS_HERE_BYTES = 32 * 1024;

/** Compresses an answer. */
export async function compress(body: Uint8Array): Promise<Buffer> {
  return body.byteLength <= COMPRESS_HERE_BYTES ? gzipSync(body) : gzipAside(body);
}

/** An answer's bytes with their strong entity tags; the compressed form is another representation with its own. */
export class Representation {
  readonly body: Buffer;
  /** Tag of the plain form. */
  readonly tag: string;
  /** Tag of the compressed form; null where compressing does not pay. */
  readonly gzipTag: string | null;
  readonly #tags: readonly string[];
  #compressed: Promise<Buffer> | null = null;

  /** `version`: what the tag begins with, before a hash of the bytes. */
  constructor(text: string, version: string | null = null) {
    this.body = Buffer.from(text);
    const digest = hash('sha256', this.body, 'base64url').slice(0, 22);
    const name = version === null ? digest : `${version}.${digest}`;
    this.tag = `"${name}"`;
    this.gzipTag = this.body.length < COMPRESS_FROM_BYTES ? null : `"${name}-gzip"`;
    this.#tags = this.gzipTag === null ? [this.tag] : [this.tag, this.gzipTag];
  }

  /** Bytes of memory, about: the compressed form is a fraction of the plain one. */
  get cost(): number {
    return this.body.length * 1.3 + 500;
  }

  /** The tag among those of an If-None-Match header that is one of ours; null: the caller has none of our forms. */
  findTag(ifNoneMatch: string): string | null {
    // The usual case: the one tag that we gave.
    if (ifNoneMatch === this.tag || ifNoneMatch === this.gzipTag) return ifNoneMatch;
    return findNamedTag(ifNoneMatch, this.#tags);
  }

  /** The compressed form, made once. */
  compressed(): Promise<Buffer> {
    this.#compressed ??= compress(this.body);
    return this.#compressed;
  }
}

/** `12s.`: the sequence number of the last event, and whether a stop is requested. */
const TAG_VERSION = /"(\d+s?)\./g;

/** The versions of a job that the tags of an If-None-Match header name, such as `12` or `12s`. */
export function namedVersions(ifNoneMatch: string): readonly string[] {
  return [...ifNoneMatch.matchAll(TAG_VERSION)].map((match) => match[1] ?? '');
}

import { type ConnectionState, type Contact, keepConnected } from './connection.ts';
import { ApiFailure, UnreachableFailure } from './failure.ts';
import type { Link } from './link.ts';
import type { Download, FileVersion } from './operation.ts';
import { withinMs } from './sse.ts';

/** Opens a file, or the part of it that the range names, as long as it is the version that `ifRange` names. */
export type OpenFile = (request: {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly signal: AbortSignal | undefined;
}) => Promise<Download>;

/** What tells versions of a file apart. */
type Validators = Pick<FileVersion, 'etag' | 'lastModified'>;

/** How to read a file. */
export interface ReadFileOptions {
  /** Where to begin, in bytes. Default: 0. A file that has become shorter is read from its beginning. */
  readonly start?: number | undefined;
  /**
   * The version of which the bytes before `start` are; another one is read from its beginning. Without it the caller
   * looks at the version in `begun`, and leaves when it is not the right one.
   */
  readonly version?: Validators | undefined;
  /** How long the service may be away before it fails, in milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number | undefined;
  /** Ends it; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The bytes that follow are those of this version, from `start` on; bytes of another version are worth nothing. */
export interface FileBegun {
  readonly kind: 'begun';
  readonly start: number;
  readonly version: FileVersion;
}

/** News of a file that is read. */
export type ReadFileNews =
  | FileBegun
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | ConnectionState;

/** What reading needs of the client. */
export interface ReadFilePlace {
  readonly url: string;
  /** A connection that is silent for so long is lost, in milliseconds. */
  readonly silenceMs: number;
  readonly contact: Contact;
}

/** The place of a client's link. */
export function placeOf(link: Link, { patienceMs }: ReadFileOptions): ReadFilePlace {
  return { url: link.url, silenceMs: link.times.silenceMs, contact: link.contact(patienceMs) };
}

/**
 * Reads a file to its end. Where a connection breaks it goes on at the byte that comes next; when the file has
 * changed meanwhile it begins anew, and says so with another `begun`.
 *
 * @throws UnreachableFailure when the service stays away, ApiFailure when it refuses.
 */
export function readFile(
  open: OpenFile,
  place: ReadFilePlace,
  options: ReadFileOptions = {},
): AsyncGenerator<ReadFileNews, void> {
  const reader = new FileReading(open, place, options);
  return keepConnected<ReadFileNews>(() => reader.session(), {
    contact: place.contact,
    signal: options.signal,
  });
}

/**
 * How far a file is read. `#position` counts bytes of `#version`; null is a version that is not known yet, of which
 * nothing has been read.
 */
class FileReading {
  readonly #open: OpenFile;
  readonly #place: ReadFilePlace;
  readonly #signal: AbortSignal | undefined;
  #position: number;
  #version: Validators | null;
  #size: number | null = null;
  /** Of this version, in all connections. */
  #furthest = 0;
  #isBegun = false;

  constructor(open: OpenFile, place: ReadFilePlace, { start = 0, version, signal }: ReadFileOptions) {
    this.#open = open;
    this.#place = place;
    this.#signal = signal;
    this.#position = start;
    this.#version = version ?? null;
  }

  /** One connection: ends with the file, fails with the connection. */
  async *session(): AsyncGenerator<ReadFileNews, void> {
    // Broken between the last byte and the end.
    if (this.#isBegun && this.#position === this.#size) return;
    const download = await this.#request();
    yield { kind: 'connected' };
    const isMore = this.#isBegun && download.start === this.#position;
    const isKnown = isSame(this.#version, download.version);
    if (!isKnown) this.#furthest = download.start;
    if (!isMore || !isKnown) {
      this.#position = download.start;
      this.#isBegun = true;
      yield { kind: 'begun', start: download.start, version: download.version };
    }
    this.#version = download.version;
    this.#size = download.version.size;
    for await (const bytes of this.#bytesOf(download)) {
      this.#position += bytes.length;
      this.#noteProgress();
      yield { kind: 'bytes', bytes };
    }
    if (this.#size !== null && this.#position < this.#size)
      throw this.#lost(new Error('the answer ended too early'));
  }

  /** An answer alone is no contact: one that is always broken off at the same byte would be asked for for ever. */
  #noteProgress(): void {
    if (this.#position <= this.#furthest) return;
    this.#furthest = this.#position;
    this.#place.contact.made();
  }

  async #request(): Promise<Download> {
    const signal = this.#signal;
    const whole = { range: undefined, ifRange: undefined, signal };
    if (this.#position === 0) return this.#open(whole);
    const part = { range: `bytes=${this.#position}-`, ifRange: conditionOf(this.#version), signal };
    const download = await this.#open(part).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.status === 416) return null;
      throw error;
    });
    // A condition by time holds within a second: only the tag of the answer tells for sure which version it is of.
    if (download !== null && (download.start === 0 || this.#fits(download))) return download;
    download?.stream.cancel().catch(() => undefined);
    return this.#open(whole);
  }

  #fits({ version }: Download): boolean {
    return this.#version === null || isSame(this.#version, version);
  }

  async *#bytesOf({ stream }: Download): AsyncGenerator<Uint8Array, void> {
    const reader = stream.getReader();
    try {
      for (;;) {
        const { done, value } = await withinMs(this.#place.silenceMs, reader.read());
        if (done) return;
        yield value;
      }
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw this.#lost(error);
    } finally {
      // Whoever stops in the middle wants no more of it; after the end there is nothing to cancel.
      reader.cancel().catch(() => undefined);
    }
  }

  #lost(cause: unknown): UnreachableFailure {
    return new UnreachableFailure(this.#place.url, cause);
  }
}

/** A strong tag, else the time: weak tags do not hold in If-Range (RFC 9110 section 13.1.5). */
function conditionOf(version: Validators | null): string | undefined {
  if (version === null) return undefined;
  const { etag, lastModified } = version;
  return etag !== null && !etag.startsWith('W/') ? etag : (lastModified ?? undefined);
}

/** Without tag and time nothing tells versions apart: then none is the same as another. */
function isSame(known: Validators | null, { etag, lastModified }: FileVersion): boolean {
  if (known === null) return false;
  if (known.etag !== null) return known.etag === etag;
  return known.lastModified !== null && known.lastModified === lastModified;
}

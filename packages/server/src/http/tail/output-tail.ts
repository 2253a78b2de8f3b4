import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobId } from '@arras/contract';
import type { Principal } from '../../auth/authenticate.ts';
import type { JobRow } from '../../database/tables.ts';
import { isTerminal } from '../../domain/lifecycle.ts';
import type { Feed } from '../../events/feed.ts';
import type { Lasting } from '../../realtime/realtime.ts';
import { type OpenFile, type Storage, StorageError } from '../../storage/storage.ts';
import type { GrowingFiles } from './growing-files.ts';

/** Where an output is now. */
export interface OutputPlace {
  readonly storage: Storage;
  readonly path: string;
}

/** What a tail asks of the service. */
export interface TailSeams {
  readonly feed: Pick<Feed, 'onJob'>;
  readonly files: GrowingFiles;
  /** The job as it is now. Throws ApiError when the viewer may not see it any more. */
  readonly findJob: () => Promise<JobRow>;
  /** Where its output is; null while it has none. */
  readonly locate: (job: JobRow) => Promise<OutputPlace | null>;
}

/** Milliseconds for which nothing may come after the end of the program: file systems may show its last lines late. */
const QUIET_MS = 5_000;
/** Milliseconds after which a host that is away is tried again. */
const AWAY_MS = 2_000;

/** The tail was ended before all was sent: the connection breaks, so that its client comes back. */
export class TailBroken extends Error {
  override readonly name = 'TailBroken';
}

/**
 * The bytes of one output from a position on, those that are there and those to come, each once, until the job has
 * ended; also when the file moves from the work directory to the archive. Nothing is kept: what a slow client does not
 * take is not read.
 */
export class OutputTail implements Lasting {
  readonly viewer: Principal;
  readonly #seams: TailSeams;
  readonly #jobId: JobId;
  #position: number;
  /** null: it may have changed. */
  #job: JobRow | null = null;
  #hasNews = true;
  #wake: (() => void) | null = null;
  #broken: string | null = null;
  #endedAt: number | null = null;

  constructor(
    seams: TailSeams,
    parts: { readonly viewer: Principal; readonly jobId: JobId; readonly from: number },
  ) {
    this.#seams = seams;
    this.viewer = parts.viewer;
    this.#jobId = parts.jobId;
    this.#position = parts.from;
  }

  revoke(): void {
    this.#break('the token does not count any more');
  }

  stop(): void {
    this.#break('the service is stopping');
  }

  /** The client has left. */
  leave(): void {
    this.#break('the client has left');
  }

  /** Throws {@link TailBroken}, ApiError when the viewer lost the job, or StorageError `changed` when the file shrank. */
  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    using watch = new Watch(this.#seams.files, () => this.#hint());
    using _changes = this.#seams.feed.onJob(this.#jobId, () => {
      this.#job = null;
      this.#hint();
    });
    for (;;) {
      this.#check();
      this.#hasNews = false;
      const job = this.#job ?? (await this.#findJob());
      const place = await this.#seams.locate(job);
      watch.at(place);
      // Asked before the reading: what comes later than the end is read by the next turn.
      const isOver = this.#isOver(job);
      const sent = place === null ? 0 : yield* this.#readNew(place);
      if (sent > 0) continue;
      if (isOver && !this.#hasNews) return;
      await this.#next(job);
    }
  }

  async #findJob(): Promise<JobRow> {
    // What changes from here on is news.
    const job = await this.#seams.findJob();
    if (!this.#hasNews) this.#job = job;
    return job;
  }

  async *#readNew(place: OutputPlace): AsyncGenerator<Buffer, number, undefined> {
    const file = await this.#open(place);
    if (file === null) return 0;
    const before = this.#position;
    if (file.info.sizeBytes < before) {
      file.stream.destroy();
      throw new StorageError('changed', `${place.path} is shorter than what was read of it`);
    }
    for await (const chunk of file.stream as Readable & AsyncIterable<Buffer>) {
      this.#check();
      this.#position += chunk.length;
      yield chunk;
    }
    if (this.#endedAt !== null && this.#position > before) this.#endedAt = performance.now();
    return this.#position - before;
  }

  /** null while there is nothing to open. */
  async #open({ storage, path }: OutputPlace): Promise<OpenFile | null> {
    try {
      return await storage.open(path, { start: this.#position });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (error.code === 'not-found') return null;
      if (error.code !== 'unreachable') throw error;
      await delay(AWAY_MS);
      this.#hasNews = true;
      return null;
    }
  }

  #isOver(job: JobRow): boolean {
    if (isTerminal(job.status)) return true;
    if (job.remote_ended === null) return false;
    this.#endedAt ??= performance.now();
    return performance.now() - this.#endedAt >= QUIET_MS;
  }

  /** Resolves when something may have changed, or when the quiet after the end has lasted. */
  async #next(job: JobRow): Promise<void> {
    if (this.#hasNews) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = job.remote_ended === null ? null : setTimeout(resolve, QUIET_MS);
    await promise;
    if (timer !== null) clearTimeout(timer);
    this.#wake = null;
  }

  #hint(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  #check(): void {
    if (this.#broken !== null) throw new TailBroken(this.#broken);
  }

  #break(reason: string): void {
    this.#broken ??= reason;
    this.#hint();
  }
}

/** Looks at the file where it is now. */
class Watch implements Disposable {
  readonly #files: GrowingFiles;
  readonly #onChange: () => void;
  #place: OutputPlace | null = null;
  #watching: Disposable | null = null;

  constructor(files: GrowingFiles, onChange: () => void) {
    this.#files = files;
    this.#onChange = onChange;
  }

  at(place: OutputPlace | null): void {
    if (place?.storage === this.#place?.storage && place?.path === this.#place?.path) return;
    this[Symbol.dispose]();
    this.#place = place;
    if (place !== null) this.#watching = this.#files.watch(place.storage, place.path, this.#onChange);
  }

  [Symbol.dispose](): void {
    this.#watching?.[Symbol.dispose]();
    this.#watching = null;
  }
}

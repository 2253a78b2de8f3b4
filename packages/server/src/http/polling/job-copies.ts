import type { JobId } from '@arras/contract';
import type { Change } from '../../database/changes.ts';
import type { StoredJob } from '../../database/stored-jobs.ts';
import { isTerminal } from '../../domain/lifecycle.ts';
import { BatchLoader } from './batch-loader.ts';
import type { ChangeClock } from './change-clock.ts';
import { maxAgeMs } from './copy-age.ts';
import { costOfJob, type JobCopy, JobEntry } from './job-entry.ts';

/** What {@link JobCopies} works with. */
export interface JobCopiesSeams {
  /** Reads jobs from the tables. */
  readonly load: (ids: readonly JobId[]) => Promise<ReadonlyMap<JobId, StoredJob>>;
  readonly clock: ChangeClock;
  readonly hasCompany: () => boolean;
  /** Most bytes to keep, about. */
  readonly maxBytes: number;
}

/** Ids of one query. */
const BATCH = 1_000;

/** Jobs and what was made of them, as good as the tables by the change clock; the least recently used ones go first. */
export class JobCopies {
  readonly #seams: JobCopiesSeams;
  readonly #loader: BatchLoader<JobId, StoredJob>;
  /** In the order of their last use. */
  readonly #entries = new Map<JobId, JobEntry>();
  #bytes = 0;

  constructor(seams: JobCopiesSeams) {
    this.#seams = seams;
    this.#loader = new BatchLoader({
      load: async (requests, asOf) => {
        const loadedAt = performance.now();
        const found = await seams.load([...requests.values()]);
        for (const id of requests.values()) this.#take(id, found.get(id), { asOf, loadedAt });
        return found;
      },
      now: () => seams.clock.now,
      maxKeys: BATCH,
    });
  }

  /** Bytes kept, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a change that the clock has counted already. */
  hear(change: Change | null): void {
    if (change === null || !('id' in change) || change.kind === 'system') return;
    const entry = this.#entries.get(change.id);
    if (entry === undefined) return;
    const { now } = this.#seams.clock;
    if (change.kind === 'progress') entry.progressAt = now;
    else if (change.kind !== 'events') entry.changedAt = now;
    else if (change.seq > entry.seq) {
      entry.seq = change.seq;
      entry.seqAt = now;
    }
  }

  /** What is kept of the job, as the most recently used. */
  entry(id: JobId): JobEntry {
    const known = this.#entries.get(id);
    const entry = known ?? new JobEntry(id, this.#seams.clock.now);
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (known === undefined) this.#grow(entry, entry.cost);
    return entry;
  }

  /** The job: at once when a good copy is there; null when there is none. */
  find(entry: JobEntry): StoredJob | null | Promise<StoredJob | null> {
    const { copy } = entry;
    if (copy !== null && this.#isGood(entry, copy)) return copy;
    return this.#load(entry, Math.max(entry.changedAt, entry.seqAt, this.#seams.clock.anythingAt));
  }

  #isGood(entry: JobEntry, copy: JobCopy): boolean {
    const { clock, hasCompany } = this.#seams;
    const hasEnded = isTerminal(copy.job.status);
    return (
      copy.asOf >= entry.changedAt &&
      copy.asOf >= clock.anythingAt &&
      entry.hasEvents({ seq: copy.job.seq, asOf: copy.asOf }) &&
      performance.now() - copy.loadedAt < maxAgeMs({ hasCompany: hasCompany(), hasEnded })
    );
  }

  async #load(entry: JobEntry, after: number): Promise<StoredJob | null> {
    const loaded = await this.#loader.load(entry.id, entry.id, after);
    // A kept copy is the same one or newer, and what was made from it is found by its identity.
    return loaded === null ? null : (this.#entries.get(entry.id)?.copy ?? loaded);
  }

  #take(
    id: JobId,
    stored: StoredJob | undefined,
    when: { readonly asOf: number; readonly loadedAt: number },
  ): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (stored === undefined) return this.#forget(entry);
    const known = entry.copy;
    if (known !== null && (known.asOf > when.asOf || known.loadedAt > when.loadedAt)) return;
    this.change(entry, () => {
      entry.copy = { ...stored, ...when, cost: costOfJob(stored) };
    });
  }

  /** Changes an entry and makes room for what it holds now. */
  change(entry: JobEntry, work: () => void): void {
    const before = entry.cost;
    work();
    if (this.#entries.get(entry.id) === entry) this.#grow(entry, entry.cost - before);
  }

  #grow(entry: JobEntry, bytes: number): void {
    this.#bytes += bytes;
    for (const oldest of this.#entries.values()) {
      if (this.#bytes <= this.#seams.maxBytes || oldest === entry) return;
      this.#forget(oldest);
    }
  }

  #forget(entry: JobEntry): void {
    if (this.#entries.delete(entry.id)) this.#bytes -= entry.cost;
  }
}

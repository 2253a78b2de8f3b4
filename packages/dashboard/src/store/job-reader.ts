import type { Timing } from '../live/timing.ts';
import type { JobStore } from './job-store.ts';
import { isFull, type ReadJob } from './stored-job.ts';

/** Records are read again at most this often, in milliseconds: four times a second. */
const EVERY_MS = 250;

/** The same while nobody looks at the tab, and while the service does not answer, in milliseconds. */
const SELDOM_MS = 5_000;

/** Full records are read one by one: at most this many at a time. */
const MOST_FULL = 4;

/** What the reader works with. */
export interface JobReaderSeams {
  readonly store: JobStore;
  readonly timing: Timing;
  /** The rows of those of the jobs that are listed. */
  readonly readRows: (ids: readonly string[]) => Promise<readonly ReadJob[]>;
  /** The full record; null for a job that is gone. */
  readonly readFull: (id: string) => Promise<ReadJob | null>;
  readonly isHidden: () => boolean;
  /** Rows of one request. */
  readonly mostRows: number;
}

interface Batch {
  readonly full: readonly string[];
  readonly rows: readonly string[];
}

/** Reads the records of jobs again that have changed, many at once and not too often. */
export class JobReader {
  readonly #seams: JobReaderSeams;
  /** Read first what changed first. */
  readonly #due = new Set<string>();
  #isRunning = false;
  #hasFailed = false;

  constructor(seams: JobReaderSeams) {
    this.#seams = seams;
  }

  /** The record of a job is behind; jobs that nobody knows need none. */
  mark(ids: Iterable<string>): void {
    for (const id of ids) if (this.#seams.store.has(id)) this.#due.add(id);
    if (this.#due.size > 0 && !this.#isRunning) this.#start();
  }

  #start(): void {
    this.#isRunning = true;
    const { timing, isHidden } = this.#seams;
    timing.after(isHidden() || this.#hasFailed ? SELDOM_MS : EVERY_MS, () => void this.#readSome());
  }

  async #readSome(): Promise<void> {
    const batch = this.#takeBatch();
    try {
      await this.#read(batch);
      this.#hasFailed = false;
    } catch {
      // An outage, of which the page tells already: they stay due.
      this.#hasFailed = true;
      this.mark([...batch.full, ...batch.rows]);
    }
    this.#isRunning = false;
    if (this.#due.size > 0) this.#start();
  }

  /** Ids are taken before the read: what changes during it is due again. */
  #takeBatch(): Batch {
    const { store, mostRows } = this.#seams;
    const full: string[] = [];
    const rows: string[] = [];
    for (const id of this.#due) {
      const job = store.peek(id);
      const list = job !== null && isFull(job) ? full : rows;
      if (job !== null && list.length === (list === full ? MOST_FULL : mostRows)) continue;
      this.#due.delete(id);
      if (job !== null) list.push(id);
    }
    return { full, rows };
  }

  async #read({ full, rows }: Batch): Promise<void> {
    const { store, readRows, readFull } = this.#seams;
    const found = rows.length === 0 ? [] : await readRows(rows);
    store.put(found);
    const unlisted = rows.filter((id) => !found.some((job) => job.id === id)).slice(0, MOST_FULL);
    await Promise.all([...full, ...unlisted].map(async (id) => this.#keep(id, await readFull(id))));
  }

  #keep(id: string, job: ReadJob | null): void {
    if (job === null) this.#seams.store.drop(id);
    else this.#seams.store.put([job]);
  }
}

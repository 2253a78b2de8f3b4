import type { JobId } from '@arras/contract';
import type { StoredJob } from '../database/stored-jobs.ts';

/** Jobs of one query. */
const MAX_JOBS = 500;

type Find = (ids: readonly JobId[]) => Promise<ReadonlyMap<JobId, StoredJob>>;

/** Looks up jobs for streams that are opened at the same time: thousands come back together after a cut. */
export class JobLookup {
  readonly #find: Find;
  #waiting = new Map<JobId, PromiseWithResolvers<StoredJob | null>>();
  #isRunning = false;

  constructor(find: Find) {
    this.#find = find;
  }

  /** The job as it is now, hidden or not; null when there is none. */
  find(id: JobId): Promise<StoredJob | null> {
    const known = this.#waiting.get(id);
    if (known !== undefined) return known.promise;
    const result = Promise.withResolvers<StoredJob | null>();
    this.#waiting.set(id, result);
    if (!this.#isRunning) {
      this.#isRunning = true;
      setImmediate(() => void this.#run());
    }
    return result.promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, MAX_JOBS);
      for (const [id] of batch) this.#waiting.delete(id);
      try {
        const found = await this.#find(batch.map(([id]) => id));
        for (const [id, result] of batch) result.resolve(found.get(id) ?? null);
      } catch (error) {
        for (const [, result] of batch) result.reject(error);
      }
    }
    this.#isRunning = false;
  }
}

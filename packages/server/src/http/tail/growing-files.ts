import { setTimeout as delay } from 'node:timers/promises';
import type { FileInfo, Storage } from '../../storage/storage.ts';

/** Times between two looks at a file, in milliseconds. */
export interface LookIntervals {
  readonly shortest: number;
  /** At least so long where nothing has been appended for {@link calmAfter}. */
  readonly calm: number;
  readonly calmAfter: number;
  readonly longest: number;
}

const INTERVALS: LookIntervals = { shortest: 200, calm: 1_000, calmAfter: 10_000, longest: 5_000 };

/** Milliseconds in which the hints of a busy writer are gathered. */
const HINT_MS = 10;

/** A look may take a twentieth of the time between two: a slow host is asked less often. */
const COST_FACTOR = 20;

/** Looks at files that may grow, one look at a time for each, however many follow it. */
export class GrowingFiles {
  readonly #intervals: LookIntervals;
  readonly #files = new WeakMap<Storage, Map<string, GrowingFile>>();

  constructor(intervals: LookIntervals = INTERVALS) {
    this.#intervals = intervals;
  }

  /** Calls `onChange` when the file may have changed since the last call; a hint. Dispose it to leave. */
  watch(storage: Storage, path: string, onChange: () => void): Disposable {
    const files = this.#files.get(storage) ?? new Map<string, GrowingFile>();
    this.#files.set(storage, files);
    let file = files.get(path);
    if (file === undefined) {
      file = new GrowingFile(storage, path, this.#intervals);
      files.set(path, file);
    }
    const watched = file;
    watched.listeners.add(onChange);
    return {
      [Symbol.dispose]: () => {
        watched.listeners.delete(onChange);
        if (watched.listeners.size > 0 || files.get(path) !== watched) return;
        watched.stop();
        files.delete(path);
      },
    };
  }
}

class GrowingFile {
  readonly listeners = new Set<() => void>();
  readonly #storage: Storage;
  readonly #path: string;
  readonly #intervals: LookIntervals;
  #isStopped = false;
  #seen: string | null = null;
  #hints: Disposable | null = null;
  /** Since the last look began. */
  #isHinted = false;
  #lookNow: (() => void) | null = null;

  constructor(storage: Storage, path: string, intervals: LookIntervals) {
    this.#storage = storage;
    this.#path = path;
    this.#intervals = intervals;
    void this.#lookOn();
  }

  stop(): void {
    this.#isStopped = true;
    this.#lookNow?.();
  }

  async #lookOn(): Promise<void> {
    let changedAt = performance.now();
    while (!this.#isStopped) {
      const beganAt = performance.now();
      this.#isHinted = false;
      // What the file cannot be looked at for is said to those who read it.
      const seen = await this.#storage.find(this.#path).then(appearanceOf, () => ABSENT);
      const now = performance.now();
      if (seen !== this.#seen) {
        await this.#askForHints(seen);
        this.#seen = seen;
        changedAt = now;
        for (const listener of this.listeners) listener();
      }
      await this.#pause(this.#pauseAfter(now - beganAt, now - changedAt));
    }
    this.#hints?.[Symbol.dispose]();
  }

  /** Once for each file that comes to be at the path. */
  async #askForHints(seen: string): Promise<void> {
    if (this.#seen !== null && this.#seen !== ABSENT && seen !== ABSENT) return;
    this.#hints?.[Symbol.dispose]();
    this.#hints = null;
    if (seen === ABSENT || this.#storage.watch === undefined) return;
    this.#hints = await this.#storage.watch(this.#path, () => this.#hint()).catch(() => null);
  }

  #hint(): void {
    this.#isHinted = true;
    this.#lookNow?.();
  }

  /** A hint ends it; those of a busy writer are gathered. */
  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms).unref();
    this.#lookNow = resolve;
    if (this.#isStopped || this.#isHinted) resolve();
    await promise;
    this.#lookNow = null;
    clearTimeout(timer);
    await delay(HINT_MS);
  }

  #pauseAfter(costMs: number, sameForMs: number): number {
    const { shortest, calm, calmAfter, longest } = this.#intervals;
    const least = sameForMs > calmAfter ? calm : shortest;
    return Math.min(Math.max(least, costMs * COST_FACTOR), longest);
  }
}

const ABSENT = 'absent';

function appearanceOf(info: FileInfo | null): string {
  return info === null ? ABSENT : `${info.sizeBytes} ${info.modifiedAt.getTime()}`;
}

import type { ShownSystem } from '../../database/execution-systems.ts';
import { BatchLoader } from './batch-loader.ts';
import type { ChangeClock } from './change-clock.ts';

interface SystemCopy {
  readonly system: ShownSystem | null;
  readonly asOf: number;
  /** Monotonic milliseconds. */
  readonly loadedAt: number;
}

/** What {@link SystemCopies} works with. */
export interface SystemCopiesSeams {
  /** Reads systems from the tables. */
  readonly load: (ids: readonly string[]) => Promise<ReadonlyMap<string, ShownSystem>>;
  readonly clock: ChangeClock;
}

/** Copies kept at once: more systems than this have jobs that nobody polls. */
const MAX_COPIES = 5_000;

/** What jobs show of their systems, as good as the tables by the change clock. */
export class SystemCopies {
  readonly #clock: ChangeClock;
  readonly #loader: BatchLoader<string, ShownSystem>;
  readonly #copies = new Map<string, SystemCopy>();

  constructor(seams: SystemCopiesSeams) {
    this.#clock = seams.clock;
    this.#loader = new BatchLoader({
      load: async (requests, asOf) => {
        const loadedAt = performance.now();
        const found = await seams.load([...requests.keys()]);
        for (const id of requests.keys()) this.#keep(id, { system: found.get(id) ?? null, asOf, loadedAt });
        return found;
      },
      now: () => seams.clock.now,
      maxKeys: 1_000,
    });
  }

  /** The system, at once when a good copy is there; null: there is none of that id. `maxAgeMs`: what a copy may be. */
  find(id: string, maxAgeMs: number): ShownSystem | null | Promise<ShownSystem | null> {
    const copy = this.#copies.get(id);
    const changedAt = Math.max(this.#clock.systemAt(id), this.#clock.anythingAt);
    const isGood =
      copy !== undefined && copy.asOf >= changedAt && performance.now() - copy.loadedAt < maxAgeMs;
    return isGood ? copy.system : this.#load(id, changedAt);
  }

  async #load(id: string, after: number): Promise<ShownSystem | null> {
    const loaded = await this.#loader.load(id, id, after);
    return this.#copies.get(id)?.system ?? loaded;
  }

  #keep(id: string, copy: SystemCopy): void {
    const known = this.#copies.get(id);
    if (known !== undefined && (known.asOf > copy.asOf || known.loadedAt > copy.loadedAt)) return;
    // The same object while nothing is different, so that what was made from it stays good.
    const system = known !== undefined && isSame(known.system, copy.system) ? known.system : copy.system;
    if (this.#copies.size >= MAX_COPIES) this.#copies.clear();
    this.#copies.set(id, { ...copy, system });
  }
}

function isSame(one: ShownSystem | null, other: ShownSystem | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

import type { Viewer } from '../../database/systems.ts';
import type { ChangeClock } from './change-clock.ts';
import { maxAgeMs } from './copy-age.ts';
import type { Representation } from './representation.ts';

/** What decides whether a list is still the present one. */
export interface ListFacts {
  /** Jobs of others can be in it: every change counts. */
  readonly showsOthers: boolean;
  /** Systems whose looks it shows. */
  readonly systems: readonly string[];
}

/** A list as it was made. */
export interface MadeList extends ListFacts {
  readonly representation: Representation;
}

interface ListCopy extends MadeList {
  readonly username: string;
  readonly asOf: number;
  /** Monotonic milliseconds. */
  readonly loadedAt: number;
}

interface Making {
  readonly asOf: number;
  readonly list: Promise<MadeList>;
}

/** What {@link ListCopies} works with. */
export interface ListCopiesSeams {
  readonly clock: ChangeClock;
  readonly hasCompany: () => boolean;
  /** Most bytes to keep, about. */
  readonly maxBytes: number;
}

/** Lists by user and query, kept while nothing has changed that they depend on; the least recently used ones go first. */
export class ListCopies {
  readonly #seams: ListCopiesSeams;
  readonly #copies = new Map<string, ListCopy>();
  readonly #making = new Map<string, Making>();
  #bytes = 0;

  constructor(seams: ListCopiesSeams) {
    this.#seams = seams;
  }

  /** Bytes kept, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The list of a query, from memory or made now: once for all who ask meanwhile. */
  async find(viewer: Viewer, query: string, make: () => Promise<MadeList>): Promise<Representation> {
    const key = `${viewer.isAdmin ? 'admin' : 'user'} ${viewer.username} ${query}`;
    const copy = this.#copies.get(key);
    if (copy !== undefined && this.#isGood(copy)) {
      this.#copies.delete(key);
      this.#copies.set(key, copy);
      return copy.representation;
    }
    const { representation } = await this.#make(key, viewer, make);
    return representation;
  }

  #isGood(copy: ListCopy): boolean {
    const { clock, hasCompany } = this.#seams;
    const changedAt = Math.max(
      clock.anythingAt,
      clock.permissionsAt,
      copy.showsOthers ? clock.jobsAt : clock.ownerAt(copy.username),
      ...copy.systems.map((id) => clock.systemAt(id)),
    );
    // Whatever is in it: what can come into it, such as a job that is shared now, may be told by a hint alone.
    const age = maxAgeMs({ hasCompany: hasCompany(), hasEnded: false });
    return copy.asOf >= changedAt && performance.now() - copy.loadedAt < age;
  }

  /** A query under way answers those who ask before the next change, whatever it is. */
  async #make(key: string, { username }: Viewer, make: () => Promise<MadeList>): Promise<MadeList> {
    const asOf = this.#seams.clock.now;
    const running = this.#making.get(key);
    if (running !== undefined && running.asOf === asOf) return running.list;
    const loadedAt = performance.now();
    const making = { asOf, list: make() };
    this.#making.set(key, making);
    try {
      const list = await making.list;
      if (asOf >= (this.#copies.get(key)?.asOf ?? 0)) this.#keep(key, { ...list, username, asOf, loadedAt });
      return list;
    } finally {
      if (this.#making.get(key) === making) this.#making.delete(key);
    }
  }

  #keep(key: string, copy: ListCopy): void {
    this.#drop(key);
    this.#copies.set(key, copy);
    this.#bytes += costOf(key, copy);
    for (const oldest of this.#copies.keys()) {
      if (this.#bytes <= this.#seams.maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const copy = this.#copies.get(key);
    if (copy === undefined) return;
    this.#copies.delete(key);
    this.#bytes -= costOf(key, copy);
  }
}

function costOf(key: string, { representation }: ListCopy): number {
  return representation.cost + 2 * key.length;
}

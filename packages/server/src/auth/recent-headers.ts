import type { Principal } from './authenticate.ts';

/** Headers remembered at once; the one that was looked up longest ago goes first. */
const MAX_KEPT = 10_000;

interface RecentHeader {
  readonly until: number;
  readonly principal: Principal;
}

/**
 * What valid headers said a moment ago: who polls sends the same one all the time, and reading and hashing it would be a
 * good part of the cost. The texts are secrets, so those whose time is over go with the next one that comes.
 */
export class RecentHeaders {
  readonly #now: () => number;
  readonly #kept = new Map<string, RecentHeader>();

  constructor(now: () => number) {
    this.#now = now;
  }

  find(header: string): Principal | null {
    const known = this.#kept.get(header);
    return known !== undefined && known.until > this.#now() ? known.principal : null;
  }

  keep(header: string, recent: RecentHeader): void {
    this.#kept.delete(header);
    this.#kept.set(header, recent);
    const now = this.#now();
    for (const [text, { until }] of this.#kept) {
      if (until > now && this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(text);
    }
  }

  clear(): void {
    this.#kept.clear();
  }
}

import { cursorOf, type FedEvent, type FeedCursor } from '../database/feed.ts';
import { compareCursors } from './cursor.ts';

/** Events kept: some megabytes. */
const MAX_EVENTS = 5_000;
/** For how long, in milliseconds: who may read their jobs was looked up when they came (R9: once a minute). */
const MAX_AGE_MS = 60_000;

/** The last events that the process was told, so that a stream which was cut goes on without a query. */
export class RecentEvents {
  readonly #now: () => number;
  #from: FeedCursor;
  #events: { readonly event: FedEvent; readonly at: number }[] = [];

  /** Knows everything after `from`. */
  constructor(from: FeedCursor, now: () => number) {
    this.#from = from;
    this.#now = now;
  }

  /** Everything after this place is known. */
  get from(): FeedCursor {
    this.#forget();
    return this.#from;
  }

  push(events: readonly FedEvent[]): void {
    const at = this.#now();
    for (const event of events) this.#events.push({ event, at });
    this.#forget();
  }

  /** Forgets everything up to a place where nothing has come after it yet. */
  clear(position: FeedCursor): void {
    this.#events = [];
    this.#from = position;
  }

  /** The events after a place that is not before `from`. */
  after(position: FeedCursor): readonly FedEvent[] {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { event } = this.#events[middle] ?? { event: null };
      if (event !== null && compareCursors(cursorOf(event), position) <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low).map(({ event }) => event);
  }

  #forget(): void {
    const oldest = this.#now() - MAX_AGE_MS;
    const excess = this.#events.length - MAX_EVENTS;
    const young = this.#events.findIndex(({ at }) => at >= oldest);
    const old = young === -1 ? this.#events.length : young;
    // In large steps: each moves all that is left.
    const count = excess > MAX_EVENTS / 10 || old > 0 ? Math.max(excess, old) : 0;
    const last = this.#events[count - 1];
    if (last === undefined) return;
    this.#from = cursorOf(last.event);
    this.#events = this.#events.slice(count);
  }
}

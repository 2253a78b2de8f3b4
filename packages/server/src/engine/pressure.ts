import { setTimeout as delay } from 'node:timers/promises';

/** Requests in hand from which on new work waits a little. */
const BUSY_FROM = 2;
/** Milliseconds between two looks, and the longest a task waits: work must go on under any load. */
const LOOK_MS = 5;
const LONGEST_MS = 200;

/**
 * Accepting beats working: while several requests are in hand, tasks that begin new work wait a moment. Under more
 * load than the machine can carry the backlog grows, which loses nothing, instead of the answers' latency.
 */
export class Pressure {
  #requests = 0;

  /** A request came in. */
  begin(): void {
    this.#requests += 1;
  }

  /** It was answered. */
  end(): void {
    this.#requests -= 1;
  }

  /** Resolves when few requests are in hand, at the latest after 200 ms. */
  async calm(): Promise<void> {
    const deadline = performance.now() + LONGEST_MS;
    while (this.#requests >= BUSY_FROM && performance.now() < deadline) await delay(LOOK_MS);
  }
}

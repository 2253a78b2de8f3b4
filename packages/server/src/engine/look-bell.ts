import type { Logger } from 'pino';
import type { Db } from '../database/connection.ts';
import { queueTasks } from '../database/queue.ts';

/**
 * Rings for the next look at each system at its time. The queue itself finds a task of a later time only when it looks
 * for one, every two seconds; a bell of this process is exact, and when the process dies with it, a sweep finds the
 * system in the tables.
 */
export class LookBell implements Disposable {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #timers = new Map<string, { readonly dueAt: number; readonly timer: NodeJS.Timeout }>();

  constructor(deps: { readonly db: Db; readonly log: Logger }) {
    this.#db = deps.db;
    this.#log = deps.log;
  }

  /** Rings after some milliseconds, unless it will ring for the system earlier. */
  ring(systemId: string, delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    const waiting = this.#timers.get(systemId);
    if (waiting !== undefined && waiting.dueAt <= dueAt) return;
    clearTimeout(waiting?.timer);
    // A timer may be a millisecond early, and the look would not be due yet.
    const timer = setTimeout(() => this.#ringNow(systemId), Math.ceil(delayMs) + 5).unref();
    this.#timers.set(systemId, { dueAt, timer });
  }

  #ringNow(systemId: string): void {
    this.#timers.delete(systemId);
    queueTasks(this.#db, [{ task: 'monitor', subject: systemId }]).catch((error: unknown) =>
      this.#log.warn({ systemId, err: error }, 'hint.lost'),
    );
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

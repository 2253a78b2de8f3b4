import type { Db } from '../database/connection.ts';
import { type SettledDelivery, settleDeliveries } from '../database/deliveries.ts';

/** Outcomes in one statement. */
const BATCH = 100;
/** Milliseconds in which outcomes gather: a commit for each would be most of the cost of a delivery. */
const GATHER_MS = 4;

interface Waiting {
  readonly settled: SettledDelivery;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes outcomes down, several with one commit. Each caller waits until its own is written. */
export class Settler {
  readonly #db: Db;
  readonly #replica: string;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(db: Db, replica: string) {
    this.#db = db;
    this.#replica = replica;
  }

  settle(settled: SettledDelivery): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ settled, resolve, reject });
    if (this.#waiting.length >= BATCH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
    return promise;
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    settleDeliveries(
      this.#db,
      this.#replica,
      batch.map(({ settled }) => settled),
    ).then(
      () => {
        for (const { resolve } of batch) resolve();
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}

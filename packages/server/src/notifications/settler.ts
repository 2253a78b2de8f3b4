import type { Db } from '../database/connection.ts';
import { type SettledDelivery, settleDeliveries } from '../database/deliveries.ts';

/** Outcomes in one statement. */
const BATCH = 100;
/** Milliseconds in which outcomes gather: a commit for each would be most of the cost of a delivery. */
const GATHER_MS = 4;

interface Waiting {
  readonly settled: SettledDelivery;
  readonly resolve: (wasOurs: boolean) => void;
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

  /** Returns whether the delivery was still this replica's; if not, somebody else decides about it. */
  settle(settled: SettledDelivery): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
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
      (ours) => {
        for (const { settled, resolve } of batch) resolve(ours.has(settled.delivery_id));
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}

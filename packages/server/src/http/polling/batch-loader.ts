/** What a {@link BatchLoader} works with. */
export interface BatchLoaderSeams<Request, Value> {
  /** Loads what the requests ask for, by their keys; `asOf` is the present time of the change clock. */
  readonly load: (
    requests: ReadonlyMap<string, Request>,
    asOf: number,
  ) => Promise<ReadonlyMap<string, Value>>;
  /** The change clock. */
  readonly now: () => number;
  /** Keys of one query. */
  readonly maxKeys: number;
}

interface Batch<Request, Value> {
  readonly requests: Map<string, Request>;
  readonly result: PromiseWithResolvers<ReadonlyMap<string, Value>>;
  asOf: number;
}

/** Queries under way at once: one being answered while the next is sent; more would only make batches smaller. */
const MAX_RUNNING = 2;

/**
 * Turns many loads into few queries: requests for one key share a load, and those for different keys share a query with
 * all that came while the queries before it were under way. Without load a request is sent at once.
 */
export class BatchLoader<Request, Value> {
  readonly #seams: BatchLoaderSeams<Request, Value>;
  readonly #running = new Set<Batch<Request, Value>>();
  #waiting: Batch<Request, Value>[] = [];
  #isStarting = false;

  constructor(seams: BatchLoaderSeams<Request, Value>) {
    this.#seams = seams;
  }

  /** Loads what a key stands for, as of `after` on the change clock or later; null: there is nothing of that key. */
  async load(key: string, request: Request, after: number): Promise<Value | null> {
    const batch = this.#findBatch(key, after) ?? this.#join(key, request);
    const found = await batch.result.promise;
    return found.get(key) ?? null;
  }

  /** A query sent before a change must not answer for the time after it. */
  #findBatch(key: string, after: number): Batch<Request, Value> | undefined {
    return [...this.#running].find((batch) => batch.asOf >= after && batch.requests.has(key));
  }

  #join(key: string, request: Request): Batch<Request, Value> {
    const last = this.#waiting.at(-1);
    const isFull = last === undefined || last.requests.size >= this.#seams.maxKeys;
    const known = this.#waiting.find((batch) => batch.requests.has(key));
    const batch = known ?? (isFull ? this.#open() : last);
    batch.requests.set(key, request);
    this.#startSoon();
    return batch;
  }

  #open(): Batch<Request, Value> {
    const batch = {
      requests: new Map<string, Request>(),
      result: Promise.withResolvers<ReadonlyMap<string, Value>>(),
      asOf: 0,
    };
    this.#waiting.push(batch);
    return batch;
  }

  /** After the requests that arrived together with the first one. */
  #startSoon(): void {
    if (this.#isStarting || this.#running.size >= MAX_RUNNING) return;
    this.#isStarting = true;
    setImmediate(() => {
      this.#isStarting = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#running.size < MAX_RUNNING) {
      const batch = this.#waiting.shift();
      if (batch === undefined) return;
      this.#running.add(batch);
      batch.asOf = this.#seams.now();
      this.#seams
        .load(batch.requests, batch.asOf)
        .then(batch.result.resolve, batch.result.reject)
        .finally(() => {
          this.#running.delete(batch);
          this.#start();
        });
    }
  }
}

/** How much at once, and until when. */
export interface ParallelOptions {
  readonly limit: number;
  /** Ends all; the work then throws the signal's reason. */
  readonly signal: AbortSignal;
}

/**
 * Does something with every item, with several at once and in their order. The first failure ends the others: it is
 * thrown when all have stopped.
 */
export async function forEachParallel<Item>(
  items: readonly Item[],
  { limit, signal }: ParallelOptions,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const leave = new AbortController();
  const ending = AbortSignal.any([signal, leave.signal]);
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) {
      ending.throwIfAborted();
      await work(item, ending);
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    worker().catch((error: unknown) => {
      leave.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  signal.throwIfAborted();
  leave.signal.throwIfAborted();
}

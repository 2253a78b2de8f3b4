/** Makes one of the generators to be merged; the signal is aborted when nobody reads any more. */
export type Source<Item> = (signal: AbortSignal) => AsyncGenerator<Item>;

/**
 * What several generators give, as it comes; the order within each is kept. At most `limit` run at once, the next
 * begins when one has ended. The first that fails fails the whole.
 */
export async function* merge<Item>(
  sources: readonly Source<Item>[],
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Item> {
  const leave = new AbortController();
  const ending = signal === undefined ? leave.signal : AbortSignal.any([leave.signal, signal]);
  const waiting = [...sources];
  const running = new Map<AsyncGenerator<Item>, Promise<Step<Item>>>();
  try {
    for (;;) {
      for (const source of waiting.splice(0, limit - running.size)) advance(running, source(ending));
      if (running.size === 0) return;
      const { generator, result } = await Promise.race(running.values());
      if (result.done === true) {
        running.delete(generator);
        continue;
      }
      advance(running, generator);
      yield result.value;
    }
  } finally {
    leave.abort();
    // They end with the signal; that they do so by failing is no news.
    for (const step of running.values()) step.catch(() => undefined);
  }
}

interface Step<Item> {
  readonly generator: AsyncGenerator<Item>;
  readonly result: IteratorResult<Item, unknown>;
}

function advance<Item>(
  running: Map<AsyncGenerator<Item>, Promise<Step<Item>>>,
  generator: AsyncGenerator<Item>,
): void {
  // To the end of the row: one that always has something must not keep the others waiting.
  running.delete(generator);
  running.set(
    generator,
    generator.next().then((result) => ({ generator, result })),
  );
}

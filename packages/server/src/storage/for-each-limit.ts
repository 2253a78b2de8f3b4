/**
 * Runs `work` on each item, at most `limit` at a time, in order of start. The first failure starts no more work,
 * aborts the signal that the others got, and is thrown once they have ended.
 */
export async function forEachLimit<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const entries = items.entries();
  async function runLane(): Promise<void> {
    for (const [index, item] of entries) {
      if (stop.signal.aborted) return;
      await work(item, index, stop.signal);
    }
  }
  const lanes = Array.from({ length: Math.min(limit, items.length) }, () =>
    runLane().catch((error: unknown) => stop.abort(error)),
  );
  await Promise.all(lanes);
  stop.signal.throwIfAborted();
}

/**
 * A sync that its callers share: whoever asks while one is under way waits for the next one, which begins after it and
 * serves all who have asked by then. It rejects for all of them.
 */
export function createSharedSync(sync: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null;
        running = sync();
        return running;
      });
    return next;
  };
}

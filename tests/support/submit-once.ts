import { eventually } from './eventually.ts';
import type { TestTry, TryBed } from './try-bed.ts';

/**
 * Starts a job as the engine does (RELIABILITY R3): a try whose outcome is unknown is looked for; found, it is the
 * one; not found, its claim is taken, and the next try is submitted. Returns the try that started or waits to.
 */
export async function submitOnce(bed: TryBed, first: TestTry): Promise<TestTry> {
  let each = first;
  for (;;) {
    const outcome = await each.trySubmit();
    if (outcome.kind === 'accepted') return each;
    if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.reason}`);
    if (await isThere(bed, each)) return each;
    each = await each.next();
  }
}

/** Whether a try of unknown outcome has arrived; if not, it never will. */
export async function isThere(bed: TryBed, each: TestTry): Promise<boolean> {
  const { state } = await eventually('the scheduler answers', () => each.observe(), {
    timeoutMs: 60_000,
    intervalMs: 250,
  });
  if (state !== 'absent' && state !== 'fenced') return true;
  return (await bed.executor.fence(each.tracked)) === 'started';
}

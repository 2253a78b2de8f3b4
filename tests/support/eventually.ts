import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats `check` until it returns something truthy, and returns that. A check that throws is repeated too.
 * Throws after `timeoutMs` (30 s) with the description and the last reason.
 */
export async function eventually<T>(
  description: string,
  check: () => T | Promise<T>,
  { timeoutMs = 30_000, intervalMs = 25 }: { readonly timeoutMs?: number; readonly intervalMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
      last = `the check returned ${String(value)}`;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(
        `Not within ${timeoutMs} ms: ${description} (${last instanceof Error ? last.message : String(last)})`,
        {
          cause: last,
        },
      );
    await delay(intervalMs);
  }
}

import type { Executor } from '../execution/executor.ts';
import type { Observation } from '../execution/scheduler.ts';

/**
 * Milliseconds for which the verdict on a program that failed waits for its scheduler to close the job: only then does
 * it say whether memory or time ran out. It usually takes one or two seconds.
 */
const PATIENCE_MS = 10_000;

/** Since when each try has been waited for, by the system's executor: another process just waits once more. */
const waitedFor = new WeakMap<Executor, Map<string, number>>();

/** Whether the verdict on a try should wait a little, because its scheduler may still say why it ended. */
export function awaitsCause(
  executor: Executor,
  tag: string,
  end: Pick<Extract<Observation, { readonly state: 'ended' }>, 'closing'>,
): boolean {
  const since = waitedFor.get(executor) ?? new Map<string, number>();
  waitedFor.set(executor, since);
  const now = performance.now();
  const first = since.get(tag) ?? now;
  if (end.closing && now - first < PATIENCE_MS) {
    since.set(tag, first);
    return true;
  }
  since.delete(tag);
  return false;
}

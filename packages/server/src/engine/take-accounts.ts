import type { WatchedJob } from '../database/looks.ts';
import { type AccountedJob, storeUsage } from '../database/usage.ts';
import type { Observation } from '../execution/scheduler.ts';
import type { EngineContext } from './context.ts';

/**
 * Milliseconds for which the accounting is asked what a program used once that has ended. It is behind by a few seconds,
 * and asked together with the system's other jobs.
 */
export const ACCOUNT_FOR_MS = 45_000;

/** Stores what the accounting has told about programs that have ended. */
export async function takeAccounts(
  context: EngineContext,
  seen: readonly { readonly job: WatchedJob; readonly observation: Observation | null }[],
): Promise<void> {
  const accounted = seen.flatMap(({ job, observation }): AccountedJob[] => {
    if (job.account_until === null) return [];
    if (observation?.state !== 'ended' && observation?.state !== 'lost') return [];
    const { usage, cause } = observation;
    if (usage === undefined) return [];
    return [
      {
        id: job.id,
        owner: job.owner,
        cause: cause ?? null,
        seconds: usage.elapsedSeconds,
        cpuSeconds: usage.cpuSeconds,
        memoryBytes: usage.maxMemoryBytes,
      },
    ];
  });
  await storeUsage(context.db, accounted);
}

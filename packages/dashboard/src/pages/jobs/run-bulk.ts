import type { BulkOutcome } from './bulk-plan.ts';

/** Requests at once: quick enough for hundreds of jobs, and no crowd for the service. */
const AT_ONCE = 4;

/** How a run goes. */
export interface BulkRun {
  /** Acts on one job. Never throws: a refusal is an outcome. */
  readonly act: (jobId: string) => Promise<BulkOutcome>;
  readonly tell: (outcome: BulkOutcome) => void;
  /** Once it is aborted no more jobs are begun. */
  readonly signal: AbortSignal;
}

/** Acts on jobs in their order, a few at once. Resolves when all that were begun are answered. */
export async function runBulk(jobIds: readonly string[], { act, tell, signal }: BulkRun): Promise<void> {
  const left = jobIds[Symbol.iterator]();
  const work = async () => {
    for (const jobId of left) {
      if (signal.aborted) return;
      tell(await act(jobId));
    }
  };
  // One iterator for all: each job is taken by one of them.
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

import { releaseLease } from '../database/leases.ts';
import type { JobRow } from '../database/tables.ts';
import { WAIT_FOR_SYSTEM_MS } from '../domain/retry.ts';
import { type EngineContext, SERVICE } from './context.ts';

/**
 * Leaves a job where it is because its system cannot take it now. The reason goes into the history once, not
 * at every look; the deadline of the status ends the waiting.
 */
export async function waitForSystem(context: EngineContext, job: JobRow, reason: string): Promise<void> {
  const description = `Waiting: ${reason}.`;
  if (job.last_message === description) {
    await releaseLease(context.db, job, { lookAfterMs: WAIT_FOR_SYSTEM_MS });
    return;
  }
  await context.transition({
    job,
    moves: [{ to: job.status, description }],
    by: SERVICE,
    delayMs: WAIT_FOR_SYSTEM_MS,
  });
}

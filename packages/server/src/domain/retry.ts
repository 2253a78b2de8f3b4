/** Tries of staging, submitting and archiving before the job is given up (spec/lifecycle.md section 6). */
export const MAX_ATTEMPTS = 3;

/** Unexpected faults in a row before a job is failed, so that one bad job can never loop for ever (T17). */
export const MAX_FAULTS = 5;

const BASE_MS = 1_000;
const CEILING_MS = 60_000;

/** Doubles from one second to a minute. `attempt` counts from 1. */
export function retryDelayMs(attempt: number): number {
  return Math.min(BASE_MS * 2 ** Math.max(0, attempt - 1), CEILING_MS);
}

/** Milliseconds until a waiting job looks again whether its system can be used or has room. */
export const WAIT_FOR_SYSTEM_MS = 15_000;

/** The same after a scheduler has refused a job for the number of jobs it has: every round leaves entries in the history. */
export const WAIT_FOR_LIMIT_MS = 60_000;

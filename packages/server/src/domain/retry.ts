/** Tries of staging, submitting and archiving before the job is given up (spec/lifecycle.md section 6). */
export const MAX_ATTEMPTS = 3;

/** Tries of an import or a copy of the Files API: nothing else waits for it, and its host may be away for a while. */
export const MAX_INGEST_ATTEMPTS = 10;

/** Unexpected faults in a row before a job is failed, so that one bad job can never loop for ever (T17). */
export const MAX_FAULTS = 5;

/**
 * Deaths of the process in one attempt at moving data before the attempt counts as failed, so that a job which kills the
 * service each time cannot do so for ever. Many, because a process mostly dies of other things than this job.
 */
export const MAX_INTERRUPTIONS = 5;

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

/** Doublings of {@link WAIT_FOR_SYSTEM_MS} at most: then a host that breaks every transfer off is tried every 16 minutes. */
const MAX_DOUBLINGS = 6;

/**
 * Milliseconds until data is moved again after a host stopped answering in the middle of it. `waits` counts from 0. Each round
 * leaves entries in the history, and a host that answers but breaks off would else fill it.
 */
export function waitAgainMs(waits: number): number {
  return WAIT_FOR_SYSTEM_MS * 2 ** Math.min(waits, MAX_DOUBLINGS);
}

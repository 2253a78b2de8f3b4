/** How long a program without a batch system may overrun its limit, for the sake of its own last words, in milliseconds. */
const OWN_GRACE_MS = 10_000;

/**
 * The same where a batch system ends programs. Its clock counts from the true start, in whole minutes with some, stands
 * still while a job is suspended, and leaves a job time to end by itself (Slurm's KillWait is 30 s by default, its
 * OverTimeLimit some minutes): it decides. Ours is for a queue whose directives leave the time limit out.
 */
const BATCH_GRACE_MS = 5 * 60_000 + 30_000;

/**
 * Milliseconds after which the service ends a program that has not ended by its maxRunTime. `scheduler` is null where it
 * is not known: patience harms less than a program that was ended too early.
 */
export function runLimitMs(maxRunTimeSeconds: number, scheduler: string | null): number {
  return maxRunTimeSeconds * 1_000 + (scheduler === 'FORK' ? OWN_GRACE_MS : BATCH_GRACE_MS);
}

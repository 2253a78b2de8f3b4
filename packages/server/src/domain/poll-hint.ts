import type { JobStatus } from '@arras/contract';
import { isMonitored, isTerminal } from './lifecycle.ts';
import { longestLookMs } from './look-times.ts';

/** What a hint rests on; times in milliseconds of one clock. */
export interface HintFacts {
  readonly status: JobStatus;
  /** When the programs of the execution system are looked at next; null: no time is set. */
  readonly nextLookAtMs: number | null;
  readonly nowMs: number;
  /** The quick interval of looks: see {@link longestLookMs}. */
  readonly monitorEveryMs: number;
}

/**
 * Whole seconds after which asking again can pay, at least 1; null once the job has ended.
 *
 * A program on its execution system is looked at with all others of the system, whether that answers or not, at a time
 * that is known beforehand: nothing that only a look can show is known before it. The one thing that comes earlier is
 * the end of a program that leaves its exit marker where the service watches; who must have that at once waits with
 * `wait` instead of asking. Everything else the service does itself, at any moment.
 */
export function retryAfterSeconds(facts: HintFacts): number | null {
  const { status, nextLookAtMs, nowMs, monitorEveryMs } = facts;
  if (isTerminal(status)) return null;
  if (!isMonitored(status) || nextLookAtMs === null) return 1;
  // The database's clock set the time; a clock apart must not turn into a hint that nobody can follow.
  const untilLookMs = Math.min(nextLookAtMs - nowMs, longestLookMs(monitorEveryMs));
  return Math.max(1, Math.ceil(untilLookMs / 1000));
}

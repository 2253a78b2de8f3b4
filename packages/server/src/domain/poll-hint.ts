import type { JobStatus } from '@arras/contract';
import { isMonitored, isTerminal } from './lifecycle.ts';

/** What a hint rests on; times in milliseconds of one clock. */
export interface HintFacts {
  readonly status: JobStatus;
  /** When the execution system last told how its programs are; null: never. */
  readonly seenAtMs: number | null;
  /** False while the system does not answer. */
  readonly isReachable: boolean;
  readonly nowMs: number;
  /** Between two looks at the programs of one system. */
  readonly monitorEveryMs: number;
}

/**
 * Whole seconds after which asking again can pay, at least 1; null once the job has ended.
 *
 * A program on its execution system is looked at with all others of the system: the sweep, which runs every 2 s, rings
 * for it once the monitor interval has passed since the last look, whose time is `seenAtMs`. So nothing that only a look
 * can show is known before that time, and usually it is known within 2 s after it. The one thing that comes earlier is
 * the end of a program that leaves its exit marker where the service watches; who must have that at once waits with
 * `wait` instead of asking. Looks that fail leave no time behind: then the interval itself is the answer. Everything
 * else the service does itself, at any moment.
 */
export function retryAfterSeconds(facts: HintFacts): number | null {
  const { status, seenAtMs, isReachable, nowMs, monitorEveryMs } = facts;
  if (isTerminal(status)) return null;
  if (!isMonitored(status) || seenAtMs === null) return 1;
  const untilLookMs = isReachable ? seenAtMs + monitorEveryMs - nowMs : monitorEveryMs;
  // The database's clock set `seenAtMs`; a clock apart must not turn into a hint that nobody can follow.
  return Math.max(1, Math.ceil(Math.min(untilLookMs, monitorEveryMs) / 1000));
}

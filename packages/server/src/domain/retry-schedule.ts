import type { NotificationPolicy } from '@arras/contract';

const SECOND_MS = 1_000;

/** Between two attempts at least this much passes: without it a failing endpoint is called in a tight loop. */
const LEAST_MS = SECOND_MS;

/** The longest wait that a Retry-After can ask for (P18): a day, not ten years. */
const MAX_RETRY_AFTER_MS = 24 * 3_600 * SECOND_MS;

/** How far the waits of EXPONENTIAL are spread, so that what failed together is not repeated together. */
const JITTER = 0.2;

/** EXPONENTIAL: the wait in seconds while fewer attempts than `below` have been made (spec: notifications 4.1). */
const EXPONENTIAL_STEPS = [
  { below: 5, seconds: 5 },
  { below: 9, seconds: 15 },
  { below: 14, seconds: 60 },
  { below: 18, seconds: 900 },
  { below: Number.POSITIVE_INFINITY, seconds: 3_600 },
] as const;

/** What the wait before the next attempt depends on. */
export interface RetryQuestion {
  readonly policy: NotificationPolicy;
  /** Attempts made so far, the failed one included: at least 1. */
  readonly attemptsMade: number;
  /** Uniform in [0, 1). */
  readonly random: number;
  /** What the other side asked for; null when it asked for nothing. */
  readonly retryAfterMs: number | null;
}

/**
 * Milliseconds until the next attempt, or `exhausted` when the policy allows no further one (DECISIONS, "Policy given
 * by the user"): NONE is one attempt; otherwise `retryLimit` is the most attempts, 0 and 1 both mean one. A
 * Retry-After of up to 24 h is honoured and never shortens the wait.
 */
export function nextAttemptDelayMs(question: RetryQuestion): number | 'exhausted' {
  const { policy, attemptsMade, retryAfterMs } = question;
  if (attemptsMade >= mostAttempts(policy)) return 'exhausted';
  const waitMs = Math.max(LEAST_MS, plannedMs(question));
  return Math.max(waitMs, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

/** The most attempts a policy allows. */
function mostAttempts({ retryStrategy, retryLimit }: NotificationPolicy): number {
  return retryStrategy === 'NONE' ? 1 : Math.max(1, retryLimit);
}

function plannedMs({ policy, attemptsMade, random }: RetryQuestion): number {
  switch (policy.retryStrategy) {
    case 'NONE':
    case 'IMMEDIATE':
      return LEAST_MS;
    case 'DELAYED':
      return (attemptsMade === 1 ? policy.retryDelay : policy.retryRate) * SECOND_MS;
    case 'EXPONENTIAL': {
      const seconds = EXPONENTIAL_STEPS.find(({ below }) => attemptsMade < below)?.seconds ?? 3_600;
      return Math.round(seconds * SECOND_MS * (1 - JITTER + 2 * JITTER * random));
    }
  }
}

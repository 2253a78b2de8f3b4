import { ApiFailure, UnreachableFailure } from './failure.ts';

/** How often and how long requests are repeated. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** About three seconds in all: long enough for a restart of a proxy, short enough for a person who waits. */
export const DEFAULT_RETRY: RetryPolicy = { tries: 5, firstDelayMs: 200, longestDelayMs: 5_000 };

/** A service that asks for more patience than this is better reported than waited for. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long to wait before the next try, in milliseconds; null when there is none. Exponential with full jitter, so
 * that many clients of a service that comes back do not come back together.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  state: { readonly triesMade: number; readonly failure: unknown; readonly random: number },
): number | null {
  if (state.triesMade >= policy.tries || !isPassing(state.failure)) return null;
  const asked = state.failure instanceof ApiFailure ? state.failure.retryAfterMs : null;
  if (asked !== null) return asked > LONGEST_RETRY_AFTER_MS ? null : asked;
  const ceiling = Math.min(policy.firstDelayMs * 2 ** (state.triesMade - 1), policy.longestDelayMs);
  return Math.round(ceiling * state.random);
}

/** True for failures that can go away by themselves. */
function isPassing(failure: unknown): boolean {
  if (failure instanceof UnreachableFailure) return true;
  if (!(failure instanceof ApiFailure)) return false;
  return failure.status === 429 || failure.status === 503 || failure.code === 'idempotency.in-progress';
}

/** Reads `Retry-After`: seconds, or a date such as `Wed, 21 Oct 2026 07:28:00 GMT`. Null when there is none. */
export function parseRetryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

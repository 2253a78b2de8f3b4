import type { GuessLimit } from './context.ts';

/** How much at once, and how fast it comes back. */
export interface RateLimitOptions {
  readonly burst: number;
  readonly perMinute: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
}

/** Subjects remembered before those that may do everything again are forgotten. */
const FORGET_ABOVE = 10_000;

/**
 * Counts by the time at which a subject will have its whole burst again (the generic cell rate algorithm). Each
 * process counts for itself: it is a guard against floods, not a quota.
 */
export function createRateLimit({ burst, perMinute, nowMs }: RateLimitOptions): GuessLimit {
  const eachMs = 60_000 / perMinute;
  const fullAt = new Map<string, number>();
  const afterNext = (subject: string, now: number) => Math.max(fullAt.get(subject) ?? now, now) + eachMs;
  return {
    hasRoom(subject) {
      const now = nowMs();
      return afterNext(subject, now) - now <= burst * eachMs;
    },
    admits(subject) {
      const now = nowMs();
      const nextFullAt = afterNext(subject, now);
      if (nextFullAt - now > burst * eachMs) return false;
      fullAt.set(subject, nextFullAt);
      if (fullAt.size > FORGET_ABOVE) forgetFull(fullAt, now);
      return true;
    },
    giveBack(subject) {
      const at = fullAt.get(subject);
      if (at !== undefined) fullAt.set(subject, at - eachMs);
    },
  };
}

function forgetFull(fullAt: Map<string, number>, now: number): void {
  for (const [subject, at] of fullAt) if (at <= now) fullAt.delete(subject);
}

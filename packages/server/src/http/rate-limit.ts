import type { RateLimit } from './context.ts';

/** How much at once, and how fast it comes back. */
export interface RateLimitOptions {
  readonly burst: number;
  readonly perMinute: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
}

const monotonicMs = () => performance.now();

/** Calls from inside one job: a program that says more than once a second that it lives has a mistake in its loop. */
export const CALLBACK_LIMIT: RateLimitOptions = { burst: 30, perMinute: 60, nowMs: monotonicMs };

/** Messages sent by hand for one subscription: enough to try things out, too few to be a weapon. */
export const FIRE_LIMIT: RateLimitOptions = { burst: 10, perMinute: 10, nowMs: monotonicMs };

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}

/** Subjects remembered before those that are full again are forgotten. */
const FORGET_ABOVE = 10_000;

/** A token bucket for each subject. Each process counts for itself: it is a guard against floods, not a quota. */
export function createRateLimit({ burst, perMinute, nowMs }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, Bucket>();
  const refill = ({ left, atMs }: Bucket, now: number) =>
    Math.min(burst, left + ((now - atMs) * perMinute) / 60_000);
  return {
    admits(subject) {
      const now = nowMs();
      const left = refill(buckets.get(subject) ?? { left: burst, atMs: now }, now);
      const isAdmitted = left >= 1;
      buckets.set(subject, { left: isAdmitted ? left - 1 : left, atMs: now });
      if (buckets.size > FORGET_ABOVE) forgetFull(buckets, (bucket) => refill(bucket, now) >= burst);
      return isAdmitted;
    },
  };
}

function forgetFull(buckets: Map<string, Bucket>, isFull: (bucket: Bucket) => boolean): void {
  for (const [subject, bucket] of buckets) if (isFull(bucket)) buckets.delete(subject);
}

/** When somebody was here; milliseconds since 1970. */
export interface Visit {
  /** When the visit before this one ended; null: there was none. */
  readonly sinceMs: number | null;
  /** When this visit was last seen to go on. */
  readonly seenMs: number;
}

/** Whoever comes back within this time goes on with the same visit, in milliseconds: a reload loses no news. */
const SAME_VISIT_MS = 30 * 60_000;

/** Whoever was never here, or not for long, is told of this much, in milliseconds. */
const MOST_MS = 14 * 86_400_000;

const FIRST_MS = 86_400_000;

/** The visit that goes on now, or begins. */
export function continueVisit(kept: Visit | null, nowMs: number): Visit {
  if (kept === null) return { sinceMs: null, seenMs: nowMs };
  const isSame = nowMs - kept.seenMs < SAME_VISIT_MS;
  return { sinceMs: isSame ? kept.sinceMs : kept.seenMs, seenMs: nowMs };
}

/** The visit once all news was seen. */
export function markSeen(nowMs: number): Visit {
  return { sinceMs: nowMs, seenMs: nowMs };
}

/** Since when news are told: the end of the visit before, a day for the first one, two weeks at most. */
export function newsSince({ sinceMs }: Visit, nowMs: number): number {
  return Math.max(sinceMs ?? nowMs - FIRST_MS, nowMs - MOST_MS);
}

/** Reads what was kept; null for what makes no sense, such as a time that is still to come. */
export function readVisit(text: string | null, nowMs: number): Visit | null {
  const kept = parse(text);
  const { sinceMs, seenMs } = kept;
  if (!isPast(seenMs, nowMs)) return null;
  return { sinceMs: isPast(sinceMs, nowMs) ? sinceMs : null, seenMs };
}

function isPast(value: unknown, nowMs: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= nowMs;
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

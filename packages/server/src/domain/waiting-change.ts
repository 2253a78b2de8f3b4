import { explainWaiting, type WaitingCategory } from './waiting-reason.ts';

/** Why a job waits, and when its scheduler expects to start it. */
export interface Wait {
  readonly reason: string | null;
  readonly estimatedStart: Date | null;
}

/** What to do about a wait that was seen: nothing, store it, or store and tell it. */
export type WaitChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'store'; readonly wait: Wait }
  | { readonly kind: 'tell'; readonly wait: Wait; readonly description: string };

/**
 * Categories that are told as one, because a job in a healthy queue goes to and fro between them: it waits for its turn.
 */
const KIND_OF = {
  resources: 'turn',
  priority: 'turn',
  'limit-that-clears': 'limit',
  'never-starts': 'never',
  held: 'held',
  'node-trouble': 'trouble',
  unknown: 'unknown',
} as const satisfies Record<WaitingCategory, string>;

/** Changes of an estimate below this many milliseconds, or below this part of the time left, are not stored. */
const SMALL_MS = 60_000;
const SMALL_PART = 0.1;

/**
 * Compares what was seen with what is known. A reason is told when it is of another kind; whatever else changes is
 * stored. A scheduler that says nothing for a moment takes nothing back.
 */
export function judgeWait(known: Wait, seen: Wait, nowMs: number): WaitChange {
  const explained = explainWaiting(seen.reason);
  const kindBefore = KIND_OF[explainWaiting(known.reason).category];
  const kind = KIND_OF[explained.category];
  const reason = kind === 'unknown' && kindBefore !== 'unknown' ? known.reason : seen.reason;
  const wait = { reason, estimatedStart: seen.estimatedStart };
  if (kind !== kindBefore && kind !== 'unknown') {
    return { kind: 'tell', wait, description: describeWait(seen.reason) };
  }
  const isSame = reason === known.reason && !hasMoved(known.estimatedStart, seen.estimatedStart, nowMs);
  return isSame ? { kind: 'none' } : { kind: 'store', wait };
}

/** The sentence of a history entry. */
export function describeWait(reason: string | null): string {
  const { category, sentence, action } = explainWaiting(reason);
  const whole = action === null ? sentence : `${sentence} ${action}`;
  return category === 'never-starts' ? whole : `Waiting in the queue: ${whole}`;
}

function hasMoved(known: Date | null, seen: Date | null, nowMs: number): boolean {
  if (known === null || seen === null) return known !== seen;
  const leftMs = Math.max(0, seen.getTime() - nowMs);
  return Math.abs(seen.getTime() - known.getTime()) > Math.max(SMALL_MS, leftMs * SMALL_PART);
}

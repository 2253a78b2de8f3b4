/** What an attempt showed, as far as it decides about the delivery. */
export interface AttemptFacts {
  readonly outcome: 'delivered' | 'refused' | 'unreachable' | 'blocked';
  /** `gone`: nothing is to be sent there any more; `never`: this message will not be taken. */
  readonly permanent: 'gone' | 'never' | null;
}

/** What becomes of a delivery and of its subscription's endpoint. */
export type DeliveryVerdict =
  | { readonly status: 'delivered' }
  /** Tried again after `delayMs`. */
  | { readonly status: 'pending'; readonly delayMs: number }
  /** Given up, kept and shown; never dropped. */
  | { readonly status: 'parked' }
  /** Given up together with the whole subscription. */
  | { readonly status: 'gone' };

/**
 * Decides about one attempt. `nextDelayMs` is what the policy says about a further one. A blocked address stays
 * blocked for this message as long as nothing changes, but names can come to mean other addresses, so the policy
 * decides there too.
 */
export function judgeAttempt(facts: AttemptFacts, nextDelayMs: number | 'exhausted'): DeliveryVerdict {
  if (facts.outcome === 'delivered') return { status: 'delivered' };
  if (facts.permanent === 'gone') return { status: 'gone' };
  if (facts.permanent === 'never' || nextDelayMs === 'exhausted') return { status: 'parked' };
  return { status: 'pending', delayMs: nextDelayMs };
}

/** Days of nothing but failures after which an endpoint is given up (RELIABILITY P18). */
export const FAILING_DAYS = 5;

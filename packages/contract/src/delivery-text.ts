import type { DeliveryView } from './notifications.ts';
import type { NotificationPolicy } from './subscriptions.ts';
import type { StatusClass } from './vocabulary.ts';

/** What the words about a delivery depend on. */
export interface DeliveryMoment {
  readonly policy: NotificationPolicy;
  readonly nowMs: number;
  /** How a length of time is written. */
  readonly renderDuration: (ms: number) => string;
}

/** `delivered`, `waiting`, `retrying (3/8, next in 4m 00s)`, `parked`, `cancelled`. */
export function deliveryStateText(
  delivery: Pick<DeliveryView, 'state' | 'attempts' | 'nextAt'>,
  { policy, nowMs, renderDuration }: DeliveryMoment,
): string {
  if (delivery.state !== 'pending') return delivery.state;
  if (delivery.attempts === 0) return 'waiting';
  const inMs = delivery.nextAt === null ? 0 : Date.parse(delivery.nextAt) - nowMs;
  const next = inMs < 500 ? 'next now' : `next in ${renderDuration(inMs)}`;
  return `retrying (${delivery.attempts}/${mostAttempts(policy)}, ${next})`;
}

/** `EXPONENTIAL, at most 90 attempts` */
export function policyText(policy: NotificationPolicy): string {
  const { retryStrategy, retryRate, retryDelay } = policy;
  const most = mostAttempts(policy);
  const pace = retryStrategy === 'DELAYED' ? `after ${retryDelay} s, then every ${retryRate} s` : null;
  return [retryStrategy, pace, most === 1 ? 'one attempt' : `at most ${most} attempts`]
    .filter((part) => part !== null)
    .join(', ');
}

/** NONE is one attempt; 0 and 1 both mean one. */
function mostAttempts({ retryStrategy, retryLimit }: NotificationPolicy): number {
  return retryStrategy === 'NONE' ? 1 : Math.max(1, retryLimit);
}

/** The colour of a state. */
export const DELIVERY_CLASSES = {
  delivered: 'ok',
  pending: 'active',
  parked: 'fail',
  cancelled: 'idle',
} as const satisfies Record<DeliveryView['state'], StatusClass>;

import type { DeliveryView } from '@arras/contract';
import type { AttemptRow } from './read-attempts.ts';

/** `12 delivered, 1 retrying, 2 parked`: what became of the last events of a subscription. */
export function summaryText(deliveries: readonly Pick<DeliveryView, 'state' | 'attempts'>[]): string {
  if (deliveries.length === 0) return 'no event has matched yet';
  const words = deliveries.map(({ state, attempts }) => {
    if (state !== 'pending') return state;
    return attempts === 0 ? 'waiting' : 'retrying';
  });
  const groups = Map.groupBy(words, (word) => word);
  return [...groups].map(([word, all]) => `${all.length} ${word}`).join(', ');
}

/** How many of some attempts arrived. */
export function successOf(attempts: readonly Pick<AttemptRow, 'outcome'>[]): string {
  const arrived = attempts.filter(({ outcome }) => outcome === 'delivered').length;
  return `${arrived} of the last ${attempts.length} attempts arrived`;
}

/** Which deliveries are to be sent again. */
export interface ReplayChoice {
  /** Events that happened at this time or later, in milliseconds since 1970; null: whenever. */
  readonly fromMs: number | null;
  /** Also what arrived; else only what was given up. */
  readonly isAll: boolean;
}

/**
 * The deliveries that a choice means, oldest first, each event once. `deliveries` come newest first, so that of an event
 * and its replays the newest counts; what waits is sent anyway.
 */
export function chooseDeliveries<Delivery extends Pick<DeliveryView, 'eventId' | 'state' | 'created'>>(
  deliveries: readonly Delivery[],
  { fromMs, isAll }: ReplayChoice,
): readonly Delivery[] {
  const newest = new Map<string, Delivery>();
  for (const delivery of deliveries)
    if (!newest.has(delivery.eventId)) newest.set(delivery.eventId, delivery);
  return [...newest.values()]
    .filter(({ state }) => (isAll ? state !== 'pending' : state === 'parked'))
    .filter(({ created }) => fromMs === null || Date.parse(created) >= fromMs)
    .toReversed();
}

import type { DeliveryView } from '@arras/contract';

/** Which settled deliveries a replay is about; the words of the API. */
export interface ReplayChoice {
  /** Ids of deliveries or of their events. */
  readonly deliveries?: readonly string[];
  /** Events that happened at this time or later. */
  readonly from?: string;
  /** Events that happened before this time. */
  readonly until?: string;
  readonly status?: 'parked' | 'all';
}

/** Most that one request sends again. */
const REPLAY_MAX = 10_000;

/** Of all deliveries of a subscription those that a replay would send again, oldest first, as the service chooses them. */
export function chooseReplays(all: readonly DeliveryView[], choice: ReplayChoice): readonly DeliveryView[] {
  const { deliveries: ids, from, until } = choice;
  const onlyParked = (choice.status ?? (ids === undefined ? 'parked' : 'all')) === 'parked';
  const underWay = new Set(
    all
      .filter(({ replay, state }) => replay && (state === 'pending' || state === 'delivered'))
      .map(({ eventId }) => eventId),
  );
  const isOpen = ({ state, eventId }: DeliveryView) =>
    onlyParked ? state === 'parked' && !underWay.has(eventId) : state === 'parked' || state === 'delivered';
  return all
    .filter((delivery) => !delivery.replay && isOpen(delivery))
    .filter(({ id, eventId }) => ids === undefined || ids.includes(id) || ids.includes(eventId))
    .filter(({ created }) => from === undefined || Date.parse(created) >= Date.parse(from))
    .filter(({ created }) => until === undefined || Date.parse(created) < Date.parse(until))
    .toSorted((a, b) => Date.parse(a.created) - Date.parse(b.created))
    .slice(0, REPLAY_MAX);
}

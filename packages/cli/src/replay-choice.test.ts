import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryView } from '@arras/contract';
import { chooseReplays } from './replay-choice.ts';

const delivery = (id: string, state: DeliveryView['state'], more: Partial<DeliveryView> = {}): DeliveryView =>
  // Only what the choice looks at.
  ({
    id,
    eventId: `event-${id}`,
    state,
    replay: false,
    created: '2026-03-04T10:00:00.000Z',
    ...more,
  }) as DeliveryView;

const ids = (all: readonly DeliveryView[], choice: Parameters<typeof chooseReplays>[1] = {}) =>
  chooseReplays(all, choice).map(({ id }) => id);

test('what was given up is chosen, but not what a replay has delivered or is about to', () => {
  const all = [
    delivery('a', 'parked'),
    delivery('b', 'parked'),
    delivery('again', 'delivered', { replay: true, eventId: 'event-b' }),
    delivery('c', 'parked'),
    delivery('also', 'parked', { replay: true, eventId: 'event-c' }),
    delivery('d', 'delivered'),
    delivery('e', 'pending'),
    delivery('f', 'cancelled'),
  ];
  assert.deepEqual(ids(all), ['a', 'c']);
  assert.deepEqual(ids(all, { status: 'all' }), ['a', 'b', 'c', 'd']);
});

test('ids, of deliveries or of events, choose what arrived as well', () => {
  const all = [delivery('a', 'parked'), delivery('b', 'delivered'), delivery('c', 'delivered')];
  assert.deepEqual(ids(all, { deliveries: ['b', 'event-c', 'none'] }), ['b', 'c']);
});

test('a range takes its beginning and not its end, oldest first', () => {
  const at = (hour: number) => ({ created: `2026-03-04T${hour}:00:00.000Z` });
  const all = [13, 12, 11, 10].map((hour) => delivery(String(hour), 'parked', at(hour)));
  const range = { from: '2026-03-04T11:00:00.000Z', until: '2026-03-04T13:00:00.000Z' };
  assert.deepEqual(ids(all, range), ['11', '12']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDeliveries, successOf, summaryText } from './delivery-summary.ts';

const nowMs = Date.parse('2026-03-04T10:00:00Z');

function delivery(
  eventId: string,
  state: 'delivered' | 'parked' | 'pending',
  created = '2026-03-04T09:59:00Z',
) {
  return { eventId, state, created, attempts: 1 } as const;
}

test('what became of the last events is counted, and what is tried again is told from what waits', () => {
  assert.equal(summaryText([]), 'no event has matched yet');
  assert.equal(
    summaryText([delivery('a', 'pending'), { state: 'pending', attempts: 0 }, delivery('b', 'parked')]),
    '1 retrying, 1 waiting, 1 parked',
  );
  assert.equal(
    successOf([{ outcome: 'delivered' }, { outcome: 'refused' }]),
    '1 of the last 2 attempts arrived',
  );
});

test('what was given up is sent again, oldest first, unless a replay has arrived since', () => {
  const all = [
    delivery('c', 'parked'),
    delivery('b', 'delivered'),
    delivery('b', 'parked'),
    delivery('wait', 'pending'),
    delivery('a', 'parked', '2026-03-03T09:00:00Z'),
  ];
  const ids = (withinMs: number | null, isAll: boolean) =>
    chooseDeliveries(all, { fromMs: withinMs === null ? null : nowMs - withinMs, isAll }).map(
      ({ eventId }) => eventId,
    );
  assert.deepEqual(ids(null, false), ['a', 'c']);
  assert.deepEqual(ids(3_600_000, false), ['c']);
  assert.deepEqual(ids(null, true), ['a', 'b', 'c']);
});

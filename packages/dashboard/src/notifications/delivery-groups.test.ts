import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryView } from '@arras/contract';
import { attemptMs, groupDeliveries, looseAttempts, nextLookMs, troubleOf } from './delivery-groups.ts';
import type { AttemptRow } from './read-attempts.ts';

const nowMs = Date.parse('2026-03-04T10:00:00Z');

function delivery(eventId: string, more: Partial<DeliveryView> = {}): DeliveryView {
  return {
    id: `${eventId}-d`,
    eventId,
    event: 'FINISHED',
    seq: 3,
    description: null,
    associatedUuid: 'j',
    state: 'parked',
    replay: false,
    attempts: 1,
    url: null,
    created: '2026-03-04T09:00:00.000+00:00',
    nextAt: null,
    settled: null,
    ...more,
  } as DeliveryView;
}

function attempt(eventId: string | null, second: number, more: Partial<AttemptRow> = {}): AttemptRow {
  const startTime = `2026-03-04T09:00:0${second}.000+00:00`;
  return { id: `a${second}`, eventId, startTime, endTime: startTime, ...more } as AttemptRow;
}

test('a delivery, its replay and their attempts are one event, as it is now', () => {
  const again = delivery('e1', { state: 'delivered', replay: true, id: 'x' as DeliveryView['id'] });
  const attempts = [attempt('e1', 5), attempt('e1', 1), attempt(null, 7), attempt('gone', 8)];
  const groups = groupDeliveries([delivery('e2'), again, delivery('e1')], attempts);
  assert.deepEqual(
    groups.map((group) => [
      group.eventId,
      group.delivery.state,
      group.replays,
      group.attempts.map(({ id }) => id),
    ]),
    [
      ['e2', 'parked', 0, []],
      ['e1', 'delivered', 1, ['a1', 'a5']],
    ],
  );
  assert.deepEqual(
    looseAttempts(groups, attempts).map(({ id }) => id),
    ['a7', 'a8'],
  );
});

test('every kind of trouble is said in words', () => {
  const trouble = (outcome: AttemptRow['outcome'], code = 0, errorClass: AttemptRow['errorClass'] = null) =>
    troubleOf({ outcome, errorClass, response: { code, message: '' } });
  assert.equal(trouble('delivered', 204), null);
  assert.equal(trouble('refused', 500), 'The receiver failed.');
  assert.equal(trouble('refused', 404), 'The receiver refused it.');
  const all = [
    trouble('blocked'),
    trouble('unreachable'),
    ...[301, 400, 401, 410, 429, 503].map((code) => trouble('refused', code)),
    ...(['dns', 'connect', 'tls', 'timeout', 'cut-off', 'http', 'smtp'] as const).map((kind) =>
      trouble('unreachable', 0, kind),
    ),
    trouble('refused', 500, 'smtp'),
  ];
  assert.equal(new Set(all).size, all.length);
});

test('one looks again when the next attempt is due, and never once all is settled', () => {
  assert.equal(nextLookMs([delivery('e1')], nowMs), null);
  const due = (nextAt: string) =>
    nextLookMs([delivery('e1'), delivery('e2', { state: 'pending', nextAt })], nowMs);
  assert.equal(due('2026-03-04T10:00:05.000+00:00'), 6_000);
  assert.equal(due('2026-03-04T09:00:00.000+00:00'), 1_000);
  assert.equal(due('2026-03-04T12:00:00.000+00:00'), 30_000);
});

test('an attempt takes no less than no time', () => {
  assert.equal(attemptMs({ startTime: '2026-03-04T10:00:01Z', endTime: '2026-03-04T10:00:00Z' }), 0);
});

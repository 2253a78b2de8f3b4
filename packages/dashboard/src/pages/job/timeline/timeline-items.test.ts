import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryId, HistoryEntry, JobEventId, NotificationId } from '@arras/contract';
import type { AttemptRow } from '../../../notifications/read-attempts.ts';
import { timelineItems } from './timeline-items.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

function entry(seq: number, status: string, seconds: number, more: Partial<HistoryEntry> = {}): HistoryEntry {
  return { id: 'e' as JobEventId, seq, status, created: at(seconds), createdBy: 'ada', ...more };
}

const attempt: AttemptRow = {
  id: 'a1' as DeliveryId,
  url: 'https://example.org/hook',
  event: 'RUNNING',
  eventId: 'e1',
  notificationId: 'n' as NotificationId,
  number: 2,
  cause: 'replay',
  outcome: 'refused',
  errorClass: 'http',
  startTime: at(5),
  endTime: at(6),
  response: { code: 503, message: 'later' },
};

test('history and deliveries stand in one order of time, each by its kind', () => {
  const history = [
    entry(1, 'PENDING', 0),
    entry(2, 'QUEUED', 2),
    entry(3, 'UPDATED', 3, { description: 'Waiting in the queue: others are first.' }),
    entry(4, 'RUNNING', 4),
    entry(5, 'EPOCH_DONE', 7),
    entry(6, 'PERMISSION_GRANT', 8),
    entry(7, 'UPDATED', 9),
  ];
  const items = timelineItems({ history, attempts: [attempt] });
  assert.deepEqual(
    items.map(({ kind, name }) => `${kind} ${name}`),
    [
      'status PENDING',
      'status QUEUED',
      'scheduler UPDATED',
      'status RUNNING',
      'delivery RUNNING refused',
      'program EPOCH_DONE',
      'record PERMISSION_GRANT',
      'record UPDATED',
    ],
  );
  assert.equal(
    items[4]?.text,
    'Attempt 2, replay to send RUNNING to https://example.org/hook: refused (503)',
  );
  assert.equal(items[4].id, 'attempt-a1');
});

test('heartbeats that follow each other are one item with their number', () => {
  const history = [
    entry(1, 'RUNNING', 0),
    ...[1, 2, 3].map((n) => entry(1 + n, 'HEARTBEAT', n)),
    entry(5, 'EPOCH_DONE', 4),
    entry(6, 'HEARTBEAT', 5),
  ];
  const beats = timelineItems({ history, attempts: [] }).filter(({ name }) => name === 'HEARTBEAT');
  assert.deepEqual(
    beats.map(({ id, count, atMs, untilMs }) => [id, count, atMs - START, (untilMs ?? 0) - START]),
    [
      ['event-2', 3, 1_000, 3_000],
      ['event-6', 1, 5_000, 5_000],
    ],
  );
});

test('a transfer lasts as long as its bytes took, and is open while they come', () => {
  const progress = {
    source: 'agave://home/a',
    totalActiveTransfers: 0,
    totalFiles: 1,
    totalBytesTransferred: 4_000,
    totalBytes: 4_000,
    averageRate: 1_000,
  };
  const done = entry(1, 'STAGING_INPUTS', 0, { progress });
  const open = entry(2, 'STAGING_INPUTS', 9, {
    progress: { ...progress, totalActiveTransfers: 1, totalBytesTransferred: 10 },
  });
  const items = timelineItems({ history: [done, open], attempts: [] });
  assert.deepEqual(
    items.map(({ kind, untilMs }) => [kind, untilMs]),
    [
      ['transfer', START + 4_000],
      ['transfer', null],
    ],
  );
});

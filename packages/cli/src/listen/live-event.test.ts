import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobView } from '@arras/contract';
import { jobAtEvent } from './live-event.ts';

const time = '2026-03-04T10:00:00.000+00:00';
// Only what changes with a job's life; the rest passes through.
const finished = {
  status: 'FINISHED',
  message: 'old',
  lastStatusMessage: 'Job completed successfully.',
  startTime: time,
  started: time,
  remoteStarted: time,
  remoteEnded: time,
  remoteOutcome: 'FINISHED',
  endTime: time,
  ended: time,
  report: { notes: [] } as unknown,
  waiting: null,
} as JobView;

test('a job is shown as it was at an earlier event, without what came later', () => {
  const queued = jobAtEvent(finished, {
    seq: 6,
    status: 'QUEUED',
    description: 'Job successfully placed into queue',
  });
  assert.deepEqual([queued.status, queued.seq], ['QUEUED', 6]);
  assert.equal(queued.lastStatusMessage, 'Job successfully placed into queue');
  assert.deepEqual(
    [queued.startTime, queued.remoteEnded, queued.endTime, queued.report],
    [null, null, null, null],
  );
  const archiving = jobAtEvent(finished, { seq: 9, status: 'ARCHIVING' });
  assert.deepEqual([archiving.startTime, archiving.remoteEnded, archiving.endTime], [time, time, null]);
});

test('an end keeps all times, and only a failure has a message', () => {
  const end = jobAtEvent(finished, {
    seq: 12,
    status: 'FINISHED',
    description: 'Job completed successfully.',
  });
  assert.deepEqual([end.startTime, end.endTime, 'message' in end], [time, time, false]);
  assert.equal(
    jobAtEvent(finished, { seq: 12, status: 'FAILED', description: 'It broke.' }).message,
    'It broke.',
  );
});

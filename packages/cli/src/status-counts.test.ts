import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStatuses, renderStatusCounts } from './status-counts.ts';

test('jobs are counted by status, what goes on before what has ended', () => {
  const jobs = (['FINISHED', 'RUNNING', 'FINISHED', 'CLEANING_UP', 'QUEUED', 'FAILED'] as const).map(
    (status) => ({
      status,
    }),
  );
  assert.equal(
    renderStatusCounts(countStatuses(jobs), { unicode: true }),
    '1 cleaning up · 1 running · 1 queued · 2 finished · 1 failed',
  );
  assert.equal(
    renderStatusCounts(countStatuses(jobs.slice(0, 2)), { unicode: false }),
    '1 running, 1 finished',
  );
});

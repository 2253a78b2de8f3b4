import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { BulkOutcome } from './bulk-plan.ts';
import { runBulk } from './run-bulk.ts';

const IDS = Array.from({ length: 11 }, (_, n) => String(n));

test('every job is acted on once, at most four at a time', async () => {
  let running = 0;
  let most = 0;
  const outcomes: BulkOutcome[] = [];
  await runBulk(IDS, {
    act: async (jobId) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      return { jobId, isDone: jobId !== '3', text: '' };
    },
    tell: (outcome) => outcomes.push(outcome),
    signal: new AbortController().signal,
  });
  assert.equal(most, 4);
  assert.deepEqual(outcomes.map(({ jobId }) => jobId).toSorted(), IDS.toSorted());
});

test('once it is stopped no more jobs are begun, and those that were are told', async () => {
  const stop = new AbortController();
  const told: string[] = [];
  await runBulk(IDS, {
    act: async (jobId) => {
      if (jobId === '4') stop.abort();
      await turn();
      return { jobId, isDone: true, text: '' };
    },
    tell: ({ jobId }) => told.push(jobId),
    signal: stop.signal,
  });
  assert.ok(told.includes('4') && told.length < 9, told.join());
});

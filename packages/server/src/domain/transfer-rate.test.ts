import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageRate } from './transfer-rate.ts';

test('the average rate is in whole bytes a second, and 0 where no time has passed', () => {
  const rate = (ms: number) =>
    averageRate({ transferredBytes: 1000, startedAt: new Date(0), until: new Date(ms) });
  assert.deepEqual([rate(3000), rate(500), rate(0), rate(-1)], [333, 2000, 0, 0]);
});

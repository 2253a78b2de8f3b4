import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEDULERS } from '@arras/contract';
import { runLimitMs } from './run-limit.ts';

test('a program without a batch system may overrun its limit by seconds', () => {
  assert.equal(runLimitMs(60, 'FORK'), 70_000);
});

test('a batch system ends its jobs itself, and long before the service would', () => {
  // Slurm: the limit in whole minutes, then KillWait.
  const slurmAtLatestMs = 120_000 + 30_000;
  for (const scheduler of [...SCHEDULERS.filter((name) => name !== 'FORK'), null]) {
    assert.ok(runLimitMs(61, scheduler) > slurmAtLatestMs + 120_000, String(scheduler));
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry } from '@arras/contract';
import { StallClock } from './stall-clock.ts';

const entry = (totalBytesTransferred: number) =>
  ({ id: 'transfer', progress: { totalBytesTransferred } }) as unknown as HistoryEntry;

test('a transfer that has moved nothing for a minute is stalled until it moves again', () => {
  const clock = new StallClock();
  clock.note([entry(5)], 0);
  clock.note([entry(5)], 30_000);
  assert.equal(clock.stalledMs(entry(5), 59_999), null);
  assert.equal(clock.stalledMs(entry(5), 60_000), 60_000);
  clock.note([entry(6)], 70_000);
  assert.equal(clock.stalledMs(entry(6), 71_000), null);
});

test('after an outage the time counts anew', () => {
  const clock = new StallClock();
  clock.note([entry(5)], 0);
  clock.restart(100_000);
  assert.equal(clock.stalledMs(entry(5), 130_000), null);
  assert.equal(clock.stalledMs(entry(5), 160_000), 60_000);
});

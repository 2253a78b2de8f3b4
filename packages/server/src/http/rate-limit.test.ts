import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateLimit } from './rate-limit.ts';

test('a burst is admitted, then as much as comes back; each subject counts for itself', () => {
  let now = 0;
  const limit = createRateLimit({ burst: 2, perMinute: 60, nowMs: () => now });
  const ask = (subject: string) => limit.admits(subject);
  assert.deepEqual([ask('a'), ask('a'), ask('a'), ask('b')], [true, true, false, true]);
  now = 999;
  assert.equal(ask('a'), false);
  now = 1_000;
  assert.deepEqual([ask('a'), ask('a')], [true, false]);
  now = 3_600_000;
  assert.deepEqual([ask('a'), ask('a'), ask('a')], [true, true, false]);
});

test('asking again and again does not put off what comes back', () => {
  let now = 0;
  const limit = createRateLimit({ burst: 1, perMinute: 60, nowMs: () => now });
  assert.equal(limit.admits('a'), true);
  const admitted = Array.from({ length: 20 }, () => {
    now += 100;
    return limit.admits('a');
  });
  assert.equal(admitted.filter(Boolean).length, 2);
});

test('what is given back can be used again, and no more than that', () => {
  const limit = createRateLimit({ burst: 2, perMinute: 60, nowMs: () => 0 });
  limit.giveBack('a');
  const ask = () => limit.admits('a');
  assert.deepEqual([ask(), ask(), ask()], [true, true, false]);
  limit.giveBack('a');
  assert.deepEqual([ask(), ask()], [true, false]);
});

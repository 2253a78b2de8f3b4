import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatRelative, formatSize } from './quantities.ts';

test('sizes have at most three digits and powers of 1000', () => {
  const cases = [
    [0, '0 B'],
    [999, '999 B'],
    [1_400_000_000, '1.4 GB'],
    [812_345, '812 kB'],
  ] as const;
  for (const [bytes, text] of cases) assert.equal(formatSize(bytes), text);
});

test('durations name their two largest units and are never negative', () => {
  const cases = [
    [-3, '0s'],
    [18.9, '18s'],
    [130, '2m 10s'],
    [11_100, '3h 05m'],
    [4 * 86_400 + 7_200, '4d 02h'],
  ] as const;
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});

test('times are told by their distance, in both directions', () => {
  const nowMs = 1_000_000_000;
  const cases = [
    [nowMs + 2_000, 'just now'],
    [nowMs - 30_000, '30s ago'],
    [nowMs - 190_000, '3m ago'],
    [nowMs - 3 * 86_400_000, '3d ago'],
    [nowMs + 35 * 60_000, 'in ~35m'],
  ] as const;
  for (const [atMs, text] of cases) assert.equal(formatRelative(atMs, nowMs), text);
});

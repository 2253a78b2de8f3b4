import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDurationMs, renderAgo, renderDuration, renderMoment, renderSize } from './quantities.ts';

test('durations have the two units that matter', () => {
  const cases: [number, string][] = [
    [-5, '0ms'],
    [420, '420ms'],
    [999, '1.0s'],
    [9_949, '9.9s'],
    [9_951, '10s'],
    [59_600, '1m 00s'],
    [130_000, '2m 10s'],
    [3_900_000, '1h 05m'],
    [180_000_000, '2d 02h'],
  ];
  for (const [ms, text] of cases) assert.equal(renderDuration(ms), text);
});

test('sizes have three digits and powers of 1000', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [3_212, '3.2 kB'],
    [123_456_789, '123 MB'],
    [1.4e9, '1.4 GB'],
  ];
  for (const [bytes, text] of cases) assert.equal(renderSize(bytes), text);
});

test('times past are told in one unit, and the future counts as now', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  const cases: [string, string][] = [
    ['2026-01-02T00:01:00Z', 'just now'],
    ['2026-01-01T23:59:30Z', '30s ago'],
    ['2026-01-01T23:57:00Z', '3m ago'],
    ['2026-01-01T00:00:00Z', '1d ago'],
  ];
  for (const [time, text] of cases) assert.equal(renderAgo(time, now), text);
});

test('a time is told as people tell it, or exactly', () => {
  const nowMs = Date.parse('2026-01-02T00:00:00Z');
  const time = '2026-01-01T23:57:00.000Z';
  assert.equal(renderMoment(time, { exact: false, nowMs }), '3m ago');
  assert.equal(renderMoment(time, { exact: true, nowMs }), time);
});

test('times given by people need no unit or one of s, m, h, d', () => {
  assert.deepEqual(
    ['90', '90s', '10m', '2h', '1d'].map(parseDurationMs),
    [90_000, 90_000, 600_000, 7_200_000, 86_400_000],
  );
  assert.deepEqual(['', 'm', '1.5h', '10 parsecs', '-1s'].map(parseDurationMs), [
    null,
    null,
    null,
    null,
    null,
  ]);
});

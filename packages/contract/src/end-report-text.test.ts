import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeReport } from './end-report-text.ts';

test('a report in words says what was used of what, and then each waste', () => {
  const lines = describeReport({
    wallTime: { used: 723, requested: 3_600, share: 0.2 },
    cpuTime: { used: 600.4, requested: 11_568, share: 0.05 },
    memory: { used: 1.5 * 2 ** 30, requested: 32 * 2 ** 30, share: 0.05 },
    notes: [{ field: 'maxRunTime', sentence: 'Ask for less.' }],
  });
  assert.deepEqual(
    lines.map(({ label, value }) => `${label}: ${value}`),
    [
      'Wall Time: 00:12:03 of 01:00:00 (20 %)',
      'CPU Time: 00:10:00 of 03:12:48 (5 %)',
      'Memory: 1.5 GB of 32 GB (5 %)',
      'Note: Ask for less.',
    ],
  );
});

test('what nobody asked for or measured is left out', () => {
  const lines = describeReport({
    wallTime: { used: 5, requested: null, share: null },
    cpuTime: null,
    memory: { used: 5 * 2 ** 20, requested: null, share: null },
    notes: [],
  });
  assert.deepEqual(lines, [
    { label: 'Wall Time', value: '00:00:05' },
    { label: 'Memory', value: '5 MB' },
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EndFacts, reportEnd } from './end-report.ts';

const GB = 2 ** 30;
const FULL: EndFacts = {
  wallSeconds: 3_000,
  limitSeconds: 3_600,
  cpuSeconds: 46_000,
  processors: 16,
  memoryBytes: 28 * GB,
  memoryPerNodeBytes: 32 * GB,
};

test('a job that uses what it asked for is told so and nothing else', () => {
  assert.deepEqual(reportEnd(FULL), {
    wallTime: { used: 3_000, requested: 3_600, share: 0.83 },
    cpuTime: { used: 46_000, requested: 48_000, share: 0.96 },
    memory: { used: 28 * GB, requested: 32 * GB, share: 0.88 },
    notes: [],
  });
});

test('each waste names the field to change, and a value that would do', () => {
  const { notes } = reportEnd({ ...FULL, wallSeconds: 600, cpuSeconds: 620, memoryBytes: 2 * GB });
  assert.deepEqual(
    notes.map(({ field }) => field),
    ['maxRunTime', 'processorsPerNode', 'memoryPerNode'],
  );
  assert.match(notes[0]?.sentence ?? '', /17 % of its time limit; with a maxRunTime of about 00:15:00 /);
  assert.match(notes[1]?.sentence ?? '', /16 processors were busy for 6 % .* as much as 1 would/);
  assert.match(notes[2]?.sentence ?? '', /6 % of its memory; a memoryPerNode of about 3 GB/);
});

test('short jobs and small requests are left alone', () => {
  assert.deepEqual(reportEnd({ ...FULL, wallSeconds: 50, cpuSeconds: 1, memoryBytes: 1 }).notes, []);
  const small = { limitSeconds: 900, processors: 1, memoryPerNodeBytes: 2 * GB };
  assert.deepEqual(
    reportEnd({ ...FULL, ...small, wallSeconds: 100, cpuSeconds: 1, memoryBytes: 1 }).notes,
    [],
  );
});

test('what nobody measured and what nobody asked for gives no share and no advice', () => {
  const unknown = { limitSeconds: null, cpuSeconds: null, memoryBytes: 100, memoryPerNodeBytes: null };
  assert.deepEqual(reportEnd({ ...FULL, ...unknown }), {
    wallTime: { used: 3_000, requested: null, share: null },
    cpuTime: null,
    memory: { used: 100, requested: null, share: null },
    notes: [],
  });
});

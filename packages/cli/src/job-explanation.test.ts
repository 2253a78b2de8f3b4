import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderExplanation } from './job-explanation.ts';

const NOTHING = { waiting: null, endCause: null, report: null, schedulerType: 'SLURM' };
const PLACE = {
  terminal: { isTty: false, colour: false, unicode: false, repaint: false },
  nowMs: Date.parse('2026-01-02T03:00:00Z'),
} as const;

test('a job that waits says why, until when, and how long others waited', () => {
  const waiting = {
    reason: 'Priority',
    category: 'priority',
    sentence: 'Other jobs have a higher priority.',
    estimatedStart: '2026-01-02T03:35:00.000Z',
    similar: { count: 50, shortestSeconds: 240, medianSeconds: 720, longestSeconds: 2_280 },
    canStart: true,
  } as const;
  const [why, until, others, ...more] = renderExplanation({ ...NOTHING, waiting }, PLACE);
  assert.equal(why, '  Other jobs have a higher priority.');
  assert.match(until ?? '', /^ {2}SLURM estimates \d\d:\d\d:\d\d \(in ~35m 00s\); it may move\.$/);
  assert.equal(others, '  50 similar jobs waited 4m 00s to 38m 00s (median 12m 00s).');
  assert.deepEqual(more, []);
});

test('a job that can never start says only what to do about it', () => {
  const waiting = {
    reason: 'PartitionTimeLimit',
    category: 'never-starts',
    sentence: 'This can never start.',
    action: 'Cancel it.',
    canStart: false,
  } as const;
  assert.deepEqual(renderExplanation({ ...NOTHING, waiting }, PLACE), ['  This can never start. Cancel it.']);
});

test('a job that has ended says why and what it used', () => {
  const endCause = { code: 'TIME_LIMIT', sentence: 'It reached its time limit.', action: 'Ask for more.' };
  const report = {
    wallTime: { used: 60, requested: 60, share: 1 },
    cpuTime: null,
    memory: null,
    notes: [],
  };
  assert.deepEqual(renderExplanation({ ...NOTHING, endCause, report }, PLACE), [
    '  It reached its time limit. Ask for more.',
    '  Wall Time: 00:01:00 of 00:01:00 (100 %)',
  ]);
  assert.deepEqual(renderExplanation(NOTHING, PLACE), []);
});

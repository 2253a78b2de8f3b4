import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runShare, runSpan, shorten, tabTitle } from './job-words.ts';

const START = '2026-03-04T10:00:00.000+00:00';
const nowMs = Date.parse(START) + 1_512_000;
const running = {
  name: 'rna-seq',
  status: 'RUNNING',
  startTime: START,
  maxHours: 1,
} as const;

test('the title says how much of its time a running job has used', () => {
  assert.equal(tabTitle(running, nowMs), '42% rna-seq');
  assert.equal(tabTitle({ ...running, status: 'FINISHED' }, nowMs), 'rna-seq');
});

test('without a limit, or before the start, there is no share', () => {
  const { maxHours: _, ...unlimited } = running;
  assert.equal(runShare(unlimited, nowMs), null);
  assert.equal(runShare({ ...running, status: 'QUEUED' }, nowMs), null);
  assert.equal(runShare(running, Date.parse(START) - 5_000), 0, 'two clocks disagree');
});

test('long names are cut in the middle, by characters', () => {
  assert.equal(shorten('a'.repeat(1_000), 10), 'aaaaaa…aaa');
  assert.equal(Array.from(shorten('🧬'.repeat(20), 10)).length, 10);
  assert.equal(shorten('short', 10), 'short');
});

test('a job that never ran has no time of running', () => {
  const facts = { startTime: null, endTime: null, lastUpdated: START, status: 'FAILED' } as const;
  assert.equal(runSpan(facts), null);
  assert.deepEqual(runSpan({ ...facts, startTime: START }), { from: START, to: START });
  assert.deepEqual(runSpan({ ...facts, startTime: START, status: 'RUNNING' }), { from: START, to: null });
});

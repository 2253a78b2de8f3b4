import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeWait, type Wait } from './waiting-change.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000);
const wait = (reason: string | null, estimatedStart: Date | null = null): Wait => ({
  reason,
  estimatedStart,
});
const judged = (known: Wait, seen: Wait) => judgeWait(known, seen, NOW);

test('the first reason is told, and what follows only when it is of another kind', () => {
  assert.deepEqual(judged(wait(null), wait('Priority')), {
    kind: 'tell',
    wait: wait('Priority'),
    description: 'Waiting in the queue: Other jobs have a higher priority.',
  });
  assert.equal(judged(wait('Priority'), wait('Resources')).kind, 'store');
  assert.equal(judged(wait('Resources'), wait('QOSMaxJobsPerUserLimit')).kind, 'tell');
  assert.equal(judged(wait('Priority'), wait('Priority')).kind, 'none');
});

test('a job that can never start is told what to change', () => {
  const change = judged(wait('Priority'), wait('PartitionTimeLimit'));
  assert.match(
    change.kind === 'tell' ? change.description : '',
    /^This can never start: .* Cancel it and ask for a shorter maxRunTime/,
  );
});

test('a scheduler that says nothing for a moment takes nothing back, and is not told about', () => {
  assert.deepEqual(judged(wait('Priority'), wait('None')), { kind: 'none' });
  assert.deepEqual(judged(wait(null), wait('None')).kind, 'store');
  assert.equal(judged(wait('None'), wait(null)).kind, 'store');
});

test('an estimate that moves a little is left alone', () => {
  const known = wait('Priority', at(3_600));
  assert.equal(judged(known, wait('Priority', at(3_700))).kind, 'none');
  assert.equal(judged(known, wait('Priority', at(4_200))).kind, 'store');
  assert.equal(judged(wait('Priority', at(120)), wait('Priority', at(190))).kind, 'store');
  assert.equal(judged(known, wait('Priority')).kind, 'store');
});

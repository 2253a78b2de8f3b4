import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HistoryEntry, type JobEventId, type JobStatus, phaseStates } from '@arras/contract';
import { renderPhaseLine } from './phase-line.ts';

const EVENT_ID = '000001700000000000-0123abcd-4567-028' as JobEventId;
const START = Date.parse('2026-01-01T00:00:00Z');
const screen = { isTty: true, colour: false, unicode: true, repaint: true };

/** A history from statuses and the seconds at which they came. */
function history(...moments: [string, number][]): HistoryEntry[] {
  return moments.map(([status, at], index) => ({
    id: EVENT_ID,
    seq: index + 1,
    status,
    created: new Date(START + at * 1_000).toISOString(),
    createdBy: 'ada',
  }));
}

function line(status: JobStatus, entries: HistoryEntry[], { at = 100, width = 200 } = {}): string {
  return renderPhaseLine(phaseStates({ history: entries, status, nowMs: START + at * 1_000 }), {
    terminal: screen,
    width,
  });
}

test('phases behind have their durations, the present one counts, those ahead have none', () => {
  const entries = history(
    ['PENDING', 0],
    ['PROCESSING_INPUTS', 1],
    ['STAGED', 60],
    ['SUBMITTING', 61],
    ['QUEUED', 63],
    ['RUNNING', 70],
  );
  assert.equal(
    line('RUNNING', entries),
    'Accept 1.0s ✓ │ Inputs 1m 00s ✓ │ Submit 2.0s ✓ │ Queue 7.0s ✓ │ Run 30s ▶ │ Archive',
  );
});

test('a finished job without archive passed that phase by', () => {
  const entries = history(
    ['PENDING', 0],
    ['STAGED', 1],
    ['SUBMITTING', 2],
    ['QUEUED', 3],
    ['RUNNING', 3],
    ['FINISHED', 5],
  );
  assert.equal(
    line('FINISHED', entries),
    'Accept 1.0s ✓ │ Inputs 1.0s ✓ │ Submit 1.0s ✓ │ Queue 0ms ✓ │ Run 2.0s ✓ │ Archive –',
  );
});

test('a failure marks the phase in which it came', () => {
  const entries = history(['PENDING', 0], ['STAGING_INPUTS', 1], ['FAILED', 4]);
  assert.equal(
    line('FAILED', entries),
    'Accept 1.0s ✓ │ Inputs 3.0s ✗ │ Submit – │ Queue – │ Run – │ Archive –',
  );
});

test('a program that failed failed in its run, although it is cleaned up after', () => {
  const entries = history(['PENDING', 0], ['RUNNING', 1], ['CLEANING_UP', 3], ['FAILED', 3]);
  assert.match(line('FAILED', entries), /Run 2\.0s ✗ │ Archive –$/);
  const archiving = history(['RUNNING', 1], ['CLEANING_UP', 3], ['ARCHIVING', 3], ['FAILED', 5]);
  assert.match(line('FAILED', archiving), /Run 2\.0s ✓ │ Archive 2\.0s ✗$/);
});

test('a stop is no failure', () => {
  assert.match(line('STOPPED', history(['PENDING', 0], ['RUNNING', 1], ['STOPPED', 2])), /Run 1\.0s ⊘/);
});

test('repeated tries of a phase add up, and the job is where it is', () => {
  const entries = history(['PENDING', 0], ['PROCESSING_INPUTS', 1], ['PENDING', 3], ['PROCESSING_INPUTS', 4]);
  assert.match(line('PROCESSING_INPUTS', entries, { at: 6 }), /^Accept 2\.0s ✓ │ Inputs 4\.0s ▶ │ Submit │/);
});

test('events that are no status do not move a job', () => {
  assert.match(
    line('RUNNING', history(['RUNNING', 0], ['HEARTBEAT', 1], ['PAUSED', 2]), { at: 3 }),
    /Run 3\.0s ▶/,
  );
});

test('where there is no room only the present phase has its duration', () => {
  const entries = history(['PENDING', 0], ['STAGED', 1], ['RUNNING', 2]);
  assert.equal(
    line('RUNNING', entries, { width: 60 }),
    'Accept ✓ │ Inputs ✓ │ Submit – │ Queue – │ Run 1m 38s ▶ │ Archive',
  );
});

test('a job that runs has a bar of its time limit where there is room for it', () => {
  const entries = history(['PENDING', 0], ['SUBMITTING', 1], ['QUEUED', 2], ['RUNNING', 10]);
  const run = (more: { limitMs?: number | null; width?: number; unicode?: boolean }) =>
    renderPhaseLine(phaseStates({ history: entries, status: 'RUNNING', nowMs: START + 40_000 }), {
      terminal: { ...screen, unicode: more.unicode ?? true },
      width: more.width ?? 200,
      limitMs: more.limitMs ?? null,
    });
  assert.match(run({ limitMs: 60_000 }), /│ Run ██████░░░░░░ 30s\/1m 00s │ Archive$/);
  assert.match(run({ limitMs: 20_000, unicode: false }), / \| Run ############ 30s\/20s \| Archive$/);
  assert.match(run({ limitMs: 60_000, width: 70 }), /│ Run 30s ▶ │ Archive$/);
  assert.match(run({}), /│ Run 30s ▶ │/);
});

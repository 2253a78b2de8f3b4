import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobStatus } from './events.ts';
import { type PhaseFacts, phaseStays } from './job-phases.ts';

/** A history from statuses, the seconds at which they came, and what was said. */
function history(...moments: [status: string, at: number, description?: string][]): PhaseFacts['history'] {
  return moments.map(([status, at, description]) => ({
    status,
    created: new Date(at * 1_000).toISOString(),
    ...(description !== undefined && { description }),
  }));
}

function bars(status: JobStatus, entries: PhaseFacts['history']): string[] {
  return phaseStays({ history: entries, status }).map(
    ({ phase, number, fromMs, toMs, outcome }) =>
      `${phase} ${number} ${fromMs / 1_000}-${toMs === null ? '' : toMs / 1_000} ${outcome}`,
  );
}

test('each phase is one stay, and the present one is open', () => {
  const entries = history(['PENDING', 0], ['PROCESSING_INPUTS', 1], ['STAGED', 5], ['SUBMITTING', 6]);
  assert.deepEqual(bars('SUBMITTING', entries), [
    'Accept 1 0-1 done',
    'Inputs 1 1-6 done',
    'Submit 1 6- current',
  ]);
});

test('a failed try is a stay of its own and says why the job went back', () => {
  const entries = history(
    ['STAGED', 0],
    ['SUBMITTING', 1],
    ['STAGING_JOB', 2],
    ['STAGED', 3, 'Attempt 1 to submit job failed: no space'],
    ['SUBMITTING', 30],
    ['QUEUED', 32],
  );
  assert.deepEqual(bars('QUEUED', entries), [
    'Inputs 1 0-1 done',
    'Submit 1 1-3 again',
    'Inputs 2 3-30 done',
    'Submit 2 30-32 done',
    'Queue 1 32- current',
  ]);
  const [, first] = phaseStays({ history: entries, status: 'QUEUED' });
  assert.equal(first?.reason, 'Attempt 1 to submit job failed: no space');
});

test('a phase that begins anew within itself has several stays', () => {
  const entries = history(['CLEANING_UP', 0], ['ARCHIVING', 1], ['CLEANING_UP', 4], ['ARCHIVING', 9]);
  assert.deepEqual(bars('ARCHIVING', entries), ['Archive 1 0-4 again', 'Archive 2 4- current']);
});

test('a program that runs again after it was queued anew has two runs', () => {
  const entries = history(['QUEUED', 0], ['RUNNING', 5], ['QUEUED', 9], ['RUNNING', 11], ['FINISHED', 20]);
  assert.deepEqual(bars('FINISHED', entries), [
    'Queue 1 0-5 done',
    'Run 1 5-9 again',
    'Queue 2 9-11 done',
    'Run 2 11-20 done',
  ]);
});

test('messages, heartbeats and a pause leave the job where it is', () => {
  const entries = history(['RUNNING', 0], ['HEARTBEAT', 1], ['PAUSED', 2], ['RUNNING', 3], ['STOPPED', 4]);
  assert.deepEqual(bars('STOPPED', entries), ['Run 1 0-4 stopped']);
});

test('an archive that failed is seen to have failed, although the job finished', () => {
  const entries = history(['ARCHIVING', 0], ['ARCHIVING_FAILED', 2], ['FINISHED', 2]);
  assert.deepEqual(bars('FINISHED', entries), ['Archive 1 0-2 failed']);
});

test('a history that is behind the status of its job has no open stay', () => {
  assert.deepEqual(bars('FAILED', history(['PENDING', 0], ['RUNNING', 3])), [
    'Accept 1 0-3 done',
    'Run 1 3-3 failed',
  ]);
});

test('clocks that disagree make no stay shorter than nothing', () => {
  assert.deepEqual(bars('FINISHED', history(['RUNNING', 5], ['FINISHED', 4])), ['Run 1 5-5 done']);
});

test('without a history there are no stays', () => {
  assert.deepEqual(phaseStays({ history: [], status: 'PENDING' }), []);
});

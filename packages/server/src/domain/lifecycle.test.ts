import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOB_STATUSES, type JobStatus } from '@arras/contract';
import fc from 'fast-check';
import {
  canMove,
  findIllegalMove,
  isTerminal,
  LIFECYCLE,
  lifecycleOf,
  MONITORED_STATUSES,
  TERMINAL_STATUSES,
} from './lifecycle.ts';

/** Written by hand, so that a slip in the table and the same slip in the test are two slips. */
const ALLOWED: Readonly<Record<JobStatus, string>> = {
  PENDING: 'PENDING PROCESSING_INPUTS STOPPED KILLED FAILED',
  PROCESSING_INPUTS: 'PROCESSING_INPUTS STAGING_INPUTS STAGED PENDING STOPPED KILLED FAILED',
  STAGING_INPUTS: 'STAGING_INPUTS STAGED PENDING STOPPED KILLED FAILED',
  STAGED: 'STAGED SUBMITTING STOPPED KILLED FAILED',
  SUBMITTING: 'SUBMITTING STAGING_JOB QUEUED STAGED STOPPED KILLED FAILED',
  STAGING_JOB: 'STAGING_JOB SUBMITTING QUEUED STAGED STOPPED KILLED FAILED',
  QUEUED: 'QUEUED RUNNING PAUSED CLEANING_UP STOPPED KILLED FAILED',
  RUNNING: 'RUNNING PAUSED CLEANING_UP STOPPED KILLED FAILED',
  PAUSED: 'PAUSED QUEUED RUNNING CLEANING_UP STOPPED KILLED FAILED',
  CLEANING_UP: 'CLEANING_UP ARCHIVING FINISHED STOPPED KILLED FAILED',
  ARCHIVING: 'ARCHIVING ARCHIVING_FINISHED ARCHIVING_FAILED CLEANING_UP STOPPED KILLED FAILED',
  ARCHIVING_FINISHED: 'ARCHIVING_FINISHED FINISHED FAILED',
  ARCHIVING_FAILED: 'ARCHIVING_FAILED FINISHED FAILED',
  FINISHED: '',
  KILLED: '',
  STOPPED: '',
  FAILED: '',
};

for (const from of JOB_STATUSES) {
  test(`from ${from} a job moves exactly where the table of a job's life says`, () => {
    const reachable = JOB_STATUSES.filter((to) => canMove(from, to));
    assert.deepEqual(new Set(reachable), new Set(ALLOWED[from].split(' ').filter(Boolean)));
  });
}

test('exactly FINISHED, KILLED, STOPPED and FAILED are terminal', () => {
  assert.deepEqual([...TERMINAL_STATUSES].sort(), ['FAILED', 'FINISHED', 'KILLED', 'STOPPED']);
});

test('a status that is not terminal queues a task, or its job is watched by system', () => {
  for (const status of JOB_STATUSES) {
    const watched = (MONITORED_STATUSES as readonly JobStatus[]).includes(status);
    assert.equal(lifecycleOf(status).task === null, isTerminal(status) || watched, status);
  }
});

test('every status can reach a terminal one', () => {
  for (const start of JOB_STATUSES) {
    const seen = new Set<JobStatus>([start]);
    for (const status of seen) for (const next of lifecycleOf(status).next) seen.add(next);
    assert.ok([...seen].some(isTerminal), start);
  }
});

test('every status can be reached from PENDING', () => {
  const seen = new Set<JobStatus>(['PENDING']);
  for (const status of seen) for (const next of lifecycleOf(status).next) seen.add(next);
  assert.equal(seen.size, JOB_STATUSES.length);
});

test('a walk of allowed moves never leaves a terminal status', () => {
  const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(choices, (picks) => {
      let status: JobStatus = 'PENDING';
      for (const pick of picks) {
        const next: readonly JobStatus[] = LIFECYCLE[status].next;
        const chosen = next[pick % Math.max(next.length, 1)];
        assert.equal(chosen === undefined, isTerminal(status));
        if (chosen === undefined) return;
        assert.equal(findIllegalMove(status, [chosen]), null);
        status = chosen;
      }
    }),
  );
});

test('a chain is illegal as soon as one of its moves is', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...JOB_STATUSES),
      fc.array(fc.constantFrom(...JOB_STATUSES), { minLength: 1, maxLength: 6 }),
      (from, chain) => {
        const legal = chain.every((to, index) => canMove(chain[index - 1] ?? from, to));
        assert.equal(findIllegalMove(from, chain) === null, legal);
      },
    ),
  );
});

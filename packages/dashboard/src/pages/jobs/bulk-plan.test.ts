import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BulkJob, planBulk, readOutcome, renderProgress } from './bulk-plan.ts';

function job(id: string, about: object = {}): BulkJob {
  return {
    id,
    name: id,
    owner: 'ada',
    status: 'RUNNING',
    stopRequested: false,
    ...about,
  } as unknown as BulkJob;
}

const JOBS = [
  job('runs'),
  job('stopping', { stopRequested: true }),
  job('ended', { status: 'FAILED' }),
  job('bobs', { owner: 'bob' }),
];

function acts(action: Parameters<typeof planBulk>[0]): string[] {
  return planBulk(action, JOBS, 'ada').willAct.map(({ id }) => id);
}

test('a stop is for jobs that go on and are not being stopped, a kill also for those that are', () => {
  assert.deepEqual(acts('stop'), ['runs', 'bobs']);
  assert.deepEqual(acts('kill'), ['runs', 'stopping', 'bobs']);
});

test('only the owner submits a job again, and all can be hidden', () => {
  assert.deepEqual(acts('resubmit'), ['runs', 'stopping', 'ended']);
  assert.equal(acts('hide').length, 4);
});

test('jobs that are left alone say why', () => {
  const { skipped } = planBulk('stop', JOBS, 'ada');
  assert.deepEqual(
    skipped.map(({ job, reason }) => `${job.id}: ${reason}`),
    ['stopping: a stop is requested already', 'ended: has ended already'],
  );
});

test('a stop is said to be requested until the service says that the job has ended', () => {
  assert.equal(readOutcome('stop', 'a', job('a', { stopRequested: true })).text, 'stop requested');
  assert.equal(readOutcome('stop', 'a', job('a', { status: 'STOPPED' })).text, 'is STOPPED');
  assert.equal(readOutcome('kill', 'a', job('a', { stopRequested: true })).text, 'kill requested');
});

test('a resubmission names the new job', () => {
  assert.equal(readOutcome('resubmit', 'a', job('b')).newJobId, 'b');
});

test('the progress counts what was refused apart', () => {
  const outcomes = [
    { jobId: 'a', isDone: true, text: '' },
    { jobId: 'b', isDone: false, text: '' },
  ];
  assert.equal(renderProgress(outcomes, 3), '1 of 3 done, 1 refused');
});

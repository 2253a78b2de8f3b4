import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findIllegalMove, MONITORED_STATUSES } from './lifecycle.ts';
import { causeToKeep, type Ending, type EndingJob, isGivenUp, judgeEnd } from './verdict.ts';

const RUNNING: EndingJob = {
  status: 'RUNNING',
  archive: false,
  archive_on_app_error: false,
  stop_requested: null,
  stop_reason: null,
};

const statuses = (job: Partial<EndingJob>, ending: Ending) =>
  judgeEnd({ ...RUNNING, ...job }, ending).map(({ to }) => to);

test('exit code 0 finishes a job that is not archived', () => {
  assert.deepEqual(judgeEnd(RUNNING, { kind: 'exited', exitCode: 0 }), [
    { to: 'CLEANING_UP' },
    { to: 'FINISHED', description: 'Job completed. Skipping archiving at user request.' },
  ]);
});

test('exit code 0 leaves an archived job to its archiving', () => {
  assert.deepEqual(statuses({ archive: true }, { kind: 'exited', exitCode: 0 }), ['CLEANING_UP']);
});

test('a program that nobody saw run is told to have run once its exit code is there', () => {
  const queued = { status: 'QUEUED' } as const;
  assert.deepEqual(statuses(queued, { kind: 'exited', exitCode: 0 }), ['RUNNING', 'CLEANING_UP', 'FINISHED']);
  assert.deepEqual(statuses(queued, { kind: 'exited', exitCode: 3 }), ['RUNNING', 'CLEANING_UP', 'FAILED']);
  assert.deepEqual(statuses(queued, { kind: 'lost', reason: 'it vanished' }), ['CLEANING_UP', 'FAILED']);
});

test('any other exit code fails the job and says which', () => {
  const moves = judgeEnd({ ...RUNNING, archive: true }, { kind: 'exited', exitCode: 3 });
  assert.deepEqual(moves.at(-1), {
    to: 'FAILED',
    description: 'Job failed: the program ended with exit code 3.',
  });
});

test('a failed job is archived when that was asked for', () => {
  const job = { archive: true, archive_on_app_error: true };
  assert.deepEqual(statuses(job, { kind: 'exited', exitCode: 3 }), ['CLEANING_UP']);
});

test('an end by a signal names the signal', () => {
  const moves = judgeEnd(RUNNING, { kind: 'exited', exitCode: 137 });
  assert.match(moves.at(-1)?.description ?? '', /signal 9 /);
});

test('the cause that the scheduler gives is told with its condition code and with what to do', () => {
  const moves = judgeEnd(RUNNING, { kind: 'exited', exitCode: 137, cause: 'out-of-memory' });
  assert.match(
    moves.at(-1)?.description ?? '',
    /^Job failed: it used more memory than it had asked for \(OUT_OF_MEMORY\)\. Ask for more with memoryPerNode/,
  );
});

test('of a job that was to be stopped no cause is kept, and one that was over its limit has that one', () => {
  const cancelled = { kind: 'exited', exitCode: 143, cause: 'cancelled' } as const;
  assert.equal(causeToKeep(RUNNING, cancelled), 'cancelled');
  assert.equal(causeToKeep({ ...RUNNING, stop_requested: 'STOPPED' }, cancelled), null);
  assert.equal(causeToKeep({ ...RUNNING, stop_requested: 'FAILED' }, cancelled), 'time-limit');
});

test('an end after a requested stop is that stop, whatever the exit code', () => {
  for (const stop_requested of ['STOPPED', 'KILLED', 'FAILED'] as const) {
    for (const ending of [
      { kind: 'exited', exitCode: 0 },
      { kind: 'exited', exitCode: 143 },
      { kind: 'lost', reason: 'it ended without an exit status' },
    ] as const) {
      assert.deepEqual(statuses({ stop_requested }, ending), [stop_requested]);
    }
  }
});

test('only proof of exit code 0 ever leads towards success', () => {
  const ending = fc.oneof(
    fc.record({ kind: fc.constant('exited' as const), exitCode: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('lost' as const), reason: fc.string() }),
  );
  const job = fc.record({
    status: fc.constantFrom(...MONITORED_STATUSES),
    archive: fc.boolean(),
    archive_on_app_error: fc.boolean(),
    stop_requested: fc.constantFrom(null, 'STOPPED' as const, 'KILLED' as const, 'FAILED' as const),
    stop_reason: fc.constantFrom(null, 'reason'),
  });
  fc.assert(
    fc.property(job, ending, (job, ending) => {
      const moves = judgeEnd(job, ending);
      assert.equal(
        findIllegalMove(
          job.status,
          moves.map(({ to }) => to),
        ),
        null,
      );
      const succeeded = moves.some(({ to }) => to === 'FINISHED');
      if (succeeded) assert.ok(ending.kind === 'exited' && ending.exitCode === 0 && !job.stop_requested);
    }),
  );
});

test('a try is given up only after three good looks that span a minute', () => {
  assert.equal(isGivenUp({ count: 2, sinceMs: 3_600_000 }), false);
  assert.equal(isGivenUp({ count: 50, sinceMs: 59_000 }), false);
  assert.equal(isGivenUp({ count: 3, sinceMs: 60_000 }), true);
});

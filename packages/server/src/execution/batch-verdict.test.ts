import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountRow, Facts, Phase, QueueRow } from './batch-answer.ts';
import { type Evidence, judge } from './batch-verdict.ts';

const NONE: Facts = { exit: null, claim: 'none', jobId: null };
const CLAIMED: Facts = { exit: null, claim: 'wrapper', jobId: '4711' };
const NO_USAGE = { elapsedSeconds: null, cpuSeconds: null, maxMemoryBytes: null };

const row = (phase: Phase | null, more: Partial<QueueRow> = {}): QueueRow => ({
  localId: '4711',
  phase,
  exitCode: null,
  restarted: false,
  reason: null,
  estimatedStart: null,
  endReason: null,
  ...more,
});

const account = (phase: Phase, more: Partial<AccountRow> = {}): AccountRow => ({
  localId: '4711',
  tag: 'tj-0123-007-1',
  phase,
  exitCode: null,
  usage: NO_USAGE,
  ...more,
});

const judged = (evidence: Partial<Evidence>) =>
  judge({
    facts: NONE,
    localId: '4711',
    rows: [],
    accounts: [],
    queueAnswered: true,
    accountingAnswered: true,
    ...evidence,
  });

test('the exit marker beats the queue, also one that has forgotten the end', () => {
  const facts: Facts = { exit: 0, claim: 'wrapper', jobId: '4711' };
  for (const phase of [
    { is: 'running' },
    { is: 'queued' },
    { is: 'ended', cause: 'node-failure' },
  ] as const) {
    assert.deepEqual(judged({ facts, rows: [row(phase)] }), { state: 'ended', exitCode: 0 });
  }
  assert.deepEqual(judged({ facts, queueAnswered: false }), { state: 'ended', exitCode: 0 });
});

test('a marker of failure gets the cause that the scheduler gives for our own job, and no other', () => {
  const facts: Facts = { exit: 143, claim: 'wrapper', jobId: '4711' };
  const limited = row({ is: 'ended', cause: 'time-limit' });
  assert.deepEqual(judged({ facts, rows: [limited] }), {
    state: 'ended',
    exitCode: 143,
    cause: 'time-limit',
  });
  assert.deepEqual(judged({ facts, rows: [{ ...limited, localId: '4712' }] }), {
    state: 'ended',
    exitCode: 143,
  });
  const completing = row({ is: 'running' }, { endReason: 'time-limit' });
  assert.deepEqual(judged({ facts, rows: [completing] }), {
    state: 'ended',
    exitCode: 143,
    cause: 'time-limit',
  });
});

test('a claim of the service means that the try can never start, whatever waits in the queue', () => {
  const facts: Facts = { exit: null, claim: 'service', jobId: null };
  assert.deepEqual(judged({ facts, rows: [row({ is: 'queued' })] }), { state: 'fenced' });
  assert.deepEqual(judged({ facts, queueAnswered: false }), { state: 'fenced' });
});

test('an error of the scheduler tells nothing', () => {
  assert.equal(judged({ queueAnswered: false }), null);
  assert.equal(judged({ facts: CLAIMED, queueAnswered: false }), null);
  assert.equal(judged({ facts: CLAIMED, accountingAnswered: false }), null);
  assert.equal(judged({ accountingAnswered: false }), null);
  assert.equal(judged({ facts: CLAIMED, rows: [row(null)] }), null);
});

test('a started try follows the job that holds its claim', () => {
  const running = { state: 'running', localId: '4711' };
  assert.deepEqual(judged({ facts: CLAIMED, rows: [row({ is: 'running' })] }), running);
  assert.deepEqual(judged({ facts: CLAIMED, rows: [row({ is: 'paused' })] }), {
    ...running,
    state: 'paused',
  });
  const copy = row({ is: 'ended' }, { localId: '4712', exitCode: 75 });
  assert.deepEqual(judged({ facts: CLAIMED, rows: [copy, row({ is: 'running' })] }), running);
});

test('without a marker, the end of the job that holds the claim has to do', () => {
  const ended = (phase: Phase, more: Partial<QueueRow> = {}) =>
    judged({ facts: CLAIMED, rows: [row(phase, more)] });
  assert.deepEqual(ended({ is: 'ended', succeeded: true }), { state: 'ended', exitCode: 0 });
  assert.deepEqual(ended({ is: 'ended' }, { exitCode: 3 }), { state: 'ended', exitCode: 3 });
  assert.deepEqual(ended({ is: 'ended', cause: 'out-of-memory' }), {
    state: 'lost',
    reason: 'it used more memory than it had asked for',
    cause: 'out-of-memory',
  });
  const usage = { ...NO_USAGE, elapsedSeconds: 12 };
  const accounts = [account({ is: 'ended' }, { exitCode: 3, usage })];
  assert.deepEqual(judged({ facts: CLAIMED, accounts }), { state: 'ended', exitCode: 3, usage });
});

test('a program that was killed having used as much as it had asked for ran out of memory', () => {
  const usage = { ...NO_USAGE, maxMemoryBytes: 400 };
  const killed = (more: Partial<AccountRow>) =>
    judged({
      facts: CLAIMED,
      rows: [row({ is: 'ended', cause: 'launch-failure' }, { signal: 9 })],
      accounts: [account({ is: 'ended' }, { signal: 9, memoryLimitBytes: 200, usage, ...more })],
    });
  const seen = killed({});
  assert.ok(seen?.state === 'lost' && seen.cause === 'out-of-memory');
  const marked = judged({
    facts: { exit: 137, claim: 'wrapper', jobId: '4711' },
    accounts: [account({ is: 'ended' }, { exitCode: 9, memoryLimitBytes: 200, usage })],
  });
  assert.ok(marked?.state === 'ended' && marked.exitCode === 137 && marked.cause === 'out-of-memory');
  const foreign = killed({ phase: { is: 'ended', cause: 'cancelled' } });
  assert.ok(foreign?.state === 'lost' && foreign.cause === 'cancelled');
});

test('a program that was killed for a reason that nobody knows may have run out of memory', () => {
  const reason =
    'the program was ended by signal 9 (SIGKILL), possibly because it used more memory than it had asked for';
  const usage = { ...NO_USAGE, maxMemoryBytes: 100 };
  for (const accounts of [
    [],
    [account({ is: 'ended' }, { signal: 9 })],
    [account({ is: 'ended' }, { signal: 9, memoryLimitBytes: 200, usage })],
    [account({ is: 'ended' }, { signal: 9, memoryLimitBytes: 200 })],
  ]) {
    const seen = judged({ facts: CLAIMED, rows: [row({ is: 'ended' }, { signal: 9 })], accounts });
    assert.deepEqual(seen, { state: 'absent', started: { reason } });
  }
  const other = judged({ facts: CLAIMED, rows: [row({ is: 'ended' }, { signal: 11 })] });
  assert.ok(other?.state === 'absent' && other.started?.reason.endsWith('signal 11 (SIGSEGV)'));
});

test('exit 75 of a copy that was kept from starting is no verdict', () => {
  const seen = judged({ facts: CLAIMED, rows: [row({ is: 'ended' }, { exitCode: 75 })] });
  assert.deepEqual(seen, { state: 'absent', started: { reason: 'it ended without an exit status' } });
  const requeued = judged({
    facts: CLAIMED,
    rows: [row({ is: 'ended' }, { exitCode: 75, restarted: true })],
  });
  assert.ok(requeued?.state === 'lost' && requeued.cause === 'requeued');
});

test('a started try that is back in the queue, or gone, is lost only after patience', () => {
  const back = judged({ facts: CLAIMED, rows: [row({ is: 'queued' })] });
  assert.ok(back?.state === 'absent' && back.started?.cause === 'requeued');
  assert.deepEqual(judged({ facts: CLAIMED }), {
    state: 'absent',
    started: { reason: 'it ended without an exit status' },
  });
  const stale = account({ is: 'running' });
  assert.equal(judged({ facts: CLAIMED, accounts: [stale] })?.state, 'absent');
});

test('a try without a claim is queued while a job of its tag is alive, found by the tag alone', () => {
  const waiting = { reason: 'Priority', estimatedStart: null };
  assert.deepEqual(judged({ localId: null, rows: [row({ is: 'queued' }, { reason: 'Priority' })] }), {
    state: 'queued',
    localId: '4711',
    waiting,
  });
  assert.deepEqual(judged({ rows: [row({ is: 'running' })] }), { state: 'queued', localId: '4711' });
  assert.deepEqual(judged({}), { state: 'absent' });
  assert.deepEqual(judged({ localId: null, accountingAnswered: false }), { state: 'absent' });
});

test('a job that ended before its program began never started, and that is no success', () => {
  const cancelled = judged({ rows: [row({ is: 'ended', cause: 'cancelled' })] });
  assert.ok(cancelled?.state === 'lost' && cancelled.neverStarted && cancelled.cause === 'cancelled');
  const failed = judged({ rows: [row({ is: 'ended' }, { exitCode: 111 })] });
  assert.ok(failed?.state === 'lost' && failed.neverStarted);
  assert.equal(failed.reason, 'the scheduler ended it before its program started (exit code 111)');
  assert.deepEqual(judged({ rows: [row({ is: 'ended', succeeded: true })] }), { state: 'absent' });
});

test('what was filed as settled without a marker stays lost', () => {
  const facts: Facts = { exit: 'settled', claim: 'none', jobId: null };
  assert.deepEqual(judged({ facts }), { state: 'lost', reason: 'it ended without an exit status' });
});

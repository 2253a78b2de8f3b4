import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Tracked, UnreadableAnswer } from './scheduler.ts';
import { slurm } from './slurm.ts';
import { parseSlurmAccounting, parseSlurmQueue } from './slurm-answers.ts';
import { SLURM_STATES } from './slurm-states.ts';

const TRY: Tracked = {
  tag: 'tj-0123-007-1',
  tryNumber: 1,
  workDirectory: "/w/it's $(here)",
  spoolDirectory: '/s',
  localId: '4711',
};

const submitted = (code: number, words: string) =>
  slurm
    .parseSubmit({ exitCode: 0, stdout: `arras-answer ${TRY.tag} ${code} ${words}\n`, stderr: '' })
    .get(TRY.tag);

test('an id is an acceptance, whatever is said around it', () => {
  const accepted = { kind: 'accepted', localId: '4711', running: false };
  assert.deepEqual(submitted(0, '4711'), accepted);
  assert.deepEqual(submitted(0, '4711;cluster'), accepted);
  assert.deepEqual(submitted(0, 'sbatch: Welcome, 12 jobs of yours are queued\t4711'), accepted);
  for (const words of ['', 'Submitted batch job', '0', 'x4711'])
    assert.equal(submitted(0, words)?.kind, 'unknown');
  assert.equal(slurm.parseSubmit({ exitCode: 0, stdout: 'noise\n', stderr: '' }).size, 0);
});

test("known refusals are permanent, in Slurm's words", () => {
  const failed = (words: string) => submitted(1, `sbatch: error: Batch job submission failed: ${words}`);
  for (const words of [
    'Invalid partition name specified',
    'Invalid account or account/partition combination specified',
    'Invalid qos specification',
    'Requested node configuration is not available',
    'Requested time limit is invalid (missing or exceeds some limit)',
    'More processors requested than permitted',
    'Node count specification invalid',
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    'Invalid feature specification',
    'Invalid generic resource (gres) specification',
    "User's group not permitted to use this partition",
    'Job dependency problem',
  ]) {
    assert.deepEqual(failed(words), { kind: 'refused', reason: `Batch job submission failed: ${words}` });
  }
  assert.deepEqual(
    submitted(
      1,
      'sbatch: error: Give --account, please.\tsbatch: error: Batch job submission failed: Unspecified error',
    ),
    { kind: 'refused', reason: 'Give --account, please.; Batch job submission failed: Unspecified error' },
  );
});

test('a limit on submitted jobs is a refusal that clears', () => {
  const policy =
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
  for (const limit of ['AssocMaxSubmitJobLimit', 'QOSMaxSubmitJobPerUserLimit', 'AssocGrpSubmitJobsLimit']) {
    const outcome = submitted(1, `sbatch: error: ${limit}\t${policy}`);
    assert.ok(outcome?.kind === 'refused' && outcome.clears === true, limit);
  }
});

test('whatever else goes wrong has an unknown outcome', () => {
  for (const words of [
    'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation',
    'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)',
    'sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received',
    'sbatch: error: Batch job submission failed: Unspecified error',
    'bash: sbatch: command not found',
    '',
  ]) {
    assert.equal(submitted(1, words)?.kind, 'unknown', words);
  }
});

/** `man squeue`, "JOB STATE CODES", of 22.05; `man sacct` adds REQUEUED and RESIZING. */
const STATES =
  'BOOT_FAIL CANCELLED COMPLETED CONFIGURING COMPLETING DEADLINE FAILED NODE_FAIL OUT_OF_MEMORY PENDING PREEMPTED RUNNING RESV_DEL_HOLD REQUEUE_FED REQUEUE_HOLD REQUEUED RESIZING REVOKED SIGNALING SPECIAL_EXIT STAGE_OUT STOPPED SUSPENDED TIMEOUT';

test('every state of the manual has a meaning, and only one of them is a success', () => {
  for (const state of STATES.split(' ')) assert.ok(SLURM_STATES[state], state);
  const successes = Object.entries(SLURM_STATES).filter(
    ([, phase]) => phase.is === 'ended' && phase.succeeded,
  );
  assert.deepEqual(
    successes.map(([state]) => state),
    ['COMPLETED'],
  );
});

test('rows tell phase, exit code, restarts, reason and the estimated start', () => {
  const rowOf = (line: string) => parseSlurmQueue([line], [TRY]).get(TRY.tag)?.[0];
  const waiting = rowOf('row 0 4711|PENDING|0|0|2026-11-24T10:38:30|ReqNodeNotAvail, UnavailableNodes:n1');
  assert.equal(waiting?.reason, 'ReqNodeNotAvail, UnavailableNodes:n1');
  assert.equal(waiting?.estimatedStart?.toISOString(), '2026-11-24T10:38:30.000Z');
  assert.deepEqual(waiting?.phase, { is: 'queued' });
  assert.equal(rowOf('row 0 4711|PENDING|0|0|N/A|None')?.estimatedStart, null);
  assert.equal(rowOf('row 0 4711|FAILED|768|1|N/A|NonZeroExitCode')?.exitCode, 3);
  assert.equal(rowOf('row 0 4711|FAILED|768|1|N/A|NonZeroExitCode')?.restarted, true);
  assert.equal(rowOf('row 0 4711|FAILED|3:0|0|N/A|NonZeroExitCode')?.exitCode, 3);
  assert.equal(rowOf('row 0 4711|FAILED|9|0|N/A|OutOfMemory')?.exitCode, null);
  assert.equal(rowOf('row 0 4711|FAILED|9|0|N/A|OutOfMemory')?.endReason, 'out-of-memory');
  assert.equal(rowOf('row 0 4711|FAILED|9|0|N/A|JobLaunchFailure')?.signal, 9);
  assert.equal(rowOf('row 0 4711|FAILED|139|0|N/A|None')?.signal, 11);
  assert.equal(rowOf('row 0 4711|FAILED|35072|0|N/A|NonZeroExitCode')?.exitCode, 137);
  assert.equal(rowOf('row 0 4711|DREAMING|0|0|N/A|None')?.phase, null);
  for (const line of ['row 1 4711|PENDING|0|0|N/A|None', 'row 0 x|PENDING|0|0|N/A|None', 'motd']) {
    assert.throws(() => rowOf(line), UnreadableAnswer);
  }
});

test('accounting tells the end and what was used, steps included, and forged lines are none', () => {
  const text = readFileSync(new URL('samples/slurm-sacct.txt', import.meta.url), 'utf8');
  const rows = parseSlurmAccounting(text.split('\n'), 'n1');
  assert.deepEqual(
    rows.map(({ localId }) => localId),
    ['4711', '4712', '4713', '4714', '4715', '4717', '4718'],
  );
  assert.deepEqual(rows[0], {
    localId: '4711',
    tag: 'tj-0123-007-1',
    phase: { is: 'ended' },
    exitCode: 3,
    memoryLimitBytes: 1000 * 2 ** 20,
    usage: { elapsedSeconds: 62, cpuSeconds: 1.25, maxMemoryBytes: 1.5 * 2 ** 30 },
  });
  assert.deepEqual(rows[1]?.phase, { is: 'ended', cause: 'cancelled' });
  assert.equal(rows[2]?.usage.cpuSeconds, 26 * 3600 + 184);
  assert.deepEqual([rows[3]?.phase, rows[3]?.exitCode], [{ is: 'ended', cause: 'out-of-memory' }, null]);
  assert.deepEqual(rows[4]?.phase, { is: 'running' });
  // Killed for its memory where no cgroup bounds it, and killed by hand: sacct of Slurm 22.05, 2026-11-24.
  assert.deepEqual(
    rows
      .slice(5)
      .map(({ signal, memoryLimitBytes, usage }) => [signal, memoryLimitBytes, usage.maxMemoryBytes]),
    [
      [9, 200 * 2 ** 20, 420_788 * 1024],
      [9, 200 * 2 ** 20, null],
    ],
  );
});

test('what a job asked for is counted for one node, and is no limit where that cannot be told', () => {
  const limitOf = (asked: string, nodes: string) =>
    parseSlurmAccounting(
      [['4711', 'tj-0123-007-1', 'FAILED', '0:9', '1', '00:00.002', '', asked, nodes].join('@n1|')],
      'n1',
    )[0]?.memoryLimitBytes;
  assert.equal(limitOf('4G', '2'), 2 * 2 ** 30);
  assert.equal(limitOf('2000Mn', '2'), 2000 * 2 ** 20);
  for (const asked of ['2000Mc', '0', '0n', '', '?']) assert.equal(limitOf(asked, '1'), undefined, asked);
  assert.equal(limitOf('4G', ''), undefined);
});

test('values are arguments or input of the commands, and never part of their text', () => {
  for (const command of [slurm.poll([TRY], 'n1'), slurm.submit([]), slurm.cancel(TRY, true)]) {
    assert.ok(!command.script.includes(TRY.workDirectory) && !command.script.includes(TRY.tag));
  }
});

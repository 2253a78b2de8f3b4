import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lsf, parseLsfQueue } from './lsf.ts';
import { pbs } from './pbs.ts';
import { parsePbsQueue } from './pbs-answers.ts';
import type { Scheduler } from './scheduler.ts';
import { sge } from './sge.ts';
import { parseSgeAccounting, parseSgeQueue } from './sge-answers.ts';

const sample = (name: string) =>
  readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8').split('\n');

const submitted = (scheduler: Scheduler, code: number, words: string) =>
  scheduler
    .parseSubmit({ exitCode: 0, stdout: `arras-answer tj-1-1 ${code} ${words}\n`, stderr: '' })
    .get('tj-1-1');

test('Grid Engine: rows of qstat by tag, whole or reduced to what matters', () => {
  const whole = sample('sge-qstat.xml');
  const reduced = whole.flatMap((line) => /<(JB_job_number|JB_name|state)>[^<]+</.exec(line)?.[0] ?? []);
  for (const lines of [whole, reduced]) {
    const rows = parseSgeQueue(lines);
    assert.deepEqual(
      [...rows].map(([tag, [row]]) => [tag, row?.localId, row?.phase?.is, row?.reason]),
      [
        ['tj-0125-007-1', '3', 'paused', null],
        ['tj-0126-007-1', '4', 'running', null],
        ['tj-0124-007-1', '2', 'queued', 'hqw'],
        ['mine', '5', 'queued', 'Eqw'],
      ],
    );
  }
});

test('Grid Engine: records of qacct give exit code, cause and usage', () => {
  const [failed, limited, broken] = parseSgeAccounting(sample('sge-qacct.txt'));
  assert.deepEqual(failed, {
    localId: '1',
    tag: 'tj-0123-007-1',
    phase: { is: 'ended' },
    exitCode: 3,
    usage: { elapsedSeconds: 2, cpuSeconds: 0.099, maxMemoryBytes: 5_529_141 },
  });
  assert.deepEqual(limited?.phase, { is: 'ended', cause: 'time-limit' });
  assert.equal(limited?.usage.maxMemoryBytes, 1.5 * 2 ** 30);
  assert.deepEqual(broken?.phase, { is: 'ended', cause: 'launch-failure' });
});

test('PBS: jobs of qstat -f by the variable that holds the tag, folded lines included', () => {
  const rows = parsePbsQueue(sample('pbs-qstat.txt'));
  assert.deepEqual(
    [...rows].map(([tag, [row]]) => [tag, row?.localId, row?.phase?.is, row?.exitCode, row?.restarted]),
    [
      ['tj-0123-007-1', '4711.pbs.example.org', 'running', null, false],
      ['tj-0124-007-1', '4712.pbs.example.org', 'queued', null, false],
      ['tj-0125-007-1', '4713.pbs.example.org', 'ended', 3, false],
      ['tj-0126-007-1', '4714.pbs.example.org', 'ended', null, true],
    ],
  );
  assert.equal(rows.get('tj-0124-007-1')?.[0]?.reason, 'Not Running: Insufficient amount of resource: ncpus');
});

test('TORQUE: a success is one, and what is said of unknown jobs is none', () => {
  const rows = parsePbsQueue(sample('torque-qstat.txt'));
  assert.deepEqual(rows.get('tj-0123-007-1')?.[0]?.phase, { is: 'ended', succeeded: true });
  assert.deepEqual(rows.get('tj-0124-007-1')?.[0]?.phase, { is: 'paused' });
  assert.equal(rows.size, 2);
});

test('LSF: rows of bjobs tell phase, exit code, cause and reason', () => {
  const rows = parseLsfQueue(sample('lsf-bjobs.txt').filter(Boolean));
  assert.deepEqual(
    [...rows.values()].map(([row]) => [row?.localId, row?.phase?.is, row?.exitCode, row?.endReason]),
    [
      ['4711', 'running', null, null],
      ['4712', 'queued', null, null],
      ['4713', 'queued', null, null],
      ['4714', 'ended', 140, 'time-limit'],
      ['4715', 'ended', 3, null],
      ['4716', 'ended', null, null],
      ['4717', 'paused', null, null],
      ['4718', undefined, null, null],
    ],
  );
  assert.equal(rows.get('tj-0125-007-1')?.[0]?.reason, 'JobHeldUser');
});

test('answers to submissions are an id, a refusal, a refusal that clears, or unknown', () => {
  const accepted = (localId: string) => ({ kind: 'accepted', localId, running: false });
  assert.deepEqual(submitted(sge, 0, '17'), accepted('17'));
  assert.deepEqual(submitted(pbs, 0, '4711.pbs.example.org'), accepted('4711.pbs.example.org'));
  assert.deepEqual(submitted(lsf, 0, 'Job <4711> is submitted to queue <normal>.'), accepted('4711'));
  const refusals = [
    [sge, 'Unable to run job: Job was rejected because job requests unknown queue "x"\tExiting.'],
    [pbs, 'qsub: Unknown queue'],
    [lsf, 'x: No such queue. Job not submitted.'],
  ] as const;
  for (const [scheduler, words] of refusals) assert.equal(submitted(scheduler, 1, words)?.kind, 'refused');
  const clearing = submitted(pbs, 1, 'qsub: Maximum number of jobs already in queue for user');
  assert.ok(clearing?.kind === 'refused' && clearing.clears === true);
  for (const scheduler of [sge, pbs, lsf]) {
    assert.equal(submitted(scheduler, 1, 'Connection timed out')?.kind, 'unknown');
    assert.equal(submitted(scheduler, 0, 'hello')?.kind, 'unknown');
  }
});

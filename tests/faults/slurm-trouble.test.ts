import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobView } from '../../packages/contract/src/index.ts';
import { slurm } from '../../packages/server/src/execution/slurm.ts';
import { jobEnd, jobHistory, jobStatus, submitJob } from '../support/api.ts';
import { checkEvents, effectsOf } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { type Slurm, startSlurm } from '../support/slurm.ts';
import { openSlurmServiceBed, type SlurmServiceBed } from '../support/slurm-service-bed.ts';
import { createTryBed } from '../support/try-bed.ts';

/** A job that Slurm has lost is found missing three times over a minute, and then submitted again. */
const LOST_MS = 240_000;

const WAIT = 'while [[ ! -e go ]]; do sleep 0.1; done';

const show = ({ bed }: SlurmServiceBed, id: string) => bed.api.call<JobView>('GET', `/jobs/v2/${id}`);

async function allFinishOnce(
  on: SlurmServiceBed,
  jobs: readonly JobView[],
  timeoutMs: number,
): Promise<void> {
  for (const { id } of jobs) {
    const job = await jobEnd(on.bed.api, id, timeoutMs);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
  }
  await on.bed.checkFinishedOnce(jobs.map(({ id }) => id));
}

/**
 * A controller that was killed forgets what it did last, and starts a job again that runs or has ended. The node refuses
 * the second copy; then Slurm drains the node for a "Duplicate jobid", and cancels the job, whatever it does by then. An
 * operator takes such a node back.
 */
function takeNodeBack({ cluster }: SlurmServiceBed): Disposable {
  const look = () => {
    try {
      const state = cluster.run('sinfo', '-h', '-n', 'node1', '-o', '%T %E');
      if (!/^drain\w* Duplicate jobid/m.test(state)) return;
      cluster.run('scontrol', 'update', 'nodename=node1', 'state=resume');
    } catch {
      // The controller is away.
    }
  };
  const timer = setInterval(look, 500);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Each job has started at most once, and its verdict is true: only one that Slurm itself cancelled has failed. */
async function allAreTrue(on: SlurmServiceBed, jobs: readonly JobView[]): Promise<readonly string[]> {
  const statuses: string[] = [];
  for (const { id } of jobs) {
    const { status, lastStatusMessage, localId } = await jobEnd(on.bed.api, id, LOST_MS);
    const effects = effectsOf(on.bed.root, id);
    const log = readFileSync(join(on.cluster.root, 'ctld.log'), 'utf8');
    const told = `${status}, ${lastStatusMessage}, ${effects.join(' ')}\n${log.slice(-5_000)}`;
    assert.ok(effects.filter((what) => what === 'start').length <= 1, told);
    if (status === 'FINISHED') assert.deepEqual(effects, ['start', 'end'], told);
    else assert.ok(status === 'FAILED' && log.includes(`REQUEST_KILL_JOB JobId=${localId} `), told);
    await checkEvents(on.bed.pool, id);
    statuses.push(status);
  }
  return statuses;
}

describe('the service and a cluster in trouble', { concurrency: 2 }, () => {
  test('jobs above a limit of the account wait, and go on by themselves', async () => {
    await using on = await openSlurmServiceBed({
      accounting: true,
      more: ['AccountingStorageEnforce=associations,limits'],
    });
    limitJobs(on.cluster, 2);
    const waiting = await on.registerApp('waiting', WAIT);
    const jobs = [];
    for (const name of ['first', 'second']) {
      const job = await submitJob(on.bed.api, waiting, { name });
      await jobStatus(on.bed.api, job.id, 'RUNNING');
      jobs.push(job);
    }
    const third = await submitJob(on.bed.api, waiting, { name: 'third' });
    const told = await eventually(
      'it says what it waits for',
      async () => {
        const { status, lastStatusMessage } = await show(on, third.id);
        assert.notEqual(status, 'FAILED', lastStatusMessage ?? '');
        return /takes no more jobs at once/.test(lastStatusMessage ?? '') ? lastStatusMessage : null;
      },
      { timeoutMs: 30_000 },
    );
    assert.match(told ?? '', /MaxSubmitJob/);
    for (const { id } of jobs) await letGo(on, id);
    await jobStatus(on.bed.api, third.id, 'RUNNING', 120_000);
    await letGo(on, third.id);
    await allFinishOnce(on, [...jobs, third], 60_000);
    const attempts = (await jobHistory(on.bed.api, third.id)).filter(({ description }) =>
      description?.startsWith('Attempt 2 '),
    );
    assert.deepEqual(attempts, [], 'waiting for a place is no failed attempt');
  });

  test('a job whose nodes a job of higher priority takes ends with that cause', async () => {
    const cluster = await startSlurm({
      more: [
        'PreemptType=preempt/partition_prio',
        'PreemptMode=CANCEL',
        'PartitionName=urgent Nodes=node1 PriorityTier=10 MaxTime=INFINITE State=UP',
      ],
    });
    const bed = createTryBed({ shell: cluster.createShell(), scheduler: slurm });
    try {
      const each = await bed.prepare(`echo start >> effects\n${WAIT}`, { processorsPerNode: 64 });
      await each.submit();
      await each.until('running', 30_000);
      cluster.run('sbatch', '-p', 'urgent', '-n', '64', '-o', '/dev/null', '--wrap', 'sleep 1');
      const seen = await eventually(
        'the cause is known',
        async () => {
          const observation = await each.observe();
          const isOver = observation.state === 'ended' || observation.state === 'lost';
          return isOver && observation.cause !== undefined ? observation : null;
        },
        { timeoutMs: 60_000 },
      );
      assert.equal(seen.cause, 'preempted');
      assert.equal(each.read('effects'), 'start\n');
    } finally {
      await cluster.close();
      bed.close();
    }
  });

  test('a controller killed 0 to 6 s after it took a job starts each job once', async (t) => {
    await using on = await openSlurmServiceBed();
    using _operator = takeNodeBack(on);
    const app = await on.registerApp('brief', 'sleep 0.5');
    const jobs: JobView[] = [];
    for (const seconds of [0, 1, 2, 4, 6]) {
      const job = await submitJob(on.bed.api, app);
      jobs.push(job);
      await eventually('it has been taken', async () => (await show(on, job.id)).localId !== null, {
        timeoutMs: 60_000,
      });
      await delay(seconds * 1_000);
      await on.cluster.controller.end('SIGKILL');
      on.cluster.controller.start();
      await on.cluster.untilReady();
    }
    t.diagnostic((await allAreTrue(on, jobs)).join(' '));
  });

  test('sshd dying again and again while jobs are submitted starts each job once', async () => {
    await using on = await openSlurmServiceBed();
    const app = await on.registerApp('brief', 'sleep 0.2');
    const jobs = await Promise.all(Array.from({ length: 20 }, () => submitJob(on.bed.api, app)));
    for (let round = 0; round < 10; round += 1) {
      on.sshd.signalChildren('SIGKILL');
      await delay(300);
    }
    await allFinishOnce(on, jobs, LOST_MS);
  });

  test('a scheduler that keeps on failing for reasons nobody knows is asked less and less often', async () => {
    await using on = await openSlurmServiceBed();
    const app = await on.registerApp('brief', 'sleep 0.2');
    const sbatch = join(on.cluster.root, 'counted', 'sbatch');
    const whole = readFileSync(sbatch, 'utf8');
    writeFileSync(sbatch, '#!/bin/bash\necho "sbatch: error: a word nobody knows" >&2\nexit 1\n');
    const began = performance.now();
    const { id } = await submitJob(on.bed.api, app);
    await eventually(
      'it has been tried five times',
      async () => Number((await on.bed.row(id))['try_number']) >= 5,
      {
        timeoutMs: 120_000,
      },
    );
    // 1, 2, 4 and 8 s lie between five tries: a slow machine only makes it more.
    const seconds = (performance.now() - began) / 1_000;
    assert.ok(seconds >= 14, `five tries in ${seconds} s`);
    writeFileSync(sbatch, whole);
    await allFinishOnce(on, [await show(on, id)], 120_000);
  });

  test('a login that takes seconds, and answers that do, cost time and nothing else', async () => {
    await using on = await openSlurmServiceBed();
    const app = await on.registerApp('brief', 'sleep 0.2');
    // What sbatch runs gets no login of its own there: this is for the service's commands.
    writeFileSync(
      join(on.cluster.root, '.bashrc'),
      '[[ -n $SSH_CONNECTION ]] && sleep $((RANDOM % 6 + 1))\n',
    );
    const jobs = await Promise.all(Array.from({ length: 5 }, () => submitJob(on.bed.api, app)));
    await allFinishOnce(on, jobs, LOST_MS);
  });
});

/** The account of the tests may have so many jobs at a time. */
function limitJobs(cluster: Slurm, count: number): void {
  cluster.run('sacctmgr', '-i', 'add', 'account', 'limited', 'Cluster=arras');
  cluster.run('sacctmgr', '-i', 'add', 'user', 'root', 'Account=limited', 'Cluster=arras');
  cluster.run(
    'sacctmgr',
    '-i',
    'modify',
    'user',
    'root',
    'set',
    'DefaultAccount=limited',
    `MaxSubmitJobs=${count}`,
  );
}

async function letGo(on: SlurmServiceBed, id: string): Promise<void> {
  const { outputPath } = await show(on, id);
  writeFileSync(join(on.bed.root, 'scratch', outputPath ?? '', 'go'), '');
}

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobStatusView, JobView } from '../../packages/contract/src/index.ts';
import { jobEnd, jobHistory, jobStatus, submitJob } from '../support/api.ts';
import { checkEvents, effectsOf } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { openSlurmServiceBed, type SlurmServiceBed } from '../support/slurm-service-bed.ts';

const WAIT = 'while [[ ! -e go ]]; do sleep 0.1; done';

describe('the service in front of Slurm', () => {
  let slurm: SlurmServiceBed;
  /** Waits for a file `go` in its work directory. */
  let waiting: string;
  before(async () => {
    // Memory is sampled: cgroups are not to be had everywhere.
    slurm = await openSlurmServiceBed({ accounting: true, more: ['JobAcctGatherParams=OverMemoryKill'] });
    waiting = await slurm.registerApp('waiting', WAIT);
  });
  // What a failed test left behind would hold the only node, and the others would fail as well.
  afterEach(() => void slurm.cluster.run('scancel', '--quiet', '--user=root'));
  after(() => slurm?.[Symbol.asyncDispose]());

  const api = () => slurm.bed.api;
  const show = (id: string) => api().call<JobView>('GET', `/jobs/v2/${id}`);
  const submit = (appId: string, more = {}) => submitJob(api(), appId, { maxRunTime: '00:30:00', ...more });
  const stop = (id: string) => api().request('POST', `/jobs/v2/${id}`, { action: 'stop' });

  test('a job that waits says why, what for how long, and how long others did', async () => {
    const all = { processorsPerNode: 64 };
    const first = await submit(waiting, all);
    await jobStatus(api(), first.id, 'RUNNING');
    const second = await submit(waiting, all);
    const seen = await eventually(
      'it waits with an estimate',
      async () => {
        const { waiting: wait } = await show(second.id);
        // Until Slurm has looked at the job once more, its reason is the word None.
        const isExplained = wait?.estimatedStart !== undefined && wait.reason !== 'None';
        return isExplained && wait.similar !== undefined ? wait : null;
      },
      { timeoutMs: 20_000 },
    );
    assert.match(seen.reason ?? '', /^(Resources|Priority)$/);
    assert.ok(['resources', 'priority'].includes(seen.category));
    assert.match(seen.sentence, /^(Other jobs|It is next in line)/);
    assert.equal(seen.canStart, true);
    assert.ok((seen.similar?.count ?? 0) >= 1);
    const leftMs = Date.parse(seen.estimatedStart ?? '') - Date.now();
    assert.ok(leftMs > 25 * 60_000 && leftMs < 32 * 60_000, seen.estimatedStart);
    const status = await api().call<JobStatusView>('GET', `/jobs/v2/${second.id}/status`);
    assert.equal(status.waiting?.sentence, (await show(second.id)).waiting?.sentence);
    const told = (await jobHistory(api(), second.id)).filter((entry) => entry.status === 'UPDATED');
    assert.match(told[0]?.description ?? '', /^Waiting in the queue: /);
    assert.equal(told.length, 1, 'one entry, not one a look');
    await Promise.all([stop(first.id), stop(second.id)]);
    for (const { id } of [first, second]) assert.equal((await jobEnd(api(), id)).status, 'STOPPED');
    assert.deepEqual(effectsOf(slurm.bed.root, first.id), ['start']);
    assert.deepEqual(effectsOf(slurm.bed.root, second.id), []);
  });

  test('a job that can never start says so, what to change, and tells subscribers', async () => {
    const { id } = await submit(waiting, { batchQueue: 'short', maxRunTime: '01:00:00' });
    const { waiting: wait, lastStatusMessage } = await eventually('it is known', async () => {
      const job = await show(id);
      return job.waiting?.reason === 'PartitionTimeLimit' ? job : null;
    });
    assert.equal(wait?.category, 'never-starts');
    assert.equal(wait?.canStart, false);
    assert.match(wait?.action ?? '', /maxRunTime/);
    assert.match(lastStatusMessage ?? '', /^This can never start: .* Cancel it and /);
    const { rows } = await slurm.bed.pool.query(
      "select description from job_events where job_id = $1 and name = 'UPDATED'",
      [id],
    );
    assert.deepEqual(rows, [{ description: lastStatusMessage }]);
    await stop(id);
    assert.equal((await jobEnd(api(), id)).status, 'STOPPED');
  });

  test('time that runs out, memory that runs out and a foreign hand are told apart', async () => {
    const hungry = await slurm.registerApp('hungry', `${WAIT}; kill -9 $$`);
    const [late, large, cancelled] = await Promise.all([submit(waiting), submit(hungry), submit(waiting)]);
    const largeJob = await jobStatus(api(), large.id, 'RUNNING');
    slurm.runOutOfMemory(largeJob.localId ?? '');
    writeFileSync(join(slurm.bed.root, 'scratch', largeJob.outputPath ?? '', 'go'), '');
    const { localId } = await jobStatus(api(), late.id, 'RUNNING');
    slurm.cluster.run('scontrol', 'update', `jobid=${localId}`, 'endtime=now+2');
    slurm.cluster.run('scancel', (await jobStatus(api(), cancelled.id, 'RUNNING')).localId ?? '');
    for (const [id, code, words] of [
      [cancelled.id, 'CANCELLED_OUTSIDE', /cancelled in the scheduler, not by way of this service/],
      [large.id, 'OUT_OF_MEMORY', /more memory than it had asked for \(OUT_OF_MEMORY\)\. .*memoryPerNode/],
      [late.id, 'TIME_LIMIT', /reached its time limit \(TIME_LIMIT\)\. .*maxRunTime/],
    ] as const) {
      const job = await jobEnd(api(), id, 90_000);
      assert.equal(job.status, 'FAILED');
      assert.equal(job.endCause?.code, code, job.lastStatusMessage ?? '');
      assert.match(job.lastStatusMessage ?? '', words);
      await checkEvents(slurm.bed.pool, id);
    }
  });

  test('what a job used is known soon after its end, and what it wasted', async () => {
    const app = await slurm.registerApp(
      'using',
      'head -c 40000000 /dev/zero | tail -c 1 >/dev/null; sleep 1.5',
    );
    const { id } = await submit(app);
    assert.equal((await jobEnd(api(), id)).status, 'FINISHED');
    const report = await eventually(
      'its accounts are there',
      async () => {
        const job = await show(id);
        return job.report?.cpuTime
          ? job.report
          : assert.fail(JSON.stringify([job.report, await slurm.bed.row(id), slurm.calls()]));
      },
      { timeoutMs: 20_000 },
    );
    assert.equal(report.wallTime.requested, 1_800);
    assert.ok(report.wallTime.used >= 1 && report.wallTime.used < 60);
    assert.ok((report.memory?.used ?? 0) > 1_000_000);
  });

  test('thirty jobs at once are each started once', async () => {
    const app = await slurm.registerApp('many', 'sleep 0.2');
    const jobs = await Promise.all(Array.from({ length: 30 }, () => submit(app)));
    for (const { id } of jobs) assert.equal((await jobEnd(api(), id, 60_000)).status, 'FINISHED');
    await slurm.bed.checkFinishedOnce(jobs.map(({ id }) => id));
  });

  test('fifty jobs cost no more questions than ten', async (t) => {
    const held = (count: number) =>
      Promise.all(Array.from({ length: count }, () => submit(waiting, { processorsPerNode: 64 })));
    const counted = async () => {
      const before = slurm.calls();
      const {
        rows: [first],
      } = await slurm.bed.pool.query("select looks from system_checks where system_id = 'cluster'");
      await delay(3_500);
      const {
        rows: [last],
      } = await slurm.bed.pool.query("select looks from system_checks where system_id = 'cluster'");
      return { calls: slurm.calls().squeue - before.squeue, looks: Number(last.looks) - Number(first.looks) };
    };
    const untilQueued = (count: number) =>
      eventually(
        'they are in the queue',
        async () => {
          const { rows } = await slurm.bed.pool.query(
            "select 1 from jobs where status in ('QUEUED', 'RUNNING') and execution_system = 'cluster'",
          );
          return rows.length === count;
        },
        { timeoutMs: 60_000, intervalMs: 200 },
      );
    await held(10);
    await untilQueued(10);
    const few = await counted();
    await held(40);
    await untilQueued(50);
    const many = await counted();
    t.diagnostic(JSON.stringify({ few, many }));
    for (const { calls, looks } of [few, many]) {
      assert.ok(looks >= 1 && looks <= 8, `${looks} looks`);
      assert.ok(Math.abs(calls - looks) <= 1, 'one question a look');
    }
  });
});

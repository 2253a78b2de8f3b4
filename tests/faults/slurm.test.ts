import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { slurm } from '../../packages/server/src/execution/slurm.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/fork-bed.ts';
import { type Slurm, type SlurmOptions, startSlurm } from '../support/slurm.ts';
import { isThere, submitOnce } from '../support/submit-once.ts';
import { createTryBed, type TestTry, type TryBed } from '../support/try-bed.ts';

const START = 'echo start >> effects; echo $$ > pid';
const WAIT = 'while [[ ! -e go ]]; do sleep 0.05; done';
const START_MS = 30_000;

/** Every test has a Slurm of its own, because it breaks it. */
function onSlurm(
  title: string,
  run: (cluster: Slurm, bed: TryBed) => Promise<void>,
  options: SlurmOptions = {},
): void {
  test(title, async () => {
    const cluster = await startSlurm(options);
    const bed = createTryBed({ shell: cluster.createShell(), scheduler: slurm });
    try {
      await run(cluster, bed);
    } finally {
      await cluster.close();
      bed.close();
    }
  });
}

/** A job whose submission was acknowledged and lost: the controller died before it wrote it down. */
async function forget(cluster: Slurm, bed: TryBed): Promise<TestTry> {
  for (let round = 0; round < 5; round += 1) {
    const each = await bed.prepare(START, { customDirectives: '--hold' });
    // Having just written its state, it waits five seconds before it does so again.
    const saved = untilSaved(cluster);
    cluster.run('sbatch', '-H', '-J', 'other', '-o', '/dev/null', '--wrap', 'true');
    await saved;
    await each.submit();
    await cluster.controller.end('SIGKILL');
    cluster.controller.start();
    await cluster.untilReady();
    if ((await eventually('Slurm answers', () => each.observe())).state === 'absent') return each;
    // We were too slow.
    await bed.executor.cancel(each.tracked, true);
  }
  throw new Error('expected a controller that forgets, got one that never did');
}

async function startProgram(bed: TryBed, program: string): Promise<TestTry> {
  const each = await bed.prepare(`${START}\n${program}`);
  await each.submit();
  await each.until('running', START_MS);
  await eventually('the program is there', () => each.read('pid'));
  return each;
}

/** Waits until the controller has written down all that it knows now: it does so every five seconds. */
async function untilSaved(cluster: Slurm): Promise<void> {
  const since = Date.now();
  const saved = () => statSync(`${cluster.root}/state/job_state`).mtimeMs;
  await eventually('the controller has saved its state', () => saved() > since, { timeoutMs: 30_000 });
}

const letGo = (each: TestTry) => writeFileSync(each.path('go'), '');

describe('Slurm under faults', { concurrency: 2 }, () => {
  onSlurm(
    'a controller that stands still during thirty submissions starts each job once',
    async (cluster, bed) => {
      const tries = await Promise.all(Array.from({ length: 30 }, () => bed.prepare(START)));
      cluster.controller.stop();
      const submitting = Promise.all(tries.map((each) => submitOnce(bed, each)));
      // Long enough for the first answers to be lost: a controller that goes on reads what waits in its socket.
      await delay(7_000);
      cluster.controller.cont();
      const submitted = await submitting;
      for (const each of submitted) {
        const end = await each.until('ended', 60_000);
        assert.equal(end.state === 'ended' && end.exitCode, 0);
      }
      for (const each of tries) assert.equal(each.read('effects'), 'start\n', each.launch.tag);
    },
  );

  onSlurm(
    'a job that the controller forgot is not taken for the stranger that gets its id',
    async (cluster, bed) => {
      const first = await forget(cluster, bed);
      const strange = cluster.run(
        'sbatch',
        '--parsable',
        '-J',
        'stranger',
        '-o',
        '/dev/null',
        '--wrap',
        'sleep 60',
      );
      assert.equal(strange.trim(), first.tracked.localId);
      assert.deepEqual(await first.observe(), { state: 'absent' });
      assert.deepEqual(await bed.executor.cancel(first.tracked, true), { kind: 'done' });
      assert.equal((await bed.executor.suspend?.(first.tracked, 'pause'))?.kind, 'refused');
      assert.match(
        cluster.run('squeue', '-h', '-j', strange.trim(), '-o', '%T'),
        /RUNNING|PENDING|CONFIGURING/,
      );
      assert.equal(await isThere(bed, first), false);
      const second = await first.next();
      await second.submit();
      cluster.run('scontrol', 'release', second.tracked.localId ?? '');
      await second.until('ended', START_MS);
      assert.equal(first.read('effects'), 'start\n');
    },
  );

  onSlurm(
    'ends are known while the controller is away, and stay what they were when it is back',
    async (cluster, bed) => {
      const [ending, staying] = await Promise.all([
        startProgram(bed, `${WAIT}; exit 5`),
        startProgram(bed, WAIT),
      ]);
      await untilSaved(cluster);
      await cluster.controller.end('SIGKILL');
      letGo(ending);
      const seen = await eventually(
        'the end is known',
        async () => {
          const observations = await bed.executor.observe([ending.tracked, staying.tracked]);
          return observations.has(ending.launch.tag) ? observations : null;
        },
        { timeoutMs: 30_000 },
      );
      assert.deepEqual([...seen], [[ending.launch.tag, { state: 'ended', exitCode: 5 }]]);
      await assert.rejects(
        staying.observe(),
        /scheduler does not answer: .*(slurm_load_jobs|Unable to contact)/,
      );
      cluster.controller.start();
      await cluster.untilReady();
      const end = await ending.observe();
      assert.equal(end.state === 'ended' && end.exitCode, 5);
      assert.equal((await staying.observe()).state, 'running');
    },
  );

  onSlurm(
    'a node that fails ends the job with that cause, and nothing starts again when it is back',
    async (cluster, bed) => {
      const each = await startProgram(bed, WAIT);
      const pid = Number(each.read('pid'));
      await cluster.node.end('SIGKILL');
      cluster.run('scontrol', 'update', 'nodename=node1', 'state=down', 'reason=test');
      const end = await each.until('lost', START_MS);
      assert.equal(end.state === 'lost' && end.cause, 'node-failure');
      cluster.node.start();
      cluster.run('scontrol', 'update', 'nodename=node1', 'state=resume');
      await cluster.untilReady();
      const other = await startProgram(bed, WAIT);
      await bed.executor.cancel(other.tracked, true);
      assert.equal(each.read('effects'), 'start\n');
      // The program outlived its job: nobody else would end it.
      if (isAlive(pid)) letGo(each);
    },
  );

  onSlurm(
    'a job that an administrator puts back into the queue does not start again',
    async (cluster, bed) => {
      const each = await startProgram(bed, WAIT);
      const id = each.tracked.localId ?? '';
      assert.throws(() => cluster.run('scontrol', 'requeue', id));
      cluster.run('scontrol', 'update', `jobid=${id}`, 'requeue=1');
      cluster.run('scontrol', 'requeue', id);
      const ended = { state: 'ended', exitCode: 143, cause: 'requeued' };
      await eventually(
        'its end is known',
        async () => {
          assert.deepEqual(await each.observe(), ended);
          return true;
        },
        { timeoutMs: START_MS },
      );
      const isFenced = () => {
        const row = cluster.run(
          'squeue',
          '-h',
          '-t',
          'all',
          '-j',
          id,
          '-O',
          'State:0 ,exit_code:0 ,RestartCnt:0',
        );
        // The copy finds the claim taken, and ends with 75. A slow node that still clears up after the first run may
        // fail to launch it at all, with 1.
        if (/^FAILED (?:19200|256) 1\n$/.test(row)) return true;
        // Slurm waits two minutes before it starts such a job again.
        if (row.startsWith('PENDING')) cluster.run('scontrol', 'update', `jobid=${id}`, 'starttime=now');
        return assert.fail(row);
      };
      await eventually('its copy has been kept from starting', isFenced, {
        timeoutMs: 90_000,
        intervalMs: 250,
      });
      assert.deepEqual(await each.observe(), ended);
      assert.equal(each.read('effects'), 'start\n');
    },
  );

  onSlurm("refusals, limits and cancellations have their causes in Slurm's words", async (cluster, bed) => {
    const timed = await startProgram(bed, WAIT);
    cluster.run('scontrol', 'update', `jobid=${timed.tracked.localId}`, 'endtime=now+2');
    await assertRefusals(bed);
    await assertWaits(bed);
    const cancelled = await startProgram(bed, WAIT);
    cluster.run('scancel', cancelled.tracked.localId ?? '');
    const end = await cancelled.until('ended', START_MS);
    assert.equal(end.state === 'ended' && end.exitCode, 143);
    await eventually(
      'the cause is known',
      async () => {
        const seen = await cancelled.observe();
        return seen.state === 'ended' && seen.cause === 'cancelled';
      },
      { timeoutMs: START_MS },
    );
    const limited = await timed.until('ended', 60_000);
    assert.deepEqual(limited, { state: 'ended', exitCode: 143, cause: 'time-limit' });
  });

  onSlurm(
    'a job that Slurm has forgotten for its age keeps the verdict of its marker',
    async (cluster, bed) => {
      const each = await bed.prepare(`${START}; exit 6`);
      await each.submit();
      await each.until('ended', START_MS);
      await eventually('Slurm has forgotten it', () => cluster.run('squeue', '-h', '-t', 'all') === '', {
        timeoutMs: 60_000,
      });
      assert.deepEqual(await each.observe(), { state: 'ended', exitCode: 6 });
    },
    { minJobAge: 2 },
  );

  onSlurm('names of other jobs forge nothing', async (cluster, bed) => {
    const each = await startProgram(bed, WAIT);
    const { tag } = each.launch;
    const names = [
      `x\n${each.tracked.localId}|COMPLETED|0|0|N/A|None|${tag}`,
      `x\nrow 0 ${each.tracked.localId}|COMPLETED|0|0|N/A|None`,
      `${tag}\nmore`,
      `${tag}|COMPLETED`,
      `@|COMPLETED|0|0|N/A|None@|${tag}@|`,
    ];
    const submit = (name: string, options = {}) =>
      execFileSync(
        'sbatch',
        ['--parsable', '-H', '-o', '/dev/null', '-D', '/tmp', '-J', name, '--wrap', 'true'],
        {
          env: cluster.environment,
          cwd: '/tmp',
          ...options,
        },
      );
    for (const name of names) submit(name);
    // Another account may even use our own tag.
    submit(tag, { uid: 65_534, gid: 65_534 });
    assert.deepEqual(await each.observe(), { state: 'running', localId: each.tracked.localId });
    const unborn = await bed.prepare(START);
    submit(unborn.launch.tag, { uid: 65_534, gid: 65_534 });
    assert.deepEqual(await unborn.observe(), { state: 'absent' });
    await bed.executor.cancel(unborn.tracked, true);
    const theirs = cluster.run('squeue', '-h', '-u', 'nobody', '-o', '%T');
    assert.equal(theirs, 'PENDING\nPENDING\n');
    assert.ok(!readState(cluster).includes('COMPLETED'));
  });
});

const readState = (cluster: Slurm) => cluster.run('squeue', '-h', '-t', 'all', '-o', '%T');

async function assertRefusals(bed: TryBed): Promise<void> {
  for (const [resources, words] of [
    [{ queue: 'nosuch' }, /invalid partition specified: nosuch/],
    [{ memoryPerNodeGb: 999 }, /Memory specification can not be satisfied/],
    [{ customDirectives: '--constraint=nosuch' }, /Invalid feature specification/],
    [{ customDirectives: '--reservation=nosuch' }, /Requested reservation is invalid/],
    [{ customDirectives: '--nosuch' }, /unrecognized option '--nosuch'/],
    [{ customDirectives: '--time=soon' }, /Invalid --time specification/],
  ] as const) {
    const each = await bed.prepare(START, resources);
    const outcome = await each.trySubmit();
    assert.equal(outcome.kind, 'refused', JSON.stringify(outcome));
    assert.match(outcome.kind === 'refused' ? outcome.reason : '', words);
    // Slurm keeps some of the jobs that it refuses in its list for a while.
    const seen = await each.observe();
    assert.ok(seen.state === 'absent' || (seen.state === 'lost' && seen.neverStarted), JSON.stringify(seen));
  }
}

async function assertWaits(bed: TryBed): Promise<void> {
  for (const [resources, reason] of [
    [{ customDirectives: '--hold' }, 'JobHeldUser'],
    [{ customDirectives: '--begin=now+1hour' }, 'BeginTime'],
    [{ customDirectives: '--dependency=singleton\n--begin=now+1hour' }, 'BeginTime'],
    [{ nodeCount: 5 }, 'PartitionConfig'],
    [{ queue: 'short', maxRunTimeSeconds: 3600 }, 'PartitionTimeLimit'],
  ] as const) {
    const each = await bed.prepare(START, resources);
    await each.submit();
    const seen = await eventually(`it waits for ${reason}`, async () => {
      const observation = await each.observe();
      return observation.state === 'queued' && observation.waiting?.reason === reason ? observation : null;
    });
    assert.equal(seen.waiting?.estimatedStart !== null, reason === 'BeginTime');
    await bed.executor.cancel(each.tracked, false);
    const gone = await each.until('lost');
    assert.ok(gone.state === 'lost' && gone.cause === 'cancelled' && gone.neverStarted);
  }
}

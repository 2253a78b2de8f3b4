import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { slurm } from '../../packages/server/src/execution/slurm.ts';
import { eventually } from '../support/eventually.ts';
import { type Slurm, startSlurm } from '../support/slurm.ts';
import { createTryBed, type TestTry, type TryBed } from '../support/try-bed.ts';

describe('Slurm with accounting', { concurrency: true }, () => {
  let cluster: Slurm;
  let bed: TryBed;
  before(async () => {
    // Memory is sampled: cgroups are not to be had everywhere.
    const more = ['JobAcctGatherParams=OverMemoryKill'];
    cluster = await startSlurm({ accounting: true, minJobAge: 2, more });
    bed = createTryBed({ shell: cluster.createShell(), scheduler: slurm });
  });
  after(async () => {
    await cluster?.close();
    bed?.close();
  });

  async function runToEnd(program: string): Promise<TestTry> {
    const each = await bed.prepare(program);
    await each.submit();
    await each.until('ended', 30_000);
    await untilForgotten(each);
    return each;
  }

  async function untilForgotten({ tracked }: TestTry): Promise<void> {
    const ids = () => cluster.run('squeue', '-h', '-t', 'all', '-o', '%i').split('\n');
    await eventually('Slurm has forgotten it', () => !ids().includes(tracked.localId ?? ''), {
      timeoutMs: 60_000,
      intervalMs: 200,
    });
  }

  const removeMarker = ({ launch }: TestTry) =>
    rmSync(join(launch.spoolDirectory, 'ended', launch.tag), { force: true });

  test('what a job used is known after its end', async () => {
    const each = await runToEnd('head -c 30000000 /dev/zero | tail -c 1 >/dev/null; sleep 1.2');
    const usage = await eventually('accounting has it', async () => {
      const seen = await each.observe();
      return seen.state === 'ended' ? seen.usage : null;
    });
    assert.ok((usage.elapsedSeconds ?? 0) >= 1 && (usage.elapsedSeconds ?? 0) < 30);
    assert.ok((usage.cpuSeconds ?? -1) >= 0);
    assert.ok((usage.maxMemoryBytes ?? 0) > 1_000_000);
  });

  test('without marker and row, accounting gives the verdict', async () => {
    const [failed, fine] = await Promise.all([runToEnd('exit 6'), runToEnd('true')]);
    for (const each of [failed, fine]) removeMarker(each);
    const end = await failed.observe();
    assert.equal(end.state === 'ended' && end.exitCode, 6);
    const success = await fine.observe();
    assert.equal(success.state === 'ended' && success.exitCode, 0);
  });

  test('a job that was killed for its memory is told from one that was killed by hand', async () => {
    const greedy = await bed.prepare('tail -n 1 < <(head -c 300000000 /dev/zero; sleep 30)', {
      memoryPerNodeGb: 0.1,
    });
    // As the kernel does it: the wrapper dies with its program.
    const innocent = await bed.prepare('kill -9 $PPID $$', { memoryPerNodeGb: 0.1 });
    for (const each of [greedy, innocent]) await each.submit();
    const seen = await eventually(
      'its end is known',
      async () => {
        const observation = await greedy.observe();
        return observation.state === 'lost' || observation.state === 'ended' ? observation : null;
      },
      { timeoutMs: 60_000 },
    );
    assert.equal(seen.cause, 'out-of-memory', JSON.stringify(seen));
    const foreign = await eventually(
      'the other has ended, too',
      async () => {
        const observation = await innocent.observe();
        return observation.state === 'absent' || observation.state === 'ended' ? observation : null;
      },
      { timeoutMs: 60_000 },
    );
    const words = foreign.state === 'absent' ? foreign.started?.reason : `exit code ${foreign.exitCode}`;
    assert.match(words ?? '', /signal 9 \(SIGKILL\), possibly|exit code 137/, JSON.stringify(foreign));
  });

  test('a copy that was kept from starting gives no verdict, and neither does a stranger with our id', async () => {
    const each = await bed.prepare('true');
    await bed.executor.fence(each.tracked);
    await each.submit();
    await untilForgotten(each);
    assert.deepEqual(await each.observe(), { state: 'fenced' });
    const stranger = await runToEnd('exit 3');
    const mine = await bed.prepare('true');
    const seen = await bed.executor.reconcile({ ...mine.tracked, localId: stranger.tracked.localId });
    assert.deepEqual(seen, { state: 'absent' });
  });
});

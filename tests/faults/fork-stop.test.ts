import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import {
  createForkBed,
  describeEverywhere,
  type ForkBed,
  type ForkTry,
  isAlive,
  recordedProcesses,
} from '../support/fork-bed.ts';

/** A program with a child in its group, one in a group of its own, and one in a session of its own. */
const FAMILY = `
sleep 301 & echo $! >> pids
set -m; sleep 302 & echo $! >> pids; set +m
setsid sleep 303 & echo $! >> pids
echo $$ >> pids
echo ready > ready
wait; sleep 304; echo survived > survived`;

describeEverywhere('stop means stop', (place) => {
  let bed: ForkBed;
  before(async () => {
    bed = await createForkBed(place);
  });
  after(() => bed.close());

  async function start(program: string): Promise<ForkTry> {
    const each = await bed.prepare(program);
    await each.submit();
    await eventually('the program is ready', () => each.read('ready'));
    return each;
  }
  const pids = (each: ForkTry) => (each.read('pids') ?? '').trim().split('\n').map(Number);

  for (const [title, force, exitCode] of [
    ['a stop ends every process of the program', false, 143],
    ['a kill ends every process of the program', true, 137],
  ] as const) {
    test(title, async () => {
      const each = await start(FAMILY);
      assert.equal(pids(each).length, 4);
      assert.deepEqual(await bed.executor.cancel(each.tracked, force), { kind: 'done' });
      assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode });
      await eventually('all processes are gone', () => pids(each).every((pid) => !isAlive(pid)));
      assert.equal(each.read('survived'), undefined);
      assert.deepEqual(await bed.executor.cancel(each.tracked, force), { kind: 'done' });
    });
  }

  test('a program that ignores a stop goes on until it is killed', async () => {
    const each = await start("trap '' TERM; echo ready > ready; while :; do sleep 0.05; done");
    await bed.executor.cancel(each.tracked, false);
    assert.equal((await each.observe()).state, 'running');
    await bed.executor.cancel(each.tracked, true);
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 137 });
  });

  test('a program may clean up on a stop and choose its exit code', async () => {
    const each = await start(
      "trap 'echo cleaned > cleaned; exit 12' TERM; echo ready > ready; while :; do sleep 0.02; done",
    );
    await bed.executor.cancel(each.tracked, false);
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 12 });
    assert.equal(each.read('cleaned'), 'cleaned\n');
  });

  test('a TERM to the wrapper reaches the program and its exit code is recorded', async () => {
    const each = await start("trap 'exit 12' TERM; echo ready > ready; while :; do sleep 0.02; done");
    process.kill(recordedProcesses(each).wrapper, 'SIGTERM');
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 12 });
  });

  test('a pause holds the whole program, a resume lets it go on, and a paused one can be stopped', async () => {
    const each = await start(FAMILY);
    const suspend = bed.executor.suspend;
    assert.ok(suspend !== null);
    await suspend(each.tracked, 'pause');
    assert.equal((await each.until('paused')).state, 'paused');
    await suspend(each.tracked, 'resume');
    await each.until('running');
    await suspend(each.tracked, 'pause');
    await each.until('paused');
    await bed.executor.cancel(each.tracked, false);
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 143 });
    await eventually('all processes are gone', () => pids(each).every((pid) => !isAlive(pid)));
  });

  test('a try whose wrapper was killed can still be stopped', async () => {
    const each = await start(FAMILY);
    process.kill(recordedProcesses(each).wrapper, 'SIGKILL');
    await bed.executor.cancel(each.tracked, true);
    await each.until('lost');
    await eventually('all processes are gone', () => pids(each).every((pid) => !isAlive(pid)));
  });

  test('a stop of a try that never started, or is unknown, does nothing', async () => {
    const each = await bed.prepare('true');
    assert.deepEqual(await bed.executor.cancel(each.tracked, true), { kind: 'done' });
    assert.deepEqual(await each.observe(), { state: 'absent' });
  });

  test('a stop at any moment of a launch ends in a fenced try or a stopped one', async () => {
    for (let delay = 0; delay < 8; delay += 1) {
      const each = await bed.prepare('echo start >> effects; sleep 300');
      const launched = bed.executor.submit(each.launch);
      await bed.shell.run({ script: 'sleep "$1"', args: [`0.0${delay}`] }, { timeoutMs: 30_000 });
      const answer = await bed.executor.fence(each.tracked);
      await launched;
      if (answer === 'fenced') {
        assert.deepEqual(await each.observe(), { state: 'fenced' });
        assert.equal(each.read('effects'), undefined);
        continue;
      }
      await eventually('it is stopped', async () => {
        await bed.executor.cancel(each.tracked, false);
        return (await each.observe()).state === 'ended';
      });
    }
  });
});

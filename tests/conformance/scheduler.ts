import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Scheduler } from '../../packages/server/src/execution/scheduler.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { createCountingShell } from '../support/counting-shell.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/fork-bed.ts';
import { createTryBed, type TestTry, type TryBed } from '../support/try-bed.ts';

/** A scheduler and the host it works on: this machine, so that the tests can look at what it did. */
export interface SchedulerUnderTest {
  readonly scheduler: Scheduler;
  open(): Promise<{ readonly shell: Shell; close(): Promise<void> }>;
  /** A custom directive that keeps a job waiting in its queue; null where there is no queue. */
  readonly hold: string | null;
  /** Milliseconds in which a job that may start does start, and one that was killed is gone. */
  readonly patienceMs: number;
}

const START = 'echo start >> effects; echo $$ > pid';
const WAIT = 'while [[ ! -e go ]]; do sleep 0.05; done';
/** Everything that a shell, a directive or a format could take for its own. */
const HOSTILE = `it's "$(touch pwned)\`touch pwned\`; %j %A ~ *\\`;

/** What every scheduler promises through the executor. */
export function describeScheduler(under: SchedulerUnderTest): void {
  const { scheduler, hold, patienceMs } = under;
  describe(`scheduler conformance: ${scheduler.name}`, { concurrency: 4 }, () => {
    let opened: Awaited<ReturnType<SchedulerUnderTest['open']>>;
    let bed: TryBed;
    /** A bed whose next launch gets lost: others go to the same scheduler at the same time. */
    const losing = (what: 'command' | 'answer') => {
      const lossy = createCountingShell(opened.shell);
      const own = createTryBed({ shell: lossy, scheduler });
      return { own, lose: () => lossy.loseNext(what) };
    };
    before(async () => {
      opened = await under.open();
      bed = createTryBed({ shell: opened.shell, scheduler, stem: HOSTILE });
    });
    after(async () => {
      await opened?.close();
      bed?.close();
    });

    async function start(program: string): Promise<TestTry> {
      const each = await bed.prepare(`${START}\n${program}`);
      await each.submit();
      await each.until('running', patienceMs);
      await eventually('the program is there', () => each.read('pid'));
      return each;
    }
    const pidOf = (each: TestTry) => Number(each.read('pid'));

    test('the probe tells in one line what answers', async () => {
      const { exitCode, stdout } = await opened.shell.run(scheduler.probe, { timeoutMs: 30_000 });
      assert.equal(exitCode, 0);
      assert.match(stdout, /^\S.*\n$/);
    });

    test('exit codes are those of the program, even those that mean something to the scheduler', async () => {
      const codes = [0, 3, 75, 99, 100, 127, 255];
      const tries = await Promise.all(codes.map((code) => bed.prepare(`${START}; exit ${code}`)));
      await Promise.all(tries.map((each) => each.submit()));
      for (const [index, each] of tries.entries()) {
        const end = await each.until('ended', patienceMs);
        assert.equal(end.state === 'ended' && end.exitCode, codes[index]);
        assert.equal(each.read('effects'), 'start\n');
      }
    });

    test('output, input, directory and mask of the program are those of the launch', async () => {
      const each = await bed.prepare('echo out; echo err >&2; cat; pwd; umask');
      await each.submit();
      await each.until('ended', patienceMs);
      assert.equal(each.read('demo.out'), `out\n${each.launch.workDirectory}\n0022\n`);
      assert.equal(each.read('demo.err'), 'err\n');
      assert.ok(!existsSync(join(bed.root, 'pwned')) && !existsSync(each.path('pwned')));
    });

    test('fifty launches at once start once each, with few commands', async () => {
      const counting = createCountingShell(opened.shell);
      const own = createTryBed({ shell: counting, scheduler });
      const tries = await Promise.all(Array.from({ length: 50 }, () => own.prepare(START)));
      await Promise.all(tries.map((each) => each.submit()));
      assert.ok(counting.commands <= 10, `${counting.commands} commands`);
      await eventually(
        'all have ended',
        async () => {
          const seen = await own.executor.observe(tries.map((each) => each.tracked));
          return [...seen.values()].filter(({ state }) => state === 'ended').length === tries.length;
        },
        { timeoutMs: 60_000, intervalMs: 500 },
      );
      for (const each of tries) assert.equal(each.read('effects'), 'start\n');
      own.close();
    });

    test('a stop ends every process of the program', async () => {
      const each = await start('sleep 301 & sleep 302');
      assert.deepEqual(await bed.executor.cancel(each.tracked, false), { kind: 'done' });
      await assertKilled(each);
      assert.deepEqual(await bed.executor.cancel(each.tracked, false), { kind: 'done' });
    });

    test('a kill ends a program that ignores a stop', async () => {
      const each = await start(`trap '' TERM INT; ${WAIT}`);
      assert.deepEqual(await bed.executor.cancel(each.tracked, true), { kind: 'done' });
      await assertKilled(each);
    });

    test('a program is paused and goes on where it was', async () => {
      const each = await start(`${WAIT}; exit 4`);
      const { suspend } = bed.executor;
      assert.ok(suspend !== null);
      assert.deepEqual(await suspend(each.tracked, 'pause'), { kind: 'done' });
      await each.until('paused', patienceMs);
      assert.deepEqual(await suspend(each.tracked, 'resume'), { kind: 'done' });
      await each.until('running', patienceMs);
      await bed.shell.run({ script: ': > "$1"', args: [each.path('go')] }, { timeoutMs: 30_000 });
      const end = await each.until('ended', patienceMs);
      assert.equal(end.state === 'ended' && end.exitCode, 4);
    });

    test('a launch whose answer was lost is found again by its tag, and has started once', async () => {
      const { own, lose } = losing('answer');
      const each = await own.prepare(`${START}; ${WAIT}`);
      lose();
      assert.equal((await each.trySubmit()).kind, 'unknown');
      assert.equal(each.tracked.localId, null);
      await each.until('running', patienceMs);
      assert.equal(await bed.executor.fence(each.tracked), 'started');
      assert.deepEqual(await bed.executor.cancel(each.tracked, true), { kind: 'done' });
      await eventually('the program is gone', () => !isAlive(pidOf(each)), { timeoutMs: patienceMs });
      assert.equal(each.read('effects'), 'start\n');
      own.close();
    });

    test('a launch that never arrived is absent, and cannot start once it is called off', async () => {
      const { own, lose } = losing('command');
      const each = await own.prepare(START);
      lose();
      assert.equal((await each.trySubmit()).kind, 'unknown');
      assert.deepEqual(await each.observe(), { state: 'absent' });
      assert.equal(await bed.executor.fence(each.tracked), 'fenced');
      await each.submit();
      await eventually(
        'its copy has been kept from starting',
        async () => (await each.observe()).state === 'fenced',
      );
      const late = await start(WAIT);
      assert.equal(each.read('effects'), undefined);
      await bed.executor.cancel(late.tracked, true);
      own.close();
    });

    test('a try that is submitted twice starts once', async () => {
      const each = await bed.prepare(`${START}; sleep 0.2`);
      await Promise.all([each.submit(), each.submit()]);
      const end = await each.until('ended', patienceMs);
      assert.equal(end.state === 'ended' && end.exitCode, 0);
      assert.equal(each.read('effects'), 'start\n');
    });

    test('a launch into a directory that is gone or was not prepared is refused', async () => {
      const each = await bed.prepare('true');
      rmSync(each.path('.arras'), { recursive: true });
      const isRefused = async () => (await each.trySubmit()).kind === 'refused';
      await eventually('it is refused', isRefused);
      rmSync(each.launch.workDirectory, { recursive: true });
      await eventually('it is refused', isRefused);
    });

    if (hold !== null) {
      test('a job that waits is queued with a reason, and is gone from the queue once it is stopped', async () => {
        const each = await bed.prepare(START, { customDirectives: hold });
        await each.submit();
        const seen = await each.observe();
        assert.equal(seen.state, 'queued');
        assert.ok(seen.state === 'queued' && seen.localId === each.tracked.localId);
        assert.ok(seen.state === 'queued' && (seen.waiting?.reason ?? '') !== '');
        assert.deepEqual(await bed.executor.cancel(each.tracked, false), { kind: 'done' });
        const gone = await eventually('it is out of the queue', async () => {
          const observation = await each.observe();
          return observation.state === 'queued' ? null : observation;
        });
        assert.ok(gone.state === 'absent' || (gone.state === 'lost' && gone.neverStarted === true));
        assert.equal(await bed.executor.fence(each.tracked), 'fenced');
        assert.equal(each.read('effects'), undefined);
      });

      test('a job that waits is held and let go by pause and resume', async () => {
        const each = await bed.prepare(START, { customDirectives: hold });
        await each.submit();
        assert.deepEqual(await bed.executor.suspend?.(each.tracked, 'resume'), { kind: 'done' });
        await each.until('ended', patienceMs);
      });

      test('custom directives cannot change the name by which we know a job', async () => {
        const own = `${hold}\n${hold.startsWith('-h') ? '-N other' : '--job-name=other'}`;
        const each = await bed.prepare(START, { customDirectives: own });
        await each.submit();
        assert.equal((await each.observe()).state, 'queued');
        await bed.executor.cancel(each.tracked, true);
      });
    }

    async function assertKilled(each: TestTry): Promise<void> {
      await eventually('the program is gone', () => !isAlive(pidOf(each)), { timeoutMs: patienceMs });
      const end = await eventually(
        'its end is known',
        async () => {
          const seen = await each.observe();
          return seen.state === 'ended' || seen.state === 'lost' ? seen : null;
        },
        { timeoutMs: patienceMs, intervalMs: 100 },
      );
      assert.ok(end.state === 'lost' || end.exitCode > 128, JSON.stringify(end));
    }
  });
}

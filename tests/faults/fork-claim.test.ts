import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { renderWrapper, wrapperArguments } from '../../packages/server/src/execution/wrapper-script.ts';
import { eventually } from '../support/eventually.ts';
import {
  createForkBed,
  describeEverywhere,
  type ForkBed,
  type ForkTry,
  isAlive,
  ON_THIS_HOST,
  recordedProcesses,
} from '../support/fork-bed.ts';
import { preparationOf } from '../support/try-bed.ts';

const EFFECT = 'echo start >> effects; sleep 0.2; echo end >> effects';

describeEverywhere('a try starts at most once', (place) => {
  let bed: ForkBed;
  before(async () => {
    bed = await createForkBed(place);
  });
  after(() => bed.close());

  /** Runs the wrapper itself, in the foreground, and returns its exit code. */
  function runWrapper(each: ForkTry): number | null {
    return spawnSync('bash', [each.path('.arras/wrapper'), ...wrapperArguments(each.launch)]).status;
  }

  test('six copies of the wrapper at once start the program once', async () => {
    const each = await bed.prepare(EFFECT);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => bed.executor.submit(each.launch)));
    assert.deepEqual(new Set(outcomes.map((outcome) => outcome.kind)), new Set(['accepted']));
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 0 });
    assert.equal(each.read('effects'), 'start\nend\n');
    assert.equal(runWrapper(each), 75);
    assert.equal(each.read('effects'), 'start\nend\n');
  });

  test('a fence that comes first keeps the try from ever starting', async () => {
    const each = await bed.prepare(EFFECT);
    assert.deepEqual(await each.observe(), { state: 'absent' });
    assert.equal(await bed.executor.fence(each.tracked), 'fenced');
    assert.equal(await bed.executor.fence(each.tracked), 'fenced');
    await each.submit();
    assert.equal(runWrapper(each), 75);
    assert.deepEqual(await each.observe(), { state: 'fenced' });
    assert.equal(each.read('effects'), undefined);
    await bed.executor.acknowledge(bed.spool, [each.launch.tag]);
    assert.deepEqual(await each.observe(), { state: 'fenced' });
  });

  test('a fence that comes second says that the try started', async () => {
    const each = await bed.prepare('read -r < go; exit 4');
    spawnSync('mkfifo', [each.path('go')]);
    await each.submit();
    await each.until('running');
    assert.equal(await bed.executor.fence(each.tracked), 'started');
    writeFileSync(each.path('go'), 'x\n');
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 4 });
    assert.equal(await bed.executor.fence(each.tracked), 'started');
  });

  test('fences racing with launches leave either a fenced try or one start, never both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const each = await bed.prepare('echo start >> effects');
      const [, , answer] = await Promise.all([
        bed.executor.submit(each.launch),
        bed.executor.submit(each.launch),
        bed.executor.fence(each.tracked),
      ]);
      const observation = await each.until(answer === 'fenced' ? 'fenced' : 'ended');
      assert.equal(each.read('effects'), observation.state === 'fenced' ? undefined : 'start\n');
    }
  });

  test('a try that is on record as past does not start in a new work directory', async () => {
    const each = await bed.prepare('echo start >> effects');
    await each.submit();
    await each.until('ended');
    await bed.executor.acknowledge(bed.spool, [each.launch.tag]);
    await bed.executor.acknowledge(bed.spool, [each.launch.tag]);
    assert.ok(!(await bed.executor.ended(bed.spool)).some((ended) => ended.tag === each.launch.tag));
    rmSync(each.launch.workDirectory, { recursive: true });
    assert.deepEqual(await each.observe(), { state: 'ended', exitCode: 0 });
    await bed.executor.prepare(each.launch, preparationOf('echo again >> effects'), () => {});
    assert.equal(runWrapper(each), 75);
    assert.equal(each.read('effects'), undefined);
  });

  test('a launch into a directory that is gone or was not prepared is refused', async () => {
    const each = await bed.prepare('true');
    rmSync(each.path('.arras'), { recursive: true });
    assert.deepEqual(await bed.executor.submit(each.launch), {
      kind: 'refused',
      reason: 'the work directory was not prepared',
    });
    rmSync(each.launch.workDirectory, { recursive: true });
    assert.deepEqual(await bed.executor.submit(each.launch), {
      kind: 'refused',
      reason: 'the work directory is gone',
    });
    assert.deepEqual(await each.observe(), { state: 'absent' });
  });

  test('a wrapper killed between claim and program leaves a lost try that no copy starts', async () => {
    const each = await bed.prepare(EFFECT);
    await bed.shell.run(
      { script: 'mkdir -p -m 700 "$1"/{running,ended,past}', args: [bed.spool] },
      { timeoutMs: 30_000 },
    );
    const whole = renderWrapper();
    const cut = whole.replace("PROGRAM='' SIGNALLED=''\n", () => 'kill -KILL $$\n');
    assert.notEqual(cut, whole);
    writeFileSync(each.path('.arras/wrapper'), cut);
    assert.equal(runWrapper(each), null);
    writeFileSync(each.path('.arras/wrapper'), whole);
    assert.deepEqual(await each.observe(), { state: 'lost', reason: 'ended without an exit status' });
    assert.equal(runWrapper(each), 75);
    assert.equal(each.read('effects'), undefined);
    assert.equal(await bed.executor.fence(each.tracked), 'started');
  });

  test('a program whose wrapper died before the record was written does not start', async () => {
    const each = await bed.prepare(EFFECT);
    const whole = renderWrapper();
    const cut = whole.replace('(\n  stat_of self', () => '(\n  kill -KILL $$; sleep 0.3\n  stat_of self');
    assert.notEqual(cut, whole);
    writeFileSync(each.path('.arras/wrapper'), cut);
    assert.equal(runWrapper(each), null);
    assert.deepEqual(await each.observe(), { state: 'lost', reason: 'ended without an exit status' });
    await eventually('the would-be program is gone', () => {
      const { program } = recordedProcesses(each);
      return program > 0 && !isAlive(program);
    });
    assert.deepEqual(await each.observe(), { state: 'lost', reason: 'ended without an exit status' });
    assert.equal(each.read('effects'), undefined);
  });

  // Over SSH the process that launches is the host's sshd: see ssh-hosts.test.ts.
  const isHere = place === ON_THIS_HOST;
  if (isHere)
    test('a launched try outlives the kill -9 of the process that launched it', async () => {
      const each = await bed.prepare('echo $$ > pid; while [[ ! -e go ]]; do sleep 0.02; done; exit 9');
      const launcher = `
      import { createExecutor } from '${moduleUrl('executor')}';
      import { fork } from '${moduleUrl('fork')}';
      import { createLocalShell } from '${moduleUrl('local-shell')}';
      const executor = createExecutor({ shell: createLocalShell(), scheduler: fork });
      await executor.submit(JSON.parse(process.argv[1]));
      process.kill(process.pid, 'SIGKILL');`;
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', launcher, JSON.stringify(each.launch)],
        {
          stdio: 'inherit',
          env: {
            ...process.env,
            ARRAS_ADMIN_TOKEN: 'secret-of-the-service',
            DATABASE_URL: 'postgres://secret',
          },
        },
      );
      const signal = await new Promise((resolve) => child.once('exit', (_code, name) => resolve(name)));
      assert.equal(signal, 'SIGKILL');
      await each.until('running');
      const pid = Number((await eventually('the program runs', () => each.read('pid'))).trim());
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      assert.ok(!environment.includes('secret'));
      const descriptors = readdirSync(`/proc/${pid}/fd`).filter(
        (name) => Number(name) > 2 && Number(name) !== 255,
      );
      assert.deepEqual(descriptors, []);
      writeFileSync(each.path('go'), '');
      assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 9 });
    });
});

function moduleUrl(name: string): string {
  return new URL(join('../../packages/server/src/execution/', `${name}.ts`), import.meta.url).href;
}

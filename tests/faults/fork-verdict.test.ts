import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import {
  createForkBed,
  describeEverywhere,
  type ForkBed,
  isAlive,
  recordedProcesses,
} from '../support/fork-bed.ts';

const LOST = { state: 'lost', reason: 'ended without an exit status' };
const WAIT = 'while [[ ! -e "$PWD/go" ]]; do sleep 0.02; done';

describeEverywhere('the verdict on a try is true', (place) => {
  let bed: ForkBed;
  before(async () => {
    bed = await createForkBed(place);
  });
  after(() => bed.close());

  const record = (place: string, tag: string) => join(bed.spool, place, tag);

  test('exit codes are what the program ended with', async () => {
    for (const [program, exitCode] of [
      ['exit 0', 0],
      ['exit 255', 255],
      ['exit 127', 127],
      ['kill -KILL $$', 137],
      ['kill -INT $$', 130],
      ['exec false', 1],
    ] as const) {
      const each = await bed.prepare(program);
      await each.submit();
      assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode }, program);
    }
  });

  test('ended tries are listed until they are acknowledged, and hinted at by a watch', async () => {
    const hints: string[] = [];
    const controller = new AbortController();
    const watching = bed.executor.watchEnded(bed.spool, (tag) => hints.push(tag), controller.signal);
    const each = await bed.prepare('exit 5');
    await each.submit();
    const { tag } = each.launch;
    await eventually('the end is hinted at', () => hints.includes(tag));
    assert.deepEqual(
      (await bed.executor.ended(bed.spool)).filter((ended) => ended.tag === tag),
      [{ tag, exitCode: 5 }],
    );
    await bed.executor.acknowledge(bed.spool, [tag]);
    assert.ok((await bed.executor.ended(bed.spool)).every((ended) => ended.tag !== tag));
    assert.deepEqual(await each.observe(), { state: 'ended', exitCode: 5 });
    controller.abort();
    await watching;
  });

  test('standard output, error and input go where the launch says', async () => {
    const each = await bed.prepare('echo out; echo err >&2; cat; pwd; umask; trap -p INT');
    await each.submit();
    await each.until('ended');
    assert.equal(each.read('demo.out'), `out\n${each.launch.workDirectory}\n0022\n`);
    assert.equal(each.read('demo.err'), 'err\n');
  });

  test('a wrapper killed while its program lives leaves it running, and lost at its end', async () => {
    const each = await bed.prepare(WAIT);
    await each.submit();
    await each.until('running');
    const { wrapper, program } = recordedProcesses(each);
    process.kill(wrapper, 'SIGKILL');
    await eventually('the wrapper is gone', () => !isAlive(wrapper));
    assert.deepEqual(await each.observe(), { state: 'running', localId: String(wrapper) });
    writeFileSync(each.path('go'), '');
    await eventually('the program is gone', () => !isAlive(program));
    assert.deepEqual(await each.observe(), LOST);
    await bed.executor.acknowledge(bed.spool, [each.launch.tag]);
    assert.deepEqual(await each.observe(), LOST);
  });

  test('a program killed while its wrapper lives ends with 137', async () => {
    const each = await bed.prepare(WAIT);
    await each.submit();
    await each.until('running');
    process.kill(recordedProcesses(each).program, 'SIGKILL');
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 137 });
  });

  test('a program that leaves a detached process behind ends with its main process', async () => {
    const each = await bed.prepare('setsid sleep 300 & echo $! > left; exit 0');
    await each.submit();
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 0 });
    process.kill(Number(each.read('left')), 'SIGKILL');
  });

  test('a marker that is torn, empty, garbage, huge, a link or a pipe counts as missing', async () => {
    const each = await bed.prepare('true');
    const { tag } = each.launch;
    mkdirSync(join(bed.spool, 'ended'), { recursive: true });
    const marker = record('ended', tag);
    const elsewhere = join(bed.root, 'elsewhere');
    writeFileSync(elsewhere, 'exit 0\n');
    const plant: readonly (() => void)[] = [
      () => writeFileSync(marker, 'exit 0'),
      () => writeFileSync(marker, 'exit '),
      () => writeFileSync(marker, ''),
      () => writeFileSync(marker, '0\n'),
      () => writeFileSync(marker, 'exit 0\nexit 0\n'),
      () => writeFileSync(marker, 'exit 256\n'),
      () => writeFileSync(marker, 'exit 00\n'),
      () => writeFileSync(marker, 'exit $(touch pwned)\n'),
      () => writeFileSync(marker, `exit 0\n${'\n'.repeat(1_000)}`),
      () => writeFileSync(marker, Buffer.alloc(10_485_760, 'exit 0\n')),
      () => symlinkSync(elsewhere, marker),
      () => mkdirSync(marker),
    ];
    for (const write of plant) {
      write();
      assert.deepEqual(await each.observe(), { state: 'absent' }, String(write));
      assert.ok(
        (await bed.executor.ended(bed.spool)).every((ended) => ended.tag !== tag),
        String(write),
      );
      rmSync(marker, { recursive: true });
    }
    await bed.shell.run({ script: 'mkfifo -- "$1"', args: [marker] }, { timeoutMs: 30_000 });
    assert.deepEqual(await each.observe(), { state: 'absent' });
    rmSync(marker);
    writeFileSync(marker, 'exit 0\n');
    assert.deepEqual(await each.observe(), { state: 'ended', exitCode: 0 });
  });

  test('a record from before a restart of the host is a loss, and its pids are not signalled', async () => {
    const each = await bed.prepare(WAIT);
    await each.submit();
    await each.until('running');
    const { program } = recordedProcesses(each);
    const files = [each.path('.arras/claim.1'), record('running', each.launch.tag)];
    const originals = files.map((file) => readFileSync(file, 'utf8'));
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    files.forEach((file, index) =>
      writeFileSync(file, (originals[index] ?? '').replace(boot, '00000000-0000-0000-0000-000000000000')),
    );
    assert.deepEqual(await each.observe(), { state: 'lost', reason: 'host restarted' });
    await bed.executor.cancel(each.tracked, true);
    assert.ok(isAlive(program));
    files.forEach((file, index) => writeFileSync(file, originals[index] ?? ''));
    await bed.executor.cancel(each.tracked, true);
    await each.until('ended');
  });

  test('a stranger with our stored pid is neither taken for the program nor signalled', async () => {
    const each = await bed.prepare(WAIT);
    await each.submit();
    await each.until('running');
    const { wrapper, program } = recordedProcesses(each);
    const stranger = await startLaterThan(program);
    process.kill(wrapper, 'SIGKILL');
    process.kill(program, 'SIGKILL');
    const file = record('running', each.launch.tag);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(` ${wrapper} `, ` ${stranger.pid} `).replace(` ${program} `, ` ${stranger.pid} `),
    );
    writeFileSync(
      each.path('.arras/claim.1'),
      readFileSync(each.path('.arras/claim.1'), 'utf8').replace(` ${wrapper} `, ` ${stranger.pid} `),
    );
    await eventually('the program is gone', () => !isAlive(program));
    assert.deepEqual(await each.observe(), LOST);
    await bed.executor.cancel(each.tracked, false);
    await bed.executor.cancel(each.tracked, true);
    await bed.executor.suspend?.(each.tracked, 'pause');
    assert.match(readFileSync(`/proc/${stranger.pid}/stat`, 'utf8'), /\) S /);
    stranger.kill('SIGKILL');
  });

  test('a try whose work directory was deleted keeps running and keeps its true end', async () => {
    const each = await bed.prepare(
      'echo ready > ready; while [[ ! -e "$OLDPWD/go" && ! -e ../go ]]; do sleep 0.02; done; exit 6',
    );
    await each.submit();
    // Its script must have been opened before the directory moves away.
    await eventually('the program is ready', () => each.read('ready'));
    const moved = `${each.launch.workDirectory}-moved`;
    renameSync(each.launch.workDirectory, moved);
    assert.equal((await each.observe()).state, 'running');
    writeFileSync(join(bed.root, 'jdoe', 'go'), '');
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 6 });
    const deleted = await bed.prepare('echo ready > ready; exec sleep 300');
    await deleted.submit();
    await eventually('the program is ready', () => deleted.read('ready'));
    rmSync(deleted.launch.workDirectory, { recursive: true });
    assert.equal((await deleted.observe()).state, 'running');
    await bed.executor.cancel(deleted.tracked, false);
    assert.deepEqual(await deleted.until('ended'), { state: 'ended', exitCode: 143 });
  });

  test('hundreds of tries are observed in one call', async () => {
    const running = await bed.prepare(WAIT);
    await running.submit();
    await running.until('running');
    const absent = Array.from({ length: 450 }, (_, index) => ({
      ...running.tracked,
      tag: `tj-none-${index}-1`,
      workDirectory: join(bed.root, `none ${index}\n$(touch pwned)`),
    }));
    const observations = await bed.executor.observe([...absent, running.tracked]);
    assert.equal(observations.size, 451);
    assert.equal(observations.get(running.launch.tag)?.state, 'running');
    assert.deepEqual(observations.get('tj-none-449-1'), { state: 'absent' });
    await bed.executor.cancel(running.tracked, true);
    await running.until('ended');
  });
});

/** Start times count in hundredths of a second: the stranger must not have begun in the same one as the program. */
function startLaterThan(program: number): Promise<ChildProcess> {
  return eventually('a process has another start time', () => {
    const stranger = spawn('sleep', ['300']);
    if (startOf(stranger.pid ?? 0) !== startOf(program)) return stranger;
    stranger.kill('SIGKILL');
    return null;
  });
}

/** Field 22 of /proc/PID/stat. */
function startOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

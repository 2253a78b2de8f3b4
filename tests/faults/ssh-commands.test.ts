import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fork } from '../../packages/server/src/execution/fork.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { describeShell } from '../conformance/shell.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive, recordedProcesses } from '../support/fork-bed.ts';
import { startOddSshServer } from '../support/odd-ssh-server.ts';
import { openSsh2Shell } from '../support/ssh-shells.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';
import { createTryBed, type TryBed } from '../support/try-bed.ts';

const LIMITS = { timeoutMs: 20_000 };
const LINE = '\\e[31mWelcome\\e[0m, $ # > arras begin 0 end \\r\\n';

/** What login shells say of themselves: a megabyte, prompts, colours, and more while our command already runs. */
const NOISE = `
for ((i = 0; i < 500; i++)); do printf '${LINE.repeat(50)}'; printf '${LINE.repeat(50)}' >&2; done
printf 'no newline at the end'
printf 'nor here' >&2
export PATH=/opt/site/bin:$PATH
`;

describe('noise of login shells (T40)', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
    writeFileSync(join(sshd.directory, 'home/.bashrc'), NOISE);
  });
  after(() => sshd.close());

  describeShell('ssh2 on a noisy host', async () => openSsh2Shell(sshd.endpoint()));

  test('counts for nothing, while what it sets up counts', async () => {
    const shell = openSsh2Shell(sshd.endpoint());
    const { stdout } = await shell.run({ script: 'echo "$PATH"' }, LIMITS);
    assert.match(stdout, /^\/opt\/site\/bin:/);
    await shell.close();
  });

  test('a login that ends itself is told with its own words, and is no answer', async () => {
    writeFileSync(join(sshd.directory, 'home/.bashrc'), `echo 'This account is \\e[1mclosed' >&2; exit 1`);
    const shell = openSsh2Shell(sshd.endpoint());
    await assert.rejects(shell.run({ script: 'true' }, LIMITS), {
      name: 'ShellUnreachable',
      message: /login ended before our command began, saying: This account is .*closed$/,
    });
    await shell.close();
  });
});

describe('commands and jobs whose connection is cut', () => {
  let sshd: Sshd;
  let shell: Shell;
  let bed: TryBed;
  before(async () => {
    sshd = await startSshd();
    shell = openSsh2Shell(sshd.endpoint());
    bed = createTryBed({ shell, scheduler: fork });
  });
  after(async () => {
    await shell.close();
    await sshd.close();
    bed.close();
  });
  /** Files that tests have made; each is another's. */
  const file = (name: string) => join(bed.root, name);

  test('a command ends at its time limit all the same', async () => {
    const script = 'echo $BASHPID > "$1"; sleep 300';
    const running = shell.run({ script, args: [file('pid')] }, { timeoutMs: 4_000 });
    const pid = await eventually('it runs', () => Number(readFileSync(file('pid'), 'utf8')));
    sshd.signalChildren('SIGKILL');
    await assert.rejects(running, { name: 'ShellUnreachable' });
    assert.ok(isAlive(pid));
    await eventually('it has ended', () => !isAlive(pid));
  });

  test('a job goes on, knows nothing of the connection, and its end is found', async () => {
    const each = await bed.prepare('echo ready > ready; while [[ ! -e go ]]; do sleep 0.02; done; exit 9');
    await each.submit();
    await eventually('the program is ready', () => each.read('ready'));
    const { program } = recordedProcesses(each);
    const environment = readFileSync(`/proc/${program}/environ`, 'utf8');
    assert.doesNotMatch(environment, /SSH_|arras-fork|begin/);
    const descriptors = readdirSync(`/proc/${program}/fd`).filter(
      (name) => !['0', '1', '2', '255'].includes(name),
    );
    assert.deepEqual(descriptors, []);
    sshd.signalChildren('SIGKILL');
    writeFileSync(each.path('go'), '');
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 9 });
  });

  test('a launch whose answer is lost is unknown, and found to have started once', async (context) => {
    const server = await startOddSshServer({ cutsAt: 'arras-submitted' });
    const lossy = openSsh2Shell(server.endpoint({ kind: 'password', password: 'sesame' }));
    const lossyBed = createTryBed({ shell: lossy, scheduler: fork });
    context.after(async () => {
      await lossy.close();
      await server.close();
      lossyBed.close();
    });
    const each = await lossyBed.prepare('echo start >> effects');
    assert.equal((await each.trySubmit()).kind, 'unknown');
    await each.until('ended');
    assert.equal((await each.trySubmit()).kind, 'unknown');
    assert.deepEqual(await each.until('ended'), { state: 'ended', exitCode: 0 });
    assert.equal(each.read('effects'), 'start\n');
  });

  test('a launch that never arrived is unknown, and can be fenced', async () => {
    const each = await bed.prepare('echo start >> effects');
    sshd.signalChildren('SIGSTOP');
    const frozen = sshd.children();
    const outcome = each.trySubmit();
    for (const pid of frozen) process.kill(pid, 'SIGKILL');
    assert.equal((await outcome).kind, 'unknown');
    assert.deepEqual(await each.observe(), { state: 'absent' });
    assert.equal(await bed.executor.fence(each.tracked), 'fenced');
    assert.equal(each.read('effects'), undefined);
  });
});

describe('scripts and values', () => {
  let sshd: Sshd;
  let shell: Shell;
  before(async () => {
    sshd = await startSshd();
    shell = openSsh2Shell(sshd.endpoint());
  });
  after(async () => {
    await shell.close();
    await sshd.close();
  });

  test('arrive byte for byte, however long they are', async () => {
    const args = ["'".repeat(300_000), '\\\n!'.repeat(100_000), 'é\u{1}'.repeat(50_000)];
    const script = `printf '%s\\0' "$@" | sha256sum; ${'# padding\n'.repeat(30_000)}wc -c`;
    const digest = createHash('sha256')
      .update(args.map((word) => `${word}\0`).join(''))
      .digest('hex');
    const result = await shell.run({ script, args, stdin: 'x'.repeat(3_000_000) }, LIMITS);
    assert.equal(result.stderr, '');
    assert.equal(result.stdout, `${digest}  -\n3000000\n`);
  });

  test('stand in no process list of the host, and no text of theirs is taken for a marker', async () => {
    const script = `tr '\\0' ' ' < /proc/$$/cmdline; printf '\\n0123 end 0\\nafter\\n'`;
    const { stdout } = await shell.run({ script, args: ['a secret'] }, LIMITS);
    assert.match(stdout, /after\n$/);
    assert.doesNotMatch(stdout, /secret|[0-9a-f]{32}/);
  });

  test('many small files are read in one call, and an unfinished or foreign one is no marker', async () => {
    const directory = join(sshd.directory, 'many');
    mkdirSync(directory);
    for (let index = 0; index < 100; index += 1) {
      writeFileSync(join(directory, `tj-${index}`), `exit ${index}\n`);
    }
    writeFileSync(join(directory, 'tj-nul'), 'exit 0\n\0');
    writeFileSync(join(directory, 'tj-\nline'), 'x');
    const files = await shell.readSmallFiles(directory, { accepts: () => true, maxBytes: 64, limit: 1_000 });
    assert.equal(files.length, 101);
    assert.equal(files.find(({ name }) => name === 'tj-99')?.text, 'exit 99\n');
    assert.ok(files.some(({ name }) => name === 'tj-\nline'));
  });
});

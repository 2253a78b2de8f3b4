import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Installation, Shell } from '../../packages/server/src/execution/shell.ts';
import { eventually } from '../support/eventually.ts';
import { openSsh2Shell } from '../support/ssh-shells.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

const HOSTILE_NAMES = [
  '-n',
  'a\nb',
  '$(touch pwned)',
  "it's",
  '"quoted" `x`',
  '*',
  ' lead',
  'back\\slash',
  'é',
];

describe('files of the host that are copied there', () => {
  let sshd: Sshd;
  let shell: Shell;
  let root: string;
  before(async () => {
    sshd = await startSshd();
    shell = openSsh2Shell(sshd.endpoint());
    root = join(sshd.directory, 'root');
    mkdirSync(join(root, 'apps'), { recursive: true });
    mkdirSync(join(root, 'work'));
  });
  after(async () => {
    await shell.close();
    await sshd.close();
  });

  const app = (name: string) => join(root, 'apps', name);
  const work = (name: string) => join(root, 'work', name);
  const withTree = (name: string, tree: string): Installation => ({
    directory: work(name),
    files: [
      { path: '.arras/wrapper', content: 'wrapper\n', executable: true },
      { path: 'run.sh', content: 'run\n', executable: true },
      { path: '.list', content: 'run.sh\n.list\n', executable: false },
    ],
    staging: join(root, 'work/.spool/staging'),
    tree: { root, path: tree, listIn: '.list' },
  });
  const listOf = (name: string) =>
    readFileSync(join(work(name), '.list'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .sort();
  const installOne = async (name: string, tree: string) => (await shell.install([withTree(name, tree)]))[0];

  test('they arrive whole with their modes; what is no file or directory, or is part of one, stays', async () => {
    mkdirSync(join(app('tool'), 'lib/deep/empty'), { recursive: true });
    for (const name of HOSTILE_NAMES) writeFileSync(join(app('tool'), name), name);
    writeFileSync(join(app('tool'), 'lib/deep/data'), 'x'.repeat(100_000), { mode: 0o640 });
    writeFileSync(join(app('tool'), 'run.sh'), 'the app has its own', { mode: 0o444 });
    writeFileSync(join(app('tool'), 'setuid'), '');
    chmodSync(join(app('tool'), 'setuid'), 0o4755);
    linkSync(join(app('tool'), 'setuid'), join(app('tool'), 'second'));
    chmodSync(join(app('tool'), 'lib/deep'), 0o555);
    writeFileSync(join(app('tool'), '.arras-part-0'), 'unfinished');
    symlinkSync('/etc/passwd', join(app('tool'), 'link'));
    symlinkSync('/etc', join(app('tool'), 'lib/link-to-directory'));
    execFileSync('mkfifo', [join(app('tool'), 'pipe*')]);
    assert.deepEqual(await installOne('whole', app('tool')), { kind: 'done' });
    const names = [...HOSTILE_NAMES, '.arras', '.list', 'lib', 'run.sh', 'setuid', 'second'];
    assert.deepEqual(readdirSync(work('whole')).sort(), names.sort());
    for (const name of HOSTILE_NAMES) assert.equal(readFileSync(join(work('whole'), name), 'utf8'), name);
    assert.deepEqual(readdirSync(join(work('whole'), 'lib')), ['deep']);
    assert.deepEqual(readdirSync(join(work('whole'), 'lib/deep')).sort(), ['data', 'empty']);
    assert.equal(readFileSync(join(work('whole'), 'run.sh'), 'utf8'), 'run\n');
    const modeOf = (path: string) => statSync(join(work('whole'), path)).mode & 0o7777;
    assert.equal(modeOf('lib/deep/data'), 0o640);
    assert.equal(modeOf('setuid'), 0o755);
    assert.equal(modeOf('.'), 0o700);
    assert.equal(modeOf('lib/deep') & 0o700, 0o700);
    const listed = [
      ...HOSTILE_NAMES.filter((name) => name !== 'a\nb'),
      'a',
      'b',
      'lib/deep/data',
      'setuid',
      'second',
    ];
    assert.deepEqual(listOf('whole'), [...listed, 'run.sh', 'run.sh', '.list'].sort());
    assert.ok(!existsSync(join(sshd.directory, 'home/pwned')));
  });

  test('they join what is there already, and doing it again changes nothing', async () => {
    mkdirSync(join(app('second/lib')), { recursive: true });
    writeFileSync(join(app('second/lib/new')), 'new');
    writeFileSync(join(app('second/input')), 'of the app');
    mkdirSync(join(work('inputs'), 'lib'), { recursive: true });
    writeFileSync(join(work('inputs'), 'lib/old'), 'old');
    writeFileSync(join(work('inputs'), 'input'), 'of the job');
    writeFileSync(join(work('inputs'), 'more'), 'more');
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(await installOne('inputs', app('second')), { kind: 'done' });
      assert.deepEqual(readdirSync(work('inputs')).sort(), [
        '.arras',
        '.list',
        'input',
        'lib',
        'more',
        'run.sh',
      ]);
      assert.deepEqual(readdirSync(join(work('inputs'), 'lib')).sort(), ['new', 'old']);
      assert.equal(readFileSync(join(work('inputs'), 'input'), 'utf8'), 'of the app');
      assert.deepEqual(listOf('inputs'), ['.list', 'input', 'lib/new', 'run.sh']);
    }
  });

  test('fifty launches of two apps get a copy each from one command', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(app(name)));
      writeFileSync(join(app(name), 'data'), name);
    }
    const names = Array.from({ length: 50 }, (_, index) => `fifty-${index}`);
    const before = commands();
    const answers = await shell.install(
      names.map((name, index) => withTree(name, app(index % 3 === 0 ? 'one' : 'two'))),
    );
    assert.equal(commands() - before, 1);
    assert.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(['done']));
    for (const [index, name] of names.entries()) {
      const data = join(work(name), 'data');
      assert.equal(readFileSync(data, 'utf8'), index % 3 === 0 ? 'one' : 'two');
      assert.equal(statSync(data).nlink, 1);
    }
    assert.deepEqual(readdirSync(join(root, 'work/.spool/staging')), []);
  });

  test('no link is followed on the way to the files or to the work directory', async () => {
    mkdirSync(join(sshd.directory, 'outside/tree'), { recursive: true });
    writeFileSync(join(sshd.directory, 'outside/tree/secret'), 'secret');
    symlinkSync(join(sshd.directory, 'outside'), app('outside'));
    symlinkSync(join(sshd.directory, 'outside'), work('elsewhere'));
    symlinkSync(join(sshd.directory, 'outside/tree'), work('itself'));
    const answers = await shell.install([
      withTree('a', app('outside/tree')),
      withTree('b', app('outside')),
      withTree('elsewhere/c', app('one')),
      withTree('itself', app('one')),
      withTree('e', app('one')),
    ]);
    const codes = answers.map((answer) => (answer.kind === 'failed' ? answer.code : answer.kind));
    assert.deepEqual(codes, ['forbidden', 'forbidden', 'forbidden', 'forbidden', 'done']);
    assert.deepEqual(readdirSync(join(sshd.directory, 'outside')), ['tree']);
    assert.deepEqual(readdirSync(join(sshd.directory, 'outside/tree')), ['secret']);
  });

  test('a root that is itself a link is the administrator’s choice', async () => {
    symlinkSync(root, join(sshd.directory, 'linked-root'));
    const through = join(sshd.directory, 'linked-root');
    const installation = withTree('through', join(through, 'apps/one'));
    const answers = await shell.install([
      {
        ...installation,
        directory: join(through, 'work/through'),
        tree: { root: through, path: join(through, 'apps/one'), listIn: '.list' },
      },
    ]);
    assert.deepEqual(answers, [{ kind: 'done' }]);
    assert.equal(readFileSync(join(work('through'), 'data'), 'utf8'), 'one');
  });

  test('what is missing, no directory, unreadable or hostile fails with its reason, and spoils no other', async () => {
    writeFileSync(app('file'), '');
    mkdirSync(join(app('wrong'), 'run.sh'), { recursive: true });
    const strange = app('x]=1;a[$(touch arras-pwned)]');
    mkdirSync(strange);
    writeFileSync(join(strange, 'data'), 'strange');
    const answers = await shell.install([
      withTree('f', app('missing')),
      withTree('g', app('file')),
      withTree('h', app('wrong')),
      withTree('i', strange),
      withTree('j', app('one')),
    ]);
    const codes = answers.map((answer) => (answer.kind === 'failed' ? answer.code : answer.kind));
    assert.deepEqual(codes, ['not-found', 'not-a-directory', 'failed', 'done', 'done']);
    assert.deepEqual(answers[0], {
      kind: 'failed',
      code: 'not-found',
      reason: '/apps/missing: there is no such file or directory',
    });
    assert.equal(readFileSync(join(work('i'), 'data'), 'utf8'), 'strange');
    assert.ok(!existsSync('/arras-pwned'));
    for (const name of ['f', 'g', 'h']) assert.ok(!existsSync(work(name)));
  });

  test('more than a command should copy is not begun', async () => {
    mkdirSync(app('large'));
    execFileSync('truncate', ['-s', '20M', join(app('large'), 'data')]);
    assert.deepEqual(await installOne('large', app('large')), { kind: 'too-large' });
    assert.ok(!existsSync(work('large')));
  });

  test('copies that take too long together are put off, and some are made each time', async () => {
    mkdirSync(app('medium'));
    execFileSync('truncate', ['-s', '15M', join(app('medium'), 'data')]);
    let left = Array.from({ length: 6 }, (_, index) => `medium-${index}`);
    const rounds: number[] = [];
    while (left.length > 0) {
      const answers = await shell.install(left.map((name) => withTree(name, app('medium'))));
      rounds.push(answers.filter(({ kind }) => kind === 'done').length);
      assert.ok(answers.every(({ kind }) => kind === 'done' || kind === 'later'));
      left = left.filter((_, index) => answers[index]?.kind === 'later');
    }
    assert.deepEqual(rounds, [4, 2]);
  });

  test('a file that is written to all the time is not copied half', { timeout: 60_000 }, async () => {
    mkdirSync(app('busy'));
    const path = join(app('busy'), 'data');
    writeFileSync(path, '');
    const writer = setInterval(() => {
      writeFileSync(join(app('busy'), 'next'), 'x'.repeat(3_000_000));
      renameSync(join(app('busy'), 'next'), path);
    }, 1);
    const answer = await installOne('busy', app('busy'));
    clearInterval(writer);
    if (answer?.kind === 'done')
      assert.ok([0, 3_000_000].includes(statSync(join(work('busy'), 'data')).size));
    else assert.equal(answer?.kind === 'failed' && answer.code, 'changed');
  });

  test('a command that is cut off leaves no half of a directory, and is repeated without harm', async () => {
    mkdirSync(app('slow'));
    for (let index = 0; index < 300; index += 1)
      writeFileSync(join(app('slow'), `f${index}`), 'x'.repeat(10_000));
    const names = Array.from({ length: 9 }, (_, index) => `cut-${index}`);
    const staging = join(root, 'work/.spool/staging');
    const cut = shell.install(names.map((name) => withTree(name, app('slow'))));
    await eventually(
      'it is at work',
      () => readdirSync(staging).some((each) => existsSync(join(staging, each, '3'))),
      {
        timeoutMs: 30_000,
        intervalMs: 5,
      },
    );
    const rejected = assert.rejects(cut);
    endCommands();
    await rejected;
    for (const name of names) {
      if (existsSync(work(name))) assert.equal(readdirSync(work(name)).length, 303, name);
    }
    const again = await shell.install(names.map((name) => withTree(name, app('slow'))));
    assert.deepEqual(new Set(again.map(({ kind }) => kind)), new Set(['done']));
    for (const name of names) assert.equal(readdirSync(work(name)).length, 303);
  });

  test('what a command that was cut off left behind goes with a later one', async () => {
    const staging = join(root, 'work/.spool/staging');
    for (const name of ['left', 'under-way']) {
      mkdirSync(join(staging, name, '0/job'), { recursive: true });
      writeFileSync(join(staging, name, '0/job/file'), '');
    }
    execFileSync('touch', ['-d', '2 hours ago', join(staging, 'left')]);
    assert.deepEqual(await installOne('later', app('one')), { kind: 'done' });
    assert.ok(!readdirSync(staging).includes('left'));
    assert.ok(readdirSync(staging).includes('under-way'));
  });

  function commands(): number {
    return sshd.log().split('Starting session: command').length - 1;
  }

  /** As a crash of the host would. */
  function endCommands(): void {
    for (const pid of sshd.children()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
});

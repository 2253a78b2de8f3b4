import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Installation, InstalledFile, Shell } from '../../packages/server/src/execution/shell.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/fork-bed.ts';

const LIMITS = { timeoutMs: 20_000 };

/** What every Shell promises. The shell's host is this machine, so that the tests can look at what it did. */
export function describeShell(name: string, createShell: () => Promise<Shell>): void {
  describe(`shell conformance: ${name}`, () => {
    let shell: Shell;
    let root: string;
    before(async () => {
      shell = await createShell();
      root = mkdtempSync(join(tmpdir(), 'arras-shell-'));
    });
    after(async () => {
      await shell.close();
      rmSync(root, { recursive: true, force: true });
    });

    test('a command that ran is a value whatever its exit code', async () => {
      const result = await shell.run({ script: 'echo out; echo err >&2; exit 7' }, LIMITS);
      assert.deepEqual(result, {
        exitCode: 7,
        stdout: 'out\n',
        stderr: 'err\n',
        timedOut: false,
        truncated: false,
      });
    });

    test('arguments arrive byte for byte and are never parsed', async () => {
      const args = ['', ' ', '$(touch pwned)', "'; touch pwned; '", '-n', '*', 'a\nb', 'é\u{202e}', '\\'];
      const result = await shell.run({ script: `printf '%s\\0' "$@"`, args }, LIMITS);
      assert.deepEqual(result.stdout.split('\0').slice(0, -1), args);
    });

    test('standard input is the given text, or empty', async () => {
      const text = 'a\nb\u{1}'.repeat(100_000);
      assert.equal((await shell.run({ script: 'wc -c', stdin: text }, LIMITS)).stdout.trim(), '400000');
      assert.equal((await shell.run({ script: 'cat' }, LIMITS)).stdout, '');
    });

    test('output is cut at 1 MiB and the command still ends by itself', async () => {
      const result = await shell.run({ script: 'yes | head -c 5000000; exit 4' }, LIMITS);
      assert.equal(result.stdout.length, 1_048_576);
      assert.equal(result.truncated, true);
      assert.equal(result.exitCode, 4);
    });

    test('small files are read whole; links, pipes, directories, large and other files are left out', async () => {
      const directory = join(root, 'small');
      mkdirSync(join(directory, 'tj-directory'), { recursive: true });
      writeFileSync(join(directory, 'tj-a'), 'one\n');
      writeFileSync(join(directory, 'tj-large'), 'x'.repeat(200));
      writeFileSync(join(directory, 'other'), 'two\n');
      symlinkSync(join(directory, 'tj-a'), join(directory, 'tj-link'));
      execFileSync('mkfifo', [join(directory, 'tj-pipe')]);
      const wanted = { accepts: (name: string) => name.startsWith('tj-'), maxBytes: 128, limit: 10 };
      assert.deepEqual(await shell.readSmallFiles(directory, wanted), [{ name: 'tj-a', text: 'one\n' }]);
      assert.deepEqual(await shell.readSmallFiles(join(root, 'missing'), wanted), []);
    });

    test('files are moved, and those that are gone are left out', async () => {
      const [from, to] = [join(root, 'from'), join(root, 'to')];
      for (const directory of [from, to]) mkdirSync(directory);
      writeFileSync(join(from, 'a'), 'a');
      assert.deepEqual(await shell.moveFiles(from, ['a', 'gone'], to), ['a']);
      assert.deepEqual(readdirSync(from), []);
      assert.equal(readFileSync(join(to, 'a'), 'utf8'), 'a');
    });

    test('the time limit ends the command with its children', async () => {
      const pidFile = join(root, 'limit-pid');
      const script = 'sleep 300 & echo "$!" > "$1"; wait';
      const result = await shell.run({ script, args: [pidFile] }, { timeoutMs: 1_500 });
      assert.equal(result.timedOut, true);
      assert.equal(result.exitCode, null);
      await assertEnds(pidFile);
    });

    test('an abort ends the command with its children and rejects with its reason', async () => {
      const pidFile = join(root, 'abort-pid');
      const controller = new AbortController();
      const script = 'sleep 300 & echo "$!" > "$1"; wait';
      const running = shell.run(
        { script, args: [pidFile] },
        { timeoutMs: 20_000, signal: controller.signal },
      );
      await eventually('the child runs', () => readOrEmpty(pidFile) !== '');
      controller.abort(new Error('enough'));
      await assert.rejects(running, /enough/);
      await assertEnds(pidFile);
    });

    test('a child that keeps the output open does not hold the answer', async () => {
      const before = performance.now();
      const result = await shell.run({ script: 'setsid sleep 5 & echo "$!"' }, LIMITS);
      assert.equal(result.exitCode, 0);
      assert.ok(performance.now() - before < 4_000);
      process.kill(Number(result.stdout));
    });

    test('commands run in / with an environment that holds nothing of the service', async () => {
      const { stdout } = await shell.run({ script: 'pwd; env' }, LIMITS);
      const [directory, ...variables] = stdout.trim().split('\n');
      assert.equal(directory, '/');
      const names = variables.map((line) => line.split('=')[0]);
      const allowed = 'HOME LANG LC_ALL LOGNAME OLDPWD PATH PWD SHELL SHLVL USER _'.split(' ');
      assert.deepEqual(
        names.filter((name) => name === undefined || !allowed.includes(name)),
        [],
      );
    });

    const install = (...installations: readonly Installation[]) => shell.install(installations);
    const installation = (directory: string, files: readonly InstalledFile[]): Installation => ({
      directory,
      files,
      staging: files.length === 0 ? null : join(root, 'spool', 'staging'),
    });

    test('directories are made private and made again without harm', async () => {
      const paths = [join(root, 'a b', "c'd"), join(root, 'a b', '-e\nf')];
      for (let round = 0; round < 2; round += 1) {
        const made = await install(...paths.map((path) => installation(path, [])));
        assert.deepEqual(made, [{ kind: 'done' }, { kind: 'done' }]);
      }
      for (const path of paths) assert.equal(statSync(path).mode & 0o777, 0o700);
    });

    test('files are installed whole with their mode, replace older ones, and leave nothing else', async () => {
      const directory = join(root, 'install');
      mkdirSync(directory);
      writeFileSync(join(directory, 'run.sh'), 'old', { mode: 0o400 });
      writeFileSync(join(directory, 'input'), 'input');
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const script = "'\\0\\c%s$(x)`y`é\n".repeat(1_000);
      const files = [
        { path: 'run.sh', content: script, executable: true },
        { path: '.arras/values', content: bytes, executable: false },
        { path: '.arras/text', content: 'é\u{0}\u{0}007\\', executable: false },
        { path: '.arras/empty', content: '', executable: false },
      ];
      for (let round = 0; round < 2; round += 1) {
        assert.deepEqual(await install(installation(directory, files)), [{ kind: 'done' }]);
        assert.equal(readFileSync(join(directory, 'run.sh'), 'utf8'), script);
        assert.equal(statSync(join(directory, 'run.sh')).mode & 0o777, 0o700);
        assert.deepEqual(new Uint8Array(readFileSync(join(directory, '.arras/values'))), bytes);
        assert.equal(readFileSync(join(directory, '.arras/text'), 'utf8'), 'é\u{0}\u{0}007\\');
        assert.equal(statSync(join(directory, '.arras/values')).mode & 0o777, 0o600);
        assert.equal(statSync(join(directory, '.arras')).mode & 0o777, 0o700);
        assert.deepEqual(readdirSync(directory).sort(), ['.arras', 'input', 'run.sh']);
        assert.deepEqual(readdirSync(join(directory, '.arras')).sort(), ['empty', 'text', 'values']);
      }
      const staging = join(root, 'spool/staging');
      assert.deepEqual(existsSync(staging) ? readdirSync(staging) : [], []);
    });

    test('of many installations each has its own fate', async () => {
      writeFileSync(join(root, 'file'), '');
      mkdirSync(join(root, 'many/taken/run.sh/full'), { recursive: true });
      const files = [{ path: 'run.sh', content: 'true\n', executable: true }];
      const good = Array.from({ length: 30 }, (_, index) => join(root, 'many', `job ${index}`));
      const answers = await install(
        installation(join(root, 'file/below'), files),
        ...good.map((directory) => installation(directory, files)),
        installation(join(root, 'file/empty'), []),
        installation(join(root, 'many/taken'), files),
        installation(join(root, 'many/empty'), []),
      );
      const kinds = answers.map(({ kind }) => kind);
      assert.deepEqual(kinds, ['failed', ...good.map(() => 'done'), 'failed', 'failed', 'done']);
      for (const directory of good) {
        assert.equal(readFileSync(join(directory, 'run.sh'), 'utf8'), 'true\n');
        assert.equal(statSync(directory).mode & 0o777, 0o700);
      }
      for (const answer of answers) {
        if (answer.kind === 'failed') assert.match(answer.reason, /directory/i);
      }
    });

    test('a watched directory is made when missing and its new entries are named', async () => {
      const directory = join(root, 'watched');
      const controller = new AbortController();
      const seen: string[] = [];
      const watching = shell.watch(directory, (entry) => seen.push(entry), controller.signal);
      let count = 0;
      await eventually('an entry is reported', () => {
        // Entries made before the watcher stands may be missed, so new ones are made until one is seen.
        if (readdirSync(root).includes('watched')) writeFileSync(join(directory, `entry-${count++}`), '');
        return seen.some((entry) => entry.startsWith('entry-'));
      });
      controller.abort();
      await watching;
    });
  });
}

async function assertEnds(pidFile: string): Promise<void> {
  const pid = Number(readOrEmpty(pidFile));
  assert.ok(pid > 1);
  await eventually('the child is gone', () => !isAlive(pid));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { startFakeService } from '../support/fake-service.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

let bed: CliBed;
let id: string;
let programs: string;
let cache: string;
before(async () => {
  bed = await startCliBed();
  id = await bed.submit('greet-1.0', 'name=rna seq', 'parameters.name=ada');
  await bed.run(['jobs', 'watch', id]);
  [programs, cache] = [join(bed.directory, 'bin'), join(bed.directory, 'cache')];
  await mkdir(programs);
  await writeFile(join(programs, 'arras'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  await writeFile(join(bed.directory, 'patience.mjs'), PATIENCE);
  await chmod(join(programs, 'arras'), 0o755);
});
after(() => bed[Symbol.asyncDispose]());

/** The time that a key press gives the service is short; on a machine that is busy with other tests it gets a long one. */
const PATIENCE = `
const { timeout } = AbortSignal;
AbortSignal.timeout = (ms) => timeout.call(AbortSignal, Math.max(ms, 60_000));
`;

const patient = () => ({ NODE_OPTIONS: `--import=${join(bed.directory, 'patience.mjs')}` });

const environment = () => ({
  ...patient(),
  PATH: `${programs}:${process.env['PATH'] ?? ''}`,
  HOME: bed.directory,
  ARRAS_URL: bed.url,
  ARRAS_TOKEN: ADMIN_TOKEN,
  XDG_CACHE_HOME: cache,
});

/**
 * What bash offers behind a line: the script is read and its function called as bash calls it. The words are those
 * into which bash splits the line, with its usual characters.
 */
async function pressTab(line: string, ...words: readonly string[]): Promise<readonly string[]> {
  const script = [
    'source <(arras completion bash)',
    "COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:@'",
    'COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=63',
    'shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
    '_arras_complete; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const args = ['--norc', '-c', script, 'bash', line, ...words];
  const { stdout, stderr } = await promisify(execFile)('bash', args, { env: environment() });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((candidate) => candidate !== '');
}

test('bash completes commands, options and the values of options', async () => {
  assert.deepEqual(await pressTab('arras jo', 'arras', 'jo'), ['jobs']);
  const commands = await pressTab('arras jobs ', 'arras', 'jobs', '');
  assert.ok(
    commands.includes('watch  (show what happens to jobs until they have ended; the exit code tells how)'),
  );
  assert.deepEqual(await pressTab('arras jobs list --sav', 'arras', 'jobs', 'list', '--sav'), ['--saved']);
  assert.deepEqual(await pressTab('arras --color n', 'arras', '--color', 'n'), ['never']);
});

test('bash completes ids with names and statuses', async () => {
  assert.deepEqual(await pressTab('arras jobs show ', 'arras', 'jobs', 'show', ''), [
    `${id}  (rna seq  FINISHED)`,
    'last  (the job submitted last)',
  ]);
  assert.deepEqual(await pressTab('arras jobs show 0', 'arras', 'jobs', 'show', '0'), [id]);
  const apps = await pressTab('arras apps show ', 'arras', 'apps', 'show', '');
  assert.ok(apps.some((app) => app.startsWith('greet-1.0  (')));
  const systems = await pressTab('arras systems show ', 'arras', 'systems', 'show', '');
  assert.ok(systems.some((system) => system.startsWith('local  (')));
});

test('bash completes addresses of files and paths of jobs, name by name', async () => {
  const typed = ['arras', 'files', 'list', 'agave', ':', '//st'] as const;
  assert.deepEqual(await pressTab('arras files list agave://st', ...typed), ['//store/']);
  const below = ['arras', 'files', 'list', 'agave', ':', '//store/wo'] as const;
  assert.deepEqual(await pressTab('arras files list agave://store/wo', ...below), ['//store/words.txt']);
  const plain = await pressTab('arras files list wor', 'arras', 'files', 'list', 'wor');
  assert.deepEqual(plain, ['words.txt']);
  const outputs = (path: string) =>
    pressTab(`arras jobs outputs cat ${id} ${path}`, 'arras', 'jobs', 'outputs', 'cat', id, path);
  assert.deepEqual(await outputs('su'), ['sub/']);
  assert.deepEqual(await outputs('sub/'), ['sub/result.txt']);
});

test('bash completes filters, whose colons split words', async () => {
  assert.deepEqual(await pressTab('arras jobs list stat', 'arras', 'jobs', 'list', 'stat'), ['status:']);
  const line = 'arras jobs list status:fa';
  assert.deepEqual(await pressTab(line, 'arras', 'jobs', 'list', 'status', ':', 'fa'), ['failed']);
  const list = 'arras jobs list status:failed,ki';
  assert.deepEqual(await pressTab(list, 'arras', 'jobs', 'list', 'status', ':', 'failed,ki'), [
    'failed,killed',
  ]);
  const quoted = "arras jobs list 'status:fa";
  assert.deepEqual(await pressTab(quoted, 'arras', 'jobs', 'list', "'status:fa"), ['status:failed']);
});

test('what the service said is kept for seconds where only its user can read it', async () => {
  await pressTab('arras jobs show ', 'arras', 'jobs', 'show', '');
  const files = (await readdir(join(cache, 'arras'))).filter((name) => name.startsWith('completion-'));
  assert.ok(files.length > 0);
  for (const file of files) {
    assert.equal((await stat(join(cache, 'arras', file))).mode & 0o777, 0o600);
    assert.ok(!file.includes(ADMIN_TOKEN));
  }
});

test('a key pressed again asks the service once, and another user does not see the answer', async () => {
  await using service = await startFakeService(() => ({ body: { status: 'success', result: [] } }));
  const words = ['__complete', '--', 'jobs', 'show', ''];
  const own = join(cache, 'own');
  const options = { url: service.url, environment: { XDG_CACHE_HOME: own, ...patient() } };
  const { stdout } = await bed.run(words, options);
  assert.equal(service.seen.length, 1);
  // However long the next process takes to begin, it finds a fresh answer.
  const [file = ''] = (await readdir(join(own, 'arras'))).filter((name) => name.startsWith('completion-'));
  const later = new Date(Date.now() + 3_600_000);
  await utimes(join(own, 'arras', file), later, later);
  assert.equal((await bed.run(words, options)).stdout, stdout);
  assert.equal(service.seen.length, 1);
  await bed.run(words, { ...options, token: 'another' });
  assert.equal(service.seen.length, 2);
});

test('completion says nothing when the service is not there, refuses, or does not answer in time', async () => {
  const silence = { code: 0, stdout: '', stderr: '' };
  const words = ['__complete', '--', 'jobs', 'show', ''];
  const settings = { environment: { XDG_CACHE_HOME: join(cache, 'other') } };
  assert.deepEqual(await bed.run(words, { url: 'http://127.0.0.1:9', ...settings }), silence);
  assert.deepEqual(await bed.run(words, { token: 'wrong', ...settings }), silence);
  assert.deepEqual(await bed.run(words, { environment: { ARRAS_URL: '', ARRAS_TOKEN: '' } }), silence);
  await using slow = await startFakeService(() => ({ status: 503, headers: { 'retry-after': '5' } }));
  assert.deepEqual(await bed.run(words, { url: slow.url, ...settings }), silence);
  assert.ok(slow.seen.length <= 1, 'there is no time to ask again');
});

test('an option that is not finished, an unknown command and an odd word complete to nothing', async () => {
  for (const words of [
    ['nosuch', ''],
    ['jobs', 'show', id, ''],
    ['jobs', 'list', '--url', ''],
    ['--', '\x1b'],
  ])
    assert.equal((await bed.run(['__complete', '--', ...words])).stdout, '', words.join(' '));
});

for (const [shell, check] of [
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const) {
  test(`the script for ${shell} is one`, async () => {
    const path = join(bed.directory, `completion.${shell}`);
    await writeFile(path, (await bed.run(['completion', shell])).stdout);
    const { status, stderr } = spawnSync(shell, [...check, path], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
}

test('every script names the program and asks its hidden command; another shell is refused', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'pwsh']) {
    const { stdout } = await bed.run(['completion', shell]);
    assert.match(stdout, /arras/);
    assert.match(stdout, /__complete -- /);
    assert.ok(!stdout.includes('PROGRAM'));
  }
  assert.equal((await bed.run(['completion', 'tcsh'])).code, 2);
});

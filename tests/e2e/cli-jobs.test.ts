import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: CliBed;
let id: string;
before(async () => {
  bed = await startCliBed();
  id = await bed.submit('greet-1.0', 'parameters.name=ada', 'inputs.text=words.txt');
  assert.equal((await bed.run(['jobs', 'watch', id])).code, 0);
});
after(() => bed[Symbol.asyncDispose]());

async function runJson(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await bed.run(args);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("the guide's commands print the results of the guide's addresses", async () => {
  const [summary] = await bed.api.call<object[]>('GET', '/jobs/v2');
  assert.deepEqual(await runJson('jobs', 'list', '-v', id), [summary]);
  assert.deepEqual(await runJson('jobs', 'show', '-v', id), await bed.api.call('GET', `/jobs/v2/${id}`));
  assert.deepEqual(
    await runJson('jobs', 'history', '-v', id),
    await bed.api.call('GET', `/jobs/v2/${id}/history`),
  );
  const { code, stdout } = await bed.run(['jobs', 'show', id]);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`^id +${id}\nstatus +\\S+ FINISHED\n`));
});

test('listings are tables for people and JSON for programs', async () => {
  assert.match(
    (await bed.run(['jobs', 'list'])).stdout,
    new RegExp(`^id .* status .*\n${id} +test job +\\S+ FINISHED`),
  );
  assert.deepEqual(await runJson('jobs', 'list', '--json=id,status'), [{ id, status: 'FINISHED' }]);
  assert.deepEqual(await runJson('jobs', 'list', '-f', 'json', '-l', '1', '-o', '1'), []);
  assert.deepEqual(await runJson('jobs', 'status', id, '--json', 'status'), { status: 'FINISHED' });
  assert.equal((await bed.run(['jobs', 'status', 'last'])).stdout, 'FINISHED\n');
});

test('a job is found by a part of its id', async () => {
  for (const part of [id.slice(0, -4), id.slice(-10), id.split('-')[1] ?? '']) {
    assert.equal((await bed.run(['jobs', 'status', part])).stdout, 'FINISHED\n', part);
  }
});

test('the history is a table with the time between entries', async () => {
  const { stdout } = await bed.run(['jobs', 'history', id]);
  assert.match(stdout, /^time +after +status +description\n/);
  assert.match(stdout, /\n\S+ +[\d.]+m?s +RUNNING +Job started running\n/);
});

test('a dry run checks a request from the standard input and starts nothing', async () => {
  const input = JSON.stringify({ appId: 'greet-1.0', name: 'never', parameters: { name: 'eve' } });
  const { code, stdout } = await bed.run(['jobs', 'submit', '--dry-run', '-F', '-', 'parameters.name=bob'], {
    input,
  });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout).parameters, { name: 'bob' });
  assert.deepEqual(await runJson('jobs', 'list', '--json=id'), [{ id }]);
});

test('a submission with the same key gives the same job', async () => {
  const args = [
    'jobs',
    'submit',
    '--wait',
    '--idempotency-key',
    'once',
    'appId=greet-1.0',
    'name=once',
    'parameters.name=eve',
  ];
  const ids = [(await bed.run(args)).stdout.split('\n')[0], (await bed.run(args)).stdout.split('\n')[0]];
  assert.equal(ids[0], ids[1]);
  await bed.run(['jobs', 'delete', ids[0] ?? '']);
});

test('logs are what the program printed, one stream or both', async () => {
  assert.equal((await bed.run(['jobs', 'logs', id, '--stdout'])).stdout, 'hello ada\n4\n');
  assert.equal((await bed.run(['jobs', 'logs', id, '--stderr'])).stdout, 'warned\n');
  const both = await bed.run(['jobs', 'logs', id]);
  assert.equal(both.stdout, 'hello ada\n4\nwarned\n');
  assert.equal(both.stderr, '==> standard output <==\n==> standard error <==\n');
});

test('logs are followed to the end of the job', async () => {
  const waiting = await bed.submit('wait-1.0');
  const follow = bed.start(['jobs', 'logs', '-f', waiting]);
  await eventually(
    'it runs',
    async () => (await bed.run(['jobs', 'status', waiting])).stdout === 'RUNNING\n',
  );
  await bed.run(['jobs', 'kill', waiting]);
  assert.equal((await follow.finished).code, 0);
  await bed.run(['jobs', 'delete', waiting]);
});

test('outputs are listed, downloaded and printed', async () => {
  const paths = (await runJson('jobs', 'outputs', 'list', id, '--json=path')) as { path: string }[];
  assert.ok(paths.some(({ path }) => path === '/sub'));
  const place = join(bed.directory, 'download');
  assert.equal((await bed.run(['jobs', 'outputs', 'download', id, '-o', place])).code, 0);
  assert.equal(await readFile(join(place, id, 'sub/result.txt'), 'utf8'), 'result of ada\n');
  assert.equal((await bed.run(['jobs', 'outputs', 'cat', id, 'sub/result.txt'])).stdout, 'result of ada\n');
});

test('a deleted job is gone from the list', async () => {
  const other = await bed.submit('greet-1.0', 'parameters.name=ada');
  assert.equal((await bed.run(['jobs', 'delete', other])).code, 0);
  assert.deepEqual(await runJson('jobs', 'list', '--json=id'), [{ id }]);
});

test('the service of this machine is found through its data directory and through a profile file', async () => {
  const stored = JSON.stringify({ url: bed.url, token: (await import('../support/service.ts')).ADMIN_TOKEN });
  const config = join(bed.directory, 'config');
  await mkdir(join(config, 'arras'), { recursive: true });
  await writeFile(join(config, 'arras/config.json'), stored, { mode: 0o600 });
  await writeFile(join(bed.directory, 'cli.json'), stored, { mode: 0o600 });
  for (const environment of [{ XDG_CONFIG_HOME: config }, { ARRAS_DATA_DIR: bed.directory }]) {
    const { code, stdout } = await bed.run(['jobs', 'status', id], {
      environment: { ARRAS_URL: '', ARRAS_TOKEN: '', ...environment },
    });
    assert.deepEqual([code, stdout], [0, 'FINISHED\n']);
  }
});

test('a job is submitted again, hidden and brought back', async () => {
  const again = await bed.run(['jobs', 'resubmit', id]);
  assert.equal(again.code, 0, again.stderr);
  const second = again.stdout.trim();
  assert.notEqual(second, id);
  assert.match(again.stderr, new RegExp(`Submitted ${id} again as ${second}`));
  assert.equal((await bed.run(['jobs', 'watch', second])).code, 0);
  assert.equal((await bed.run(['jobs', 'hide', second])).code, 0);
  assert.equal((await bed.run(['jobs', 'show', second])).code, 6);
  assert.equal((await bed.run(['jobs', 'unhide', second])).code, 0);
  assert.deepEqual(await runJson('jobs', 'show', second, '--json', 'status'), { status: 'FINISHED' });
  await bed.run(['jobs', 'delete', second]);
});

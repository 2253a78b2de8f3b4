import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { EXIT } from '../../packages/cli/src/exit-codes.ts';
import { jobStatus } from '../support/api.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

/** What, why, what to do; and which request, where the service answered. */
const COMPLAINT = /^error: .+\n {2}why: .+\n {2}try: .+\n(?: {2}details: request-id \S+\n)?$/;

test('0: a watched job that FINISHED', async () => {
  const { code, stderr } = await bed.run([
    'jobs',
    'submit',
    '--wait',
    'appId=greet-1.0',
    'name=fine',
    'parameters.name=ada',
  ]);
  assert.equal(code, 0, stderr);
});

test('1: the service refuses a request and names every problem of it', async () => {
  const { code, stdout, stderr } = await bed.run([
    'jobs',
    'submit',
    'appId=greet-1.0',
    'name=bad',
    'nodeCount=none',
    'maxRunTime=soon',
  ]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^error: /);
  for (const field of ['nodeCount', 'maxRunTime']) assert.match(stderr, new RegExp(`${field}: expected`));
});

test('2: a command line that cannot be understood', async () => {
  for (const args of [
    ['jobs', 'lst'],
    ['jobs', 'list', '--jsn'],
    ['jobs', 'show'],
    ['jobs', 'watch', 'last', '--timeout', 'soon'],
    ['jobs', 'list', '--limit', 'many'],
    ['jobs', 'list', 'created:>7x'],
    ['jobs', 'list', '--json'],
    ['jobs', 'list', '--json', 'nosuch'],
    ['jobs', 'list', '--jq', '.['],
    ['--color', 'sometimes', 'jobs', 'list'],
    ['completion', 'nosuch'],
  ]) {
    const { code, stderr } = await bed.run(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, COMPLAINT);
  }
  assert.match((await bed.run(['jobs', 'lst'])).stderr, /Did you mean list\?/);
});

test('3: a watched job that FAILED', async () => {
  const { code, stdout } = await bed.run(['jobs', 'watch', await bed.submit('fail-1.0')]);
  assert.equal(code, 3);
  assert.match(stdout, / FAILED {2}test job after /);
});

test('4: no token, a token that is not known, and what is not allowed', async () => {
  const id = await bed.submit('greet-1.0', 'parameters.name=ada');
  assert.equal((await bed.run(['jobs', 'watch', id])).code, 0);
  await bed.run(['profiles', 'create', 'eve', '--email', 'eve@example.org']);
  const { stdout: token } = await bed.run(['tokens', 'create', 'first', '--username', 'eve']);
  await bed.run(['jobs', 'pems', 'grant', id, 'eve', 'READ']);
  const others = await bed.run(['jobs', 'delete', id], { token: token.trim() });
  const admins = await bed.run(['profiles', 'create', 'bob', '--email', 'bob@example.org'], {
    token: token.trim(),
  });
  const wrong = await bed.run(['jobs', 'list'], { token: 'not-a-token-of-this-service' });
  const none = await bed.run(['jobs', 'list'], { environment: { ARRAS_TOKEN: '' } });
  for (const { code, stderr } of [wrong, none, others, admins]) {
    assert.equal(code, 4);
    assert.match(stderr, COMPLAINT);
  }
});

test('5: a watched job that was STOPPED, and one that was KILLED', async () => {
  for (const [action, status] of [
    ['stop', 'STOPPED'],
    ['kill', 'KILLED'],
  ] as const) {
    const id = await bed.submit('wait-1.0');
    const watch = bed.start(['jobs', 'watch', id]);
    await jobStatus(bed.api, id, 'RUNNING');
    assert.equal((await bed.run(['jobs', action, id])).code, 0);
    const { code, stdout } = await watch.finished;
    assert.equal(code, 5);
    assert.match(stdout, new RegExp(` ${status} {2}test job after `));
  }
});

test('6: there is no such job, app, filter, subscription or file', async () => {
  const id = await bed.submit('greet-1.0', 'parameters.name=ada');
  await bed.run(['jobs', 'watch', id]);
  const missing = [
    ['jobs', 'show', 'beefbeef'],
    ['jobs', 'show', '000000000000000000-00000000-0000-007'],
    ['jobs', 'show', '@none'],
    ['jobs', 'list', '--saved', 'none'],
    ['jobs', 'filters', 'show', 'none'],
    ['apps', 'show', 'none-1.0'],
    ['systems', 'show', 'none'],
    ['notifications', 'show', '000000000000000000-00000000-0000-011'],
    ['jobs', 'outputs', 'cat', id, 'none.txt'],
    ['files', 'list', 'agave://store/none'],
  ];
  for (const args of missing) {
    const { code, stderr } = await bed.run(args);
    assert.equal(code, 6, args.join(' '));
    assert.match(stderr, COMPLAINT);
  }
});

test('7: a service that is not there', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const address = await eventually('a port', () => server.address());
  await new Promise((resolve) => server.close(resolve));
  const url = `http://127.0.0.1:${typeof address === 'object' ? address.port : 0}`;
  const { code, stderr } = await bed.run(['jobs', 'list'], { url });
  assert.equal(code, 7);
  assert.match(stderr, COMPLAINT);
});

test('124: the time of --timeout is up, and the job goes on', async () => {
  const id = await bed.submit('wait-1.0');
  const { code, stderr } = await bed.run(['jobs', 'watch', id, '--timeout', '1s']);
  assert.equal(code, 124);
  assert.match(stderr, new RegExp(`the job goes on: arras jobs watch ${id}`));
  await jobStatus(bed.api, id, 'RUNNING');
  await bed.run(['jobs', 'kill', id]);
});

test('130: Ctrl-C detaches, says how to go on, and leaves the job alone', async () => {
  const id = await bed.submit('wait-1.0');
  const watch = bed.start(['jobs', 'watch', id]);
  await eventually('the watch has begun', () => watch.stdout().includes('RUNNING'));
  watch.child.kill('SIGINT');
  const { code, stderr } = await watch.finished;
  assert.equal(code, 130);
  assert.match(stderr, new RegExp(`the job goes on: arras jobs watch ${id}`));
  await jobStatus(bed.api, id, 'RUNNING');
  await bed.run(['jobs', 'kill', id]);
});

test('every code that the help lists has its test here', () => {
  const source = readFileSync(import.meta.filename, 'utf8');
  for (const code of Object.values(EXIT)) assert.match(source, new RegExp(`^test\\('${code}: `, 'm'));
});

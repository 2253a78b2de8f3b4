import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

let bed: CliBed;
let id: string;
before(async () => {
  bed = await startCliBed();
  id = await bed.submit('greet-1.0', 'parameters.name=ada');
  assert.equal((await bed.run(['jobs', 'watch', id])).code, 0);
});
after(() => bed[Symbol.asyncDispose]());

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|\+00:00)/;

test('--json alone lists the fields on the standard error and ends with code 2, like gh a usage error', async () => {
  const { code, stdout, stderr } = await bed.run(['jobs', 'status', id, '--json']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /They are id, status, stopRequested/);
});

test('the whole result is printed with -v, -f json and --json *', async () => {
  const whole = (await bed.run(['jobs', 'show', id, '-v'])).stdout;
  assert.equal((await bed.run(['jobs', 'show', id, '-f', 'json'])).stdout, whole);
  assert.equal((await bed.run(['jobs', 'show', id, '--json', '*'])).stdout, whole);
  assert.deepEqual(JSON.parse(whole), await bed.api.call('GET', `/jobs/v2/${id}`));
});

test('fields are checked before anything is done', async () => {
  const before = (await bed.run(['jobs', 'list', '-q'])).stdout;
  const pairs = ['appId=greet-1.0', 'name=never', 'parameters.name=eve'];
  const { code, stderr } = await bed.run(['jobs', 'submit', '--json', 'idd', ...pairs]);
  assert.equal(code, 2);
  assert.match(stderr, /There is no field "idd"; did you mean "id"\?/);
  assert.equal((await bed.run(['jobs', 'list', '-q'])).stdout, before);
});

test('fields of the whole job can be chosen in a listing, and paths into them', async () => {
  const { stdout } = await bed.run(['jobs', 'list', '--json', 'id,maxRunTime,parameters.name']);
  const [row] = JSON.parse(stdout) as Record<string, unknown>[];
  assert.deepEqual(Object.keys(row ?? {}), ['id', 'maxRunTime', 'parameters.name']);
  assert.equal(row?.['parameters.name'], 'ada');
});

test('--jq makes something else of the JSON, of all of it or of chosen fields', async () => {
  assert.equal((await bed.run(['jobs', 'show', id, '--jq', '.parameters'])).stdout, '{"name":"ada"}\n');
  const list = ['jobs', 'list', '--json', 'id,status', '--jq', '.[] | .status + " " + .id'];
  assert.equal((await bed.run(list)).stdout, `FINISHED ${id}\n`);
  const wrong = await bed.run(['jobs', 'list', '--jq', '.[']);
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /why: jq: error: syntax error/);
});

test('-q prints ids and no remarks', async () => {
  assert.deepEqual(await bed.run(['jobs', 'list', '-q']), { code: 0, stdout: `${id}\n`, stderr: '' });
  assert.deepEqual(await bed.run(['-q', 'jobs', 'show', 'last']), { code: 0, stdout: `${id}\n`, stderr: '' });
  assert.equal((await bed.run(['systems', 'list', '-q'])).stdout.includes('local\n'), true);
  assert.equal((await bed.run(['jobs', 'status', '-q', id])).stdout, 'FINISHED\n');
});

test('what the command prints for people beside the data goes to the standard error', async () => {
  const list = await bed.run(['jobs', 'list']);
  assert.match(list.stdout, /^id +name/);
  assert.equal(list.stderr, '1 finished\n');
  const show = await bed.run(['jobs', 'show', id]);
  assert.match(show.stderr, new RegExp(`arras jobs outputs list ${id}`));
  assert.match(show.stdout, /Accept .*Run/);
});

test('times in a pipe are exact, and so they are with --utc before or behind the command', async () => {
  for (const args of [
    ['jobs', 'list'],
    ['jobs', 'list', '--utc'],
    ['--utc', 'jobs', 'show', id],
    ['jobs', 'history', id],
    ['jobs', 'outputs', 'list', id],
  ])
    assert.match((await bed.run(args)).stdout, TIME, args.join(' '));
});

test('--curl prints the call, which a shell can make, and does not call', async () => {
  const { code, stdout, stderr } = await bed.run(['jobs', 'show', 'last', '--curl']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.ok(!stdout.includes(ADMIN_TOKEN));
  const made = await promisify(execFile)('bash', ['-c', stdout.replace(/^curl/, 'curl -sS')], {
    env: { PATH: process.env['PATH'] ?? '', TOKEN: ADMIN_TOKEN },
  });
  assert.equal(JSON.parse(made.stdout).result.id, id);
});

test('--curl of what changes something changes nothing', async () => {
  const pairs = ['appId=greet-1.0', "name=it's", 'parameters.name=eve'];
  const submit = await bed.run(['jobs', 'submit', '--curl', '--wait', ...pairs]);
  assert.match(submit.stdout, /^curl --request POST 'http:.*\/jobs\/v2'/);
  assert.match(submit.stdout, /--header 'idempotency-key: [0-9a-f]{32}'/);
  assert.match(submit.stdout, /--data-raw '.*"name":"it'\\''s"/);
  const remove = await bed.run(['jobs', 'delete', id, 'last', '--curl']);
  assert.match(remove.stdout, new RegExp(`^curl --request DELETE '.*/jobs/v2/${id}'`));
  assert.equal(remove.stderr, '');
  assert.equal((await bed.run(['jobs', 'status', id])).stdout, 'FINISHED\n');
});

test('every command that calls the service prints its call', async () => {
  const other = '000000000000000000-00000000-0000-007';
  const subscription = '000000000000000000-00000000-0000-011';
  for (const args of [
    ['jobs', 'list'],
    ['jobs', 'status', other],
    ['jobs', 'history', other],
    ['jobs', 'watch', other],
    ['jobs', 'logs', other],
    ['jobs', 'stop', other],
    ['jobs', 'outputs', 'list', other],
    ['jobs', 'outputs', 'download', other],
    ['jobs', 'outputs', 'cat', other, 'a'],
    ['jobs', 'outputs', 'du', other],
    ['files', 'list'],
    ['files', 'copy', 'a', 'b'],
    ['jobs', 'pems', 'drop', other],
    ['jobs', 'filters', 'list'],
    ['systems', 'delete', 'none'],
    ['apps', 'disable', 'none-1.0'],
    ['profiles', 'show'],
    ['tokens', 'revoke', 'none'],
    ['notifications', 'delete', subscription],
    ['notifications', 'attempts', subscription],
  ]) {
    const { code, stdout } = await bed.run([...args, '--curl']);
    assert.equal(code, 0, args.join(' '));
    assert.match(stdout, /^curl .*'http:\/\/127\.0\.0\.1:/, args.join(' '));
  }
});

test('a failed job is shown with the end of its standard error and what to do next', async () => {
  const failed = await bed.submit('fail-1.0');
  await bed.run(['jobs', 'watch', failed]);
  const { code, stdout, stderr } = await bed.run(['jobs', 'show', failed]);
  assert.equal(code, 0);
  assert.match(stdout, /\nthe end of its standard error\nno such thing\n$/);
  assert.match(stderr, new RegExp(`arras jobs logs --stderr ${failed}\n`));
  await bed.run(['jobs', 'delete', failed]);
});

test('an error of the service names the request', async () => {
  const { stderr } = await bed.run(['jobs', 'show', '000000000000000000-00000000-0000-007']);
  assert.match(stderr, /^error: .+\n {2}why: .+\n {2}try: arras jobs list\n {2}details: request-id \S+\n$/);
});

test('--trace says of each call how it went and which request of the log it is, beside the data', async () => {
  const { code, stdout, stderr } = await bed.run(['jobs', 'list', '--trace', '-l', '1', '-q']);
  assert.equal(code, 0);
  assert.match(stdout, /^[0-9a-f-]*\n?$/);
  assert.match(stderr, /^GET http:\S+\/jobs\/v2\?\S+ {2}200 {2}request-id \S+ {2}\d+ ms\n$/);
});

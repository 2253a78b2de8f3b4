import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { after, before, test } from 'node:test';
import type { JobEvent } from '../../packages/contract/src/index.ts';
import { jobHistory, jobStatus } from '../support/api.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { openScreen } from '../support/terminal-screen.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

const fine = () => bed.submit('greet-1.0', 'parameters.name=ada');
const ended = (id: string) => bed.run(['jobs', 'kill', id]);

/** Lines of JSON. */
const parseLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JobEvent);

test('wait is silent until the end and then prints the id and the status of each job', async () => {
  const ids = [await fine(), await bed.submit('fail-1.0')];
  const { code, stdout, stderr } = await bed.run(['jobs', 'wait', ...ids]);
  assert.deepEqual([code, stdout, stderr], [3, `${ids[0]} FINISHED\n${ids[1]} FAILED\n`, '']);
  const asJson = await bed.run(['jobs', 'wait', '--json', '--no-exit-status', ...ids]);
  assert.equal(asJson.code, 0);
  assert.deepEqual(
    JSON.parse(asJson.stdout).map(({ status }: { status: string }) => status),
    ['FINISHED', 'FAILED'],
  );
});

test('wait --any and --fail-fast end with the first job, and its result counts', async () => {
  const slow = await bed.submit('wait-1.0');
  const any = await bed.run(['jobs', 'wait', '--any', slow, await fine()]);
  assert.equal(any.code, 0, any.stderr);
  assert.match(any.stdout, / FINISHED\n$/);
  const failed = await bed.run(['jobs', 'wait', '--fail-fast', slow, await bed.submit('fail-1.0')]);
  assert.equal(failed.code, 3);
  await ended(slow);
  assert.equal((await bed.run(['jobs', 'wait', slow])).code, 5);
});

test('wait and watch --until end when the job is so far, and with 0 although it goes on', async () => {
  const id = await bed.submit('wait-1.0');
  const watched = await bed.run(['jobs', 'watch', '--until', 'running,archiving', id]);
  assert.equal(watched.code, 0);
  assert.match(watched.stdout, new RegExp(` ${id} {2}RUNNING .*\n$`));
  assert.match(watched.stderr, new RegExp(`The job goes on: arras jobs watch ${id}`));
  const waited = await bed.run(['jobs', 'wait', '--until', 'RUNNING', id]);
  assert.deepEqual([waited.code, waited.stdout], [0, `${id} RUNNING\n`]);
  await ended(id);
});

test('a status that there is not is a usage error that names the nearest', async () => {
  const { code, stderr } = await bed.run(['jobs', 'wait', '--until', 'runing', 'last']);
  assert.equal(code, 2);
  assert.match(stderr, /"runing" is no status of a job; did you mean "RUNNING"\?/);
});

test('wait --timeout ends with 124, says how to go on and tells how the jobs stand', async () => {
  const id = await bed.submit('wait-1.0');
  await jobStatus(bed.api, id, 'RUNNING');
  const { code, stdout, stderr } = await bed.run(['jobs', 'wait', '--timeout', '1s', id]);
  assert.deepEqual([code, stdout], [124, `${id} RUNNING\n`]);
  assert.match(stderr, new RegExp(`arras jobs watch ${id}`));
  await ended(id);
});

test('wait is left with Ctrl-C: 130, and the job goes on', async () => {
  const id = await bed.submit('wait-1.0');
  await jobStatus(bed.api, id, 'RUNNING');
  const port = Number(new URL(bed.url).port);
  await using proxy = await startTcpProxy({ connect: () => createConnection(port, '127.0.0.1') });
  const waiting = bed.start(['jobs', 'wait', id], { url: `http://127.0.0.1:${proxy.port}` });
  await eventually('it waits', () => proxy.pairs().length > 0);
  waiting.child.kill('SIGINT');
  const { code, stdout, stderr } = await waiting.finished;
  assert.deepEqual([code, stdout], [130, '']);
  assert.match(stderr, new RegExp(`the job goes on: arras jobs watch ${id}`));
  await ended(id);
});

test('watch --json prints every event once, in order, as one line of JSON, and nothing else', async () => {
  const ids = [await fine(), await bed.submit('fail-1.0')];
  const { code, stdout, stderr } = await bed.run(['jobs', 'watch', '--json', ...ids]);
  assert.deepEqual([code, stderr], [3, '']);
  const events = parseLines(stdout);
  for (const id of ids) {
    const mine = events.filter(({ job }) => job.id === id);
    assert.deepEqual(
      mine.map(({ seq }) => seq),
      mine.map((_, index) => index + 1),
    );
    const history = await jobHistory(bed.api, id);
    assert.deepEqual(
      mine.slice(1).map(({ id: event }) => event),
      history.map(({ id: event }) => event),
    );
  }
});

test('watch --compact has one line for each job', async () => {
  const ids = [await fine(), await fine()];
  const { code, stdout } = await bed.run(['jobs', 'watch', '--compact', ...ids]);
  assert.equal(code, 0);
  assert.equal(stdout.trimEnd().split('\n').length, 2);
});

test('watch --fail-fast ends with the first failure and says which jobs go on', async () => {
  const slow = await bed.submit('wait-1.0');
  const bad = await bed.submit('fail-1.0');
  const { code, stderr } = await bed.run(['jobs', 'watch', '--fail-fast', slow, bad]);
  assert.equal(code, 3);
  assert.match(stderr, new RegExp(`The job goes on: arras jobs watch ${slow}\n`));
  await ended(slow);
});

test('submit --wait with JSON prints JSON only; without the exit status it is a success', async () => {
  const args = ['jobs', 'submit', '--wait', '--json', 'status', 'appId=fail-1.0', 'name=bad'];
  const { code, stdout } = await bed.run(args);
  assert.equal(code, 3);
  assert.deepEqual(JSON.parse(stdout), { status: 'PENDING' });
  assert.equal((await bed.run([...args, '--no-exit-status'])).code, 0);
});

test('without ids watch is a usage error in a pipe, and on a terminal shows all unfinished jobs', async () => {
  assert.equal((await bed.run(['jobs', 'watch'])).code, 2);
  const ids = [await bed.submit('wait-1.0'), await bed.submit('wait-1.0')];
  await using screen = await openScreen(['jobs', 'watch'], { url: bed.url, columns: 100 });
  const shown = async () =>
    /(▶ RUNNING.*\n[\s\S]*){2}live · updated \d+s ago/.test(plain(await screen.read()));
  await eventually('both are shown', shown);
  await screen.press('C-c');
  const { code, text } = await screen.finished();
  assert.equal(code, 130);
  assert.match(plain(text).replaceAll('\n', ''), /the job goes on: arras jobs watch/);
  for (const id of ids) await ended(id);
  await using empty = await openScreen(['jobs', 'watch'], { url: bed.url });
  const { code: none, text: why } = await empty.finished();
  assert.equal(none, 6);
  assert.match(plain(why), /You have no unfinished jobs/);
});

test('on a terminal without UTF-8 a watch is ASCII, and with ACCESSIBLE=1 nothing is painted over', async () => {
  const id = await bed.submit('wait-1.0');
  const watch = (environment: Record<string, string>) =>
    openScreen(['jobs', 'watch', id], { url: bed.url, columns: 60, environment });
  await using ascii = await watch({ LANG: 'C' });
  await using accessible = await watch({ ACCESSIBLE: '1' });
  const shows = async (screen: typeof ascii, what: RegExp) => what.test(plain(await screen.read()));
  await eventually('it is live', () => shows(ascii, /> RUNNING[\s\S]*\nlive - updated/), {
    timeoutMs: 30_000,
  });
  await eventually('its lines are there', () => shows(accessible, / > RUNNING /), { timeoutMs: 30_000 });
  await bed.run(['jobs', 'kill', id]);
  const [first, second] = await Promise.all([ascii.finished(), accessible.finished()]);
  assert.deepEqual([first.code, second.code], [5, 5]);
  // oxlint-disable-next-line eslint/no-control-regex
  assert.match(first.text, /^[\0-\x7f]*$/);
  assert.doesNotMatch(plain(second.text), /live|Accept/);
});

// oxlint-disable-next-line eslint/no-control-regex
const plain = (text: string) => text.replaceAll(/\x1b\[[\d;]*m/g, '');

test('history --follow prints each entry once as it comes; --raw as lines of JSON', async () => {
  const id = await fine();
  const [table, raw] = await Promise.all([
    bed.run(['jobs', 'history', '--follow', id]),
    bed.run(['jobs', 'history', '--follow', '--raw', id]),
  ]);
  const history = await jobHistory(bed.api, id);
  const lines = table.stdout.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^time +after +status +description$/);
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(/ {2,}/)[2]),
    history.map(({ status }) => status),
  );
  assert.deepEqual(
    parseLines(raw.stdout).map(({ id: event }) => event),
    history.map(({ id: event }) => event),
  );
  const once = await bed.run(['jobs', 'history', '--raw', id]);
  assert.deepEqual(JSON.parse(once.stdout), history);
});

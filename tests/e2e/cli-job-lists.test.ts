import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { openScreen } from '../support/terminal-screen.ts';

let bed: CliBed;
let [first, second, failed] = ['', '', ''];
before(async () => {
  bed = await startCliBed();
  first = await bed.submit('greet-1.0', 'name=first count', 'parameters.name=ada');
  second = await bed.submit('greet-1.0', 'name=second count', 'parameters.name=eve');
  failed = await bed.submit('fail-1.0', 'name=broken');
  assert.equal((await bed.run(['jobs', 'watch', first, second, failed])).code, 3);
});
after(() => bed[Symbol.asyncDispose]());

async function ids(...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await bed.run(['jobs', ...args, '-q']);
  assert.equal(code, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

test('a filter chooses jobs, in one word or in several', async () => {
  assert.deepEqual(await ids('list', 'status:failed'), [failed]);
  assert.deepEqual(await ids('list', '-status:failed app:greet* sort:created'), [first, second]);
  assert.deepEqual(await ids('list', 'count', 'sort:-created'), [second, first]);
  assert.deepEqual(await ids('list', 'sort:created limit:1'), [first]);
  assert.deepEqual(await ids('list', 'sort:created limit:1', '-l', '2', '-o', '1'), [second, failed]);
});

test('an id, last or @name means that job, whatever filters could make of it', async () => {
  assert.deepEqual(await ids('list', 'last'), [failed]);
  assert.deepEqual(await ids('list', first), [first]);
  assert.deepEqual(await ids('list', '@first count'), [first]);
});

test('a mistake in a filter is pointed at: exit code 2', async () => {
  const { code, stdout, stderr } = await bed.run(['jobs', 'list', 'status:failed created:>7x']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(
    stderr,
    /why: created:>7x ← unknown unit 'x' \(use s m h d w\)\n {2}try: arras help filters\n/,
  );
});

test('--explain says which query of the API a filter is', async () => {
  const { stderr } = await bed.run(['jobs', 'list', 'status:failed,killed ran:>2h', '--explain']);
  assert.match(stderr, /^API query: status\.in=FAILED,KILLED&runTime\.gt=7200\n/);
});

test('what fits no filter is said with the filter', async () => {
  const { code, stdout, stderr } = await bed.run(['jobs', 'list', 'status:killed']);
  assert.deepEqual([code, stdout, stderr], [0, '', 'No job fits status:killed.\n']);
});

test('columns can be chosen, also fields that the listing does not have by itself', async () => {
  const { stdout } = await bed.run([
    'jobs',
    'list',
    'count sort:created',
    '-c',
    'name,status,maxRunTime,parameters',
  ]);
  assert.match(
    stdout,
    /^name +status +maxRunTime +parameters\nfirst count +\S FINISHED +\S+ +\{"name":"ada"\}\n/,
  );
  const { code, stderr } = await bed.run(['jobs', 'list', '-c', 'id,nam']);
  assert.equal(code, 2);
  assert.match(stderr, /no column "nam"; did you mean "name"/);
});

test('below the table stand the counts of all that fit, also of those that are not shown', async () => {
  assert.equal((await bed.run(['jobs', 'list'])).stderr, '2 finished, 1 failed\n');
  assert.equal(
    (await bed.run(['jobs', 'list', '-l', '2', 'sort:created'])).stderr,
    '2 finished, 1 failed\nShown: 1 to 2 of 3; the next: -o 2\n',
  );
  assert.equal(
    (await bed.run(['jobs', 'list', '-l', '1', '-o', '1', 'status:finished'])).stderr,
    '2 finished\nShown: 2 to 2 of 2\n',
  );
  assert.equal((await bed.run(['jobs', 'list', '-v'])).stderr, '');
});

test('--watch keeps the table as it is: jobs enter, change and leave it', async () => {
  const args = ['jobs', 'list', '--watch', 'name:kept'];
  await using screen = await openScreen(args, { url: bed.url, columns: 100 });
  const shows = (what: RegExp) =>
    eventually(`${what} is shown`, async () => what.test(await screen.read()), { timeoutMs: 30_000 });
  await shows(/^No job fits name:kept\.\n.*live · updated \d+s ago {3}Ctrl-C ends/m);
  const id = await bed.submit('wait-1.0', 'name=kept');
  await shows(/▶ RUNNING[\s\S]*\n1 running\n.*live · /);
  await bed.run(['jobs', 'kill', id]);
  await shows(/⊘ KILLED[\s\S]*\n1 killed\n/);
  await screen.press('C-c');
  const { code, text } = await screen.finished();
  assert.equal(code, 130);
  assert.match(text, /⊘ KILLED[\s\S]*\n1 killed\nDetached; the jobs go on\n/, 'the table stays');
  await bed.run(['jobs', 'delete', id]);
});

test('--watch in a pipe prints the table once and then the rows that change; as JSON it is refused', async () => {
  const list = bed.start(['jobs', 'list', '--watch', 'name:piped', '-c', 'name,status']);
  const id = await bed.submit('wait-1.0', 'name=piped');
  const prints = (what: RegExp) =>
    eventually(`${what} is printed`, () => what.test(list.stdout()), { timeoutMs: 30_000 });
  await prints(/^piped +\S RUNNING$/m);
  await bed.run(['jobs', 'kill', id]);
  await prints(/^piped +\S KILLED$/m);
  list.child.kill('SIGINT');
  const { code, stdout } = await list.finished;
  assert.equal(code, 130);
  assert.equal(stdout.match(/^name +status$/gm)?.length, 1);
  assert.ok(!stdout.includes('\x1b'));
  await bed.run(['jobs', 'delete', id]);
  assert.equal((await bed.run(['jobs', 'list', '--watch', '--json', 'id'])).code, 2);
  // What is refused ends it, although there is a stream to listen to.
  assert.equal((await bed.run(['jobs', 'list', '--watch', '--saved', 'nosuch'])).code, 6);
});

test('filters are saved, used, shown, listed and deleted', async () => {
  assert.equal(
    (await bed.run(['jobs', 'filters', 'save', 'broken', 'status:failed created:>7d'])).stdout,
    'broken\n',
  );
  assert.deepEqual(await ids('list', '--saved', 'broken'), [failed]);
  assert.deepEqual(await ids('list', '--saved', 'broken', 'count'), []);
  assert.match(
    (await bed.run(['jobs', 'filters', 'show', 'broken'])).stdout,
    /filter +status:failed created:>7d\n/,
  );
  assert.match((await bed.run(['jobs', 'filters', 'list'])).stdout, /\nbroken +status:failed created:>7d /);
  assert.equal((await bed.run(['jobs', 'filters', 'save', 'odd', 'status:broken'])).code, 2);
  assert.equal((await bed.run(['jobs', 'filters', 'delete', 'broken'])).code, 0);
  const { code, stderr } = await bed.run(['jobs', 'list', '--saved', 'broken']);
  assert.equal(code, 6);
  assert.match(stderr, /try: arras jobs filters list\n/);
});

test('the conditions of the Tapis command line work', async () => {
  assert.deepEqual(await ids('search', '--status', 'eq', 'FAILED'), [failed]);
  assert.deepEqual(await ids('search', '--app-id', 'start', 'greet', '--name', 'like', 'second'), [second]);
  assert.equal((await bed.run(['jobs', 'search', '--status', 'eq'])).code, 2);
  assert.equal((await bed.run(['jobs', 'search', '--status', 'near', 'FAILED'])).code, 1);
});

test('- reads ids from the standard input', async () => {
  const [third, fourth] = [
    await bed.submit('wait-1.0', 'name=old'),
    await bed.submit('wait-1.0', 'name=old'),
  ];
  const stop = await bed.run(['jobs', 'kill', '-', '--json', 'id'], { input: `${third}\n${fourth}\n` });
  assert.deepEqual(JSON.parse(stop.stdout), [{ id: third }, { id: fourth }]);
  const watch = await bed.run(['jobs', 'watch', '-'], { input: `${third} ${fourth}` });
  assert.equal(watch.code, 5);
  assert.equal(
    (await bed.run(['jobs', 'delete', '-'], { input: (await ids('list', 'name:old')).join('\n') })).code,
    0,
  );
  assert.deepEqual(await ids('list', 'name:old'), []);
});

test('@name is the newest job of that name, and what fits several names is listed', async () => {
  assert.equal((await bed.run(['jobs', 'show', '@second count', '--jq', '.id'])).stdout, `${second}\n`);
  assert.equal((await bed.run(['jobs', 'status', '@bro'])).stdout, 'FAILED\n');
  const again = await bed.submit('greet-1.0', 'name=first count', 'parameters.name=bob');
  assert.deepEqual(await ids('list', '@first count'), [again]);
  const unclear = await bed.run(['jobs', 'show', '@']);
  assert.equal(unclear.code, 2);
  assert.match(unclear.stderr, /@ fits \d jobs.*\n.*\(first count\).*\(broken\)/s);
  assert.equal((await bed.run(['jobs', 'show', '@none'])).code, 6);
});

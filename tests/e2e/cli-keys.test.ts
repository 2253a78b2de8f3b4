import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { jobEnd, jobStatus, registerApp } from '../support/api.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { listProcesses } from '../support/process-table.ts';
import { type OpenScreen, openScreen, openShell } from '../support/terminal-screen.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
  const systems = { root: join(bed.directory, 'systems'), storage: 'store', execution: 'local' };
  const template = 'echo "spoken aloud"\necho "whispered" >&2\nsleep 300\n';
  await registerApp(bed.api, systems, { name: 'talk', template });
});
after(() => bed[Symbol.asyncDispose]());

async function running(...pairs: readonly string[]): Promise<string> {
  const id = await bed.submit('talk-1.0', ...pairs);
  await jobStatus(bed.api, id, 'RUNNING');
  return id;
}

const open = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  openScreen(args, { url: bed.url, columns: 110, rows: 40, environment });

// oxlint-disable-next-line eslint/no-control-regex
const plain = (text: string) => text.replaceAll(/\x1b\[[\d;]*m/g, '');

/** Waits until the screen shows something, and gives all of it. */
const shows = (screen: OpenScreen, what: RegExp) =>
  eventually(
    `${what} is shown`,
    async () => {
      const text = plain(await screen.read());
      assert.match(text, what);
      return text;
    },
    { timeoutMs: 30_000 },
  );

const HINTS = /live · updated \d+s ago {3}l logs {2}h history {2}o outputs {2}c cancel .*\? keys\n?$/;

test('keys show what the commands of their names show, above the watch that goes on', async () => {
  const id = await running();
  await using screen = await open(['jobs', 'watch', id]);
  await shows(screen, HINTS);
  // Here is no shell that could bring it back, so it goes on.
  await screen.press('C-z');
  await screen.press('?');
  await shows(screen, /l {2}the last lines of its output\n[\s\S]*live · /);
  await screen.press('Escape');
  await eventually(
    'the map is closed',
    async () => !plain(await screen.read()).includes('the last lines of its output'),
    { timeoutMs: 30_000 },
  );
  await screen.press('h');
  await shows(
    screen,
    /history of test job\ntime +after +status +description\n[\s\S]*\n.*▶ RUNNING[\s\S]*live · /,
  );
  await screen.press('l');
  await shows(screen, /==> stdout <==\nspoken aloud\n==> stderr <==\nwhispered\n[\s\S]*live · /);
  await screen.press('o');
  await shows(
    screen,
    /outputs of test job\ntype +size +changed +path\n[\s\S]*test-job.*\.out\n[\s\S]*live · /,
  );
  await screen.press('w');
  await shows(screen, new RegExp(`^${bed.url}/\\S*${id}$`, 'm'));
  await bed.run(['jobs', 'kill', id]);
  const { code, text } = await screen.finished();
  assert.equal(code, 5);
  assert.match(plain(text), /⊘ KILLED {2}test job after/);
});

/** Nothing was done to the job, nor asked for. */
async function goesOn(id: string): Promise<void> {
  const job = await bed.api.call<{ status: string; stopRequested: boolean }>('GET', `/jobs/v2/${id}`);
  assert.deepEqual([job.status, job.stopRequested], ['RUNNING', false]);
}

test('c asks before it stops a job; any other key than the answers changes nothing', async () => {
  const id = await running();
  await using screen = await open(['jobs', 'watch', id]);
  await shows(screen, HINTS);
  // As the end of a word that was meant for another window: the answer came before the question.
  await screen.type('ck');
  await shows(screen, /Cancel test job\? {2}s stop – let it end {3}k kill – at once {3}any other key: no/);
  await screen.press('y');
  await shows(screen, HINTS);
  await goesOn(id);
  await screen.press('c');
  await shows(screen, /Cancel test job\?/);
  await screen.press('s');
  const { code, text } = await screen.finished();
  assert.equal(code, 5);
  assert.match(plain(text), /STOPPED {2}test job after/);
  assert.match(plain(text), new RegExp(`Asked ${id} to stop`));
});

test('j and k select one of several jobs, r submits it again when y says so, a question ends with its job, d leaves them alone', async () => {
  const ids = [await running('name=first'), await running('name=second')];
  await using screen = await open(['jobs', 'watch', ...ids]);
  await shows(screen, /› ▶ RUNNING {2}first[\s\S]*\n {2}▶ RUNNING {2}second[\s\S]*j next {2}k previous/);
  await screen.press('j');
  await shows(screen, /\n {2}▶ RUNNING {2}first[\s\S]*› ▶ RUNNING {2}second/);
  await screen.press('Up');
  await shows(screen, /› ▶ RUNNING {2}first/);
  await screen.press('k');
  await shows(screen, /› ▶ RUNNING {2}second/);
  await screen.press('r');
  await shows(screen, /Submit second again\? {2}y yes/);
  await screen.press('y');
  const text = await shows(screen, /Submitted \S+ again as \S+-007/);
  const [, old, id = ''] = /Submitted (\S+) again as (\S+-007)/.exec(text) ?? [];
  assert.equal(old, ids[1]);
  await screen.press('c');
  await shows(screen, /Cancel second\? /);
  await bed.run(['jobs', 'kill', ids[1] ?? '']);
  await shows(screen, HINTS);
  await screen.press('s');
  await screen.press('d');
  const left = await screen.finished();
  assert.equal(left.code, 130);
  assert.match(plain(left.text).replaceAll('\n', ''), /Detached; the job goes on: arras jobs watch/);
  await goesOn(ids[0] ?? '');
  for (const each of [...ids, id]) {
    await bed.run(['jobs', 'kill', each]);
    await jobEnd(bed.api, each);
  }
});

test('however a watch ends or is stopped, the terminal is as it was', async () => {
  const id = await running();
  await using shell = await openShell({ url: bed.url, columns: 110, rows: 60 });
  let asked = 0;
  /** Runs a line of the shell and waits for what it prints. */
  const line = async (command: string, what: RegExp) => {
    await shell.type(`clear; ${command}`);
    await shell.press('Enter');
    return shows(shell, what);
  };
  const settings = async () => {
    const end = `asked ${(asked += 1)} times`;
    const text = await line(
      `stty -a; echo "${end.replace(' ', '  ')}" | tr -s ' '`,
      new RegExp(`^${end}$`, 'm'),
    );
    return text.match(/^speed[\s\S]*?(?=asked)/m)?.[0];
  };
  const before = await settings();
  assert.match(before ?? '', /icanon/);

  await line(`arras jobs watch ${id}`, HINTS);
  await shell.press('C-c');
  await shows(shell, /the job goes on: arras jobs watch[\s\S]*ready>\n?$/);
  assert.equal(await settings(), before, 'after Ctrl-C');

  await line(`arras jobs watch ${id}`, HINTS);
  await shell.press('C-z');
  await shows(shell, /Stopped[\s\S]*ready>\n?$/);
  assert.equal(await settings(), before, 'while it is stopped');
  await line('fg', HINTS);
  await shell.press('h');
  await shows(shell, /history of test job\n[\s\S]*live · /);
  await shell.press('d');
  await shows(shell, /Detached; [\s\S]*ready>\n?$/);
  assert.equal(await settings(), before, 'after fg and d');

  await line(`arras jobs watch ${id} --timeout 2s; echo "code $?"`, /^code 124$/m);
  assert.equal(await settings(), before, 'after its time');

  await line(`arras jobs watch ${id}; echo "code $?"`, HINTS);
  const { pid } =
    listProcesses().find(({ command }) => command.endsWith(`jobs watch ${id}`)) ?? assert.fail();
  process.kill(pid, 'SIGTERM');
  await shows(shell, /^code 143$/m);
  assert.equal(await settings(), before, 'after SIGTERM');
  await bed.run(['jobs', 'kill', id]);
});

test('there are no keys where nothing is painted over', async () => {
  const id = await running();
  for (const environment of [{ ACCESSIBLE: '1' }, { TERM: 'dumb' }]) {
    await using screen = await open(['jobs', 'watch', id], environment);
    await shows(screen, /RUNNING/);
    await screen.type('d');
    await shows(screen, /^d$/m); // The terminal echoes it.
    await screen.press('C-c');
    assert.equal((await screen.finished()).code, 130);
  }
  await bed.run(['jobs', 'kill', id]);
});

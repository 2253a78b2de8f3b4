import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JobEvent } from '../../packages/contract/src/index.ts';
import { jobHistory } from '../support/api.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { openScreen } from '../support/terminal-screen.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

/** In pipes a line of its own; on a terminal keys follow. */
const LOST = /^⚠ lost connection, retrying in \d+s \(last update \d+s ago\)(?: {3,}l logs.*)?$/m;

test('a piped watch through an outage has every line once, in order, a notice of it, and the true exit code', async () => {
  const ids = [await bed.submit('write-1.0'), await bed.submit('write-1.0')];
  const environment = { LANG: 'C.UTF-8' };
  const lines = bed.start(['jobs', 'watch', ...ids], { environment });
  const events = bed.start(['jobs', 'watch', '--json', ...ids], { environment });
  const heard = [lines, events].map((watch) => listen(watch));
  // Both have to be there before the outage: who has never reached the service does not wait for it for long.
  const haveRun = () =>
    lines.stdout().match(/ RUNNING /g)?.length === 2 &&
    events.stdout().match(/"name":"RUNNING"/g)?.length === 2;
  await eventually('both have told that the jobs run', haveRun, { timeoutMs: 30_000 });
  await bed.kill();
  await eventually('both say so', () => heard.every((stderr) => LOST.test(stderr())), { timeoutMs: 20_000 });
  await bed.revive();
  const finished = await Promise.all([lines.finished, events.finished]);
  for (const { code, stderr } of finished) {
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^connection regained after \S+( \S+)?$/m);
  }
  for (const id of ids) {
    const history = await jobHistory(bed.api, id);
    const told = finished[0].stdout.split('\n').filter((line) => line.includes(id));
    assert.deepEqual(
      told.map((line) => line.split('  ').slice(0, 3)),
      history.map(({ created, status }) => [created, id, status]),
    );
    const seqs = finished[1].stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JobEvent)
      .filter(({ job }) => job.id === id)
      .map(({ seq }) => seq);
    assert.deepEqual(seqs, [1, ...history.map(({ seq }) => seq)]);
  }
});

/** What a command says on its standard error. */
function listen({ child }: ReturnType<CliBed['start']>): () => string {
  let said = '';
  child.stderr?.on('data', (text: string) => (said += text));
  return () => said;
}

test('7: a service that stays away for longer than --patience', async () => {
  const id = await bed.submit('wait-1.0');
  const watch = bed.start(['jobs', 'watch', '--patience', '2s', id]);
  const wait = bed.start(['jobs', 'wait', '--patience', '2s', '--until', 'archiving', id]);
  await eventually('the job runs', () => watch.stdout().includes('RUNNING'), { timeoutMs: 30_000 });
  await bed.kill();
  for (const { code, stderr } of await Promise.all([watch.finished, wait.finished])) {
    assert.equal(code, 7);
    assert.match(stderr, /error: The service at \S+ cannot be reached\./);
  }
  await bed.revive();
  await bed.run(['jobs', 'kill', id]);
});

test('on a terminal the footer tells of the outage and is live again afterwards', async () => {
  const id = await bed.submit('wait-1.0');
  await using screen = await openScreen(['jobs', 'watch', id], { url: bed.url, columns: 100 });
  const shows = async (what: RegExp) => what.test(plain(await screen.read()));
  await eventually('it is live', () => shows(/▶ RUNNING[\s\S]*\nlive · updated \d+s ago/), {
    timeoutMs: 30_000,
  });
  await bed.kill();
  await eventually('it is lost', () => shows(LOST), { timeoutMs: 20_000 });
  await bed.revive();
  await eventually('it is live again', () => shows(/\nlive · updated \d+s ago/), { timeoutMs: 40_000 });
  await bed.run(['jobs', 'stop', id]);
  const { code, text } = await screen.finished();
  assert.equal(code, 5);
  const lines = plain(text).trimEnd().split('\n');
  assert.match(lines.at(-1) ?? '', /^⊘ STOPPED {2}test job after /);
  assert.equal(lines.filter((line) => / RUNNING /.test(line)).length, 1, text);
});

// oxlint-disable-next-line eslint/no-control-regex
const plain = (text: string) => text.replaceAll(/\x1b\[[\d;]*m/g, '');

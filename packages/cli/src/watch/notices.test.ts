import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobStatus, JobView } from '@arras/contract';
import type { Session } from '../session.ts';
import { Notices, renderLost, wholeSeconds } from './notices.ts';

/** A session that keeps what it says. */
function hear(env: Record<string, string> = {}) {
  const said: string[] = [];
  const terminal = { isTty: false, colour: false, unicode: true, repaint: false };
  const session = { env, terminal, say: (text: string) => said.push(text) } as unknown as Session;
  return { session, said };
}

const watched = () => new Map<string, JobStatus>([['a', 'RUNNING']]);

test('after a minute without news the watch says that it goes on; with ACCESSIBLE=1 after half of one', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  for (const [env, seconds] of [
    [{}, 60],
    [{ ACCESSIBLE: '1' }, 30],
  ] as const) {
    const { session, said } = hear(env);
    const notices = new Notices(session, watched);
    t.mock.timers.tick((seconds - 10) * 1_000);
    notices.news();
    t.mock.timers.tick((seconds - 1) * 1_000);
    assert.deepEqual(said, []);
    t.mock.timers.tick(1_000);
    const age = seconds === 60 ? '1m 00s' : '30s';
    assert.deepEqual(said, [`still watching a: RUNNING, last news ${age} ago\n`]);
    notices.stop();
    t.mock.timers.tick(600_000);
    assert.equal(said.length, 1);
  }
});

test('several jobs are counted by their statuses', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { session, said } = hear();
  const jobs = new Map<string, JobStatus>([
    ['a', 'RUNNING'],
    ['b', 'QUEUED'],
    ['c', 'RUNNING'],
  ]);
  const notices = new Notices(session, () => jobs);
  t.mock.timers.tick(60_000);
  notices.stop();
  assert.match(said[0] ?? '', /^still watching 3 jobs: 2 RUNNING, 1 QUEUED, /);
});

test('an outage is told once, and so is its end', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { session, said } = hear();
  const notices = new Notices(session);
  notices.connection({ kind: 'connected' });
  t.mock.timers.tick(12_000);
  notices.connection({ kind: 'lost', retryInMs: 3_200 });
  t.mock.timers.tick(4_000);
  notices.connection({ kind: 'lost', retryInMs: 8_000 });
  t.mock.timers.tick(19_000);
  notices.connection({ kind: 'connected' });
  assert.deepEqual(said, [
    '⚠ lost connection, retrying in 4s (last update 12s ago)\n',
    'connection regained after 23s\n',
  ]);
});

test('a system that does not answer is told once, with the reason, and so is its return', () => {
  const { session, said } = hear();
  const notices = new Notices(session);
  const job = (reachable: boolean) =>
    ({
      id: 'a',
      executionSystem: 'cluster',
      freshness: { asOf: '2026-01-01T00:00:00Z', reachable, ...(!reachable && { message: 'no route\n' }) },
    }) as unknown as JobView;
  for (const reachable of [true, false, false, true, true]) notices.freshness(job(reachable));
  assert.deepEqual(said, ['a  ⚠ cluster does not answer: no route \n', 'a  cluster answers again\n']);
});

test('without symbols the notice begins with an exclamation mark, and no time is negative', () => {
  assert.equal(
    renderLost({ unicode: false }, { retryInMs: -5, ageMs: 125_000 }),
    '! lost connection, retrying in 0s (last update 2m 05s ago)',
  );
  assert.deepEqual([-1, 0, 9_999, 10_000, 61_000].map(wholeSeconds), ['0s', '0s', '9s', '10s', '1m 01s']);
});

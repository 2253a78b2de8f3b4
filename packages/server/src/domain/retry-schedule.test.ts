import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, type NotificationPolicy } from '@arras/contract';
import { nextAttemptDelayMs } from './retry-schedule.ts';

const GIVEN: NotificationPolicy = {
  retryStrategy: 'IMMEDIATE',
  retryLimit: 5,
  retryRate: 5,
  retryDelay: 0,
  saveOnFailure: false,
};

/** All waits of a policy in seconds, when nothing ever succeeds. `random` 0.5 is no jitter at all. */
function waitsOf(policy: Partial<NotificationPolicy>, random = 0.5): number[] {
  const waits: number[] = [];
  for (let attemptsMade = 1; ; attemptsMade += 1) {
    const question = { policy: { ...GIVEN, ...policy }, attemptsMade, random, retryAfterMs: null };
    const waitMs = nextAttemptDelayMs(question);
    if (waitMs === 'exhausted') return waits;
    waits.push(waitMs / 1_000);
  }
}

const times = (count: number, seconds: number) => Array.from({ length: count }, () => seconds);

const TABLE: readonly (readonly [title: string, policy: Partial<NotificationPolicy>, waits: number[]])[] = [
  ['NONE is one attempt, whatever the limit', { retryStrategy: 'NONE', retryLimit: 1440 }, []],
  ['IMMEDIATE is five attempts a second apart', {}, times(4, 1)],
  ['a limit of 0 is one attempt', { retryLimit: 0 }, []],
  ['a limit of 1 is one attempt', { retryLimit: 1 }, []],
  ['a limit of 2 is two attempts', { retryLimit: 2 }, [1]],
  [
    'DELAYED waits its delay, then its rate',
    { retryStrategy: 'DELAYED', retryDelay: 30, retryRate: 7, retryLimit: 4 },
    [30, 7, 7],
  ],
  [
    'DELAYED without times does not turn into a tight loop',
    { retryStrategy: 'DELAYED', retryDelay: 0, retryRate: 0, retryLimit: 3 },
    [1, 1],
  ],
  [
    'EXPONENTIAL follows the original table',
    { retryStrategy: 'EXPONENTIAL', retryLimit: 20 },
    [...times(4, 5), ...times(4, 15), ...times(5, 60), ...times(4, 900), ...times(2, 3600)],
  ],
];

for (const [title, policy, waits] of TABLE) test(title, () => assert.deepEqual(waitsOf(policy), waits));

test('the default is 90 attempts over about three days', () => {
  const waits = waitsOf(DEFAULT_POLICY);
  assert.equal(waits.length, 89);
  const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600;
  assert.ok(hours > 70 && hours < 76, `${hours} h`);
});

test('only EXPONENTIAL is spread, by a fifth to both sides', () => {
  assert.deepEqual(waitsOf({ retryStrategy: 'EXPONENTIAL', retryLimit: 2 }, 0), [4]);
  assert.deepEqual(waitsOf({ retryStrategy: 'EXPONENTIAL', retryLimit: 2 }, 0.999_999), [6]);
  assert.deepEqual(waitsOf({ retryStrategy: 'DELAYED', retryDelay: 9, retryLimit: 2 }, 0), [9]);
  assert.deepEqual(waitsOf({}, 0), times(4, 1));
});

test('a Retry-After makes a wait longer, never shorter, and ends at a day', () => {
  const wait = (
    retryAfterMs: number | null,
    retryStrategy: NotificationPolicy['retryStrategy'] = 'EXPONENTIAL',
  ) =>
    nextAttemptDelayMs({ policy: { ...GIVEN, retryStrategy }, attemptsMade: 1, random: 0.5, retryAfterMs });
  assert.equal(wait(7_000), 7_000);
  assert.equal(wait(2_000), 5_000);
  assert.equal(wait(0), 5_000);
  assert.equal(wait(10 * 365 * 86_400_000), 86_400_000);
  assert.equal(wait(7_000, 'NONE'), 'exhausted');
});

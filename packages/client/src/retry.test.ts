import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFailure, UnreachableFailure } from './failure.ts';
import { DEFAULT_RETRY, parseRetryAfterMs, retryDelayMs } from './retry.ts';

const unreachable = new UnreachableFailure('http://127.0.0.1:1', new Error('refused'));

function answer(status: number, retryAfterMs: number | null = null): ApiFailure {
  return new ApiFailure({
    code: 'unknown',
    status,
    message: 'no',
    problems: [],
    requestId: null,
    retryAfterMs,
  });
}

test('delays double up to the longest and are spread from nothing to all of it', () => {
  const ceilings = [1, 2, 3, 4].map((triesMade) =>
    retryDelayMs(DEFAULT_RETRY, { triesMade, failure: unreachable, random: 1 }),
  );
  assert.deepEqual(ceilings, [200, 400, 800, 1_600]);
  assert.equal(retryDelayMs(DEFAULT_RETRY, { triesMade: 4, failure: unreachable, random: 0 }), 0);
  const patient = { ...DEFAULT_RETRY, tries: 20 };
  assert.equal(retryDelayMs(patient, { triesMade: 12, failure: unreachable, random: 1 }), 5_000);
});

test('only failures that can pass are tried again, and not for ever', () => {
  const isRetried = (failure: unknown, triesMade = 1) =>
    retryDelayMs(DEFAULT_RETRY, { triesMade, failure, random: 1 }) !== null;
  assert.ok([unreachable, answer(429), answer(503)].every((failure) => isRetried(failure)));
  assert.ok(
    [answer(400), answer(404), answer(500), new Error('bug')].every((failure) => !isRetried(failure)),
  );
  assert.ok(!isRetried(unreachable, DEFAULT_RETRY.tries));
});

test('Retry-After replaces the delay, unless it asks for more than a minute', () => {
  assert.equal(retryDelayMs(DEFAULT_RETRY, { triesMade: 1, failure: answer(429, 3_000), random: 0 }), 3_000);
  assert.equal(
    retryDelayMs(DEFAULT_RETRY, { triesMade: 1, failure: answer(429, 3_600_000), random: 0 }),
    null,
  );
});

test('Retry-After is read as seconds and as a date', () => {
  assert.equal(parseRetryAfterMs('7', 0), 7_000);
  const now = Date.parse('2026-10-21T07:28:00Z');
  assert.equal(parseRetryAfterMs('Wed, 21 Oct 2026 07:28:09 GMT', now), 9_000);
  assert.equal(parseRetryAfterMs('Wed, 21 Oct 2026 07:27:00 GMT', now), 0);
  assert.equal(parseRetryAfterMs('soon', now), null);
  assert.equal(parseRetryAfterMs(null, now), null);
});

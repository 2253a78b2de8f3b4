import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterSeconds } from './poll-hint.ts';

const AT = Date.parse('2026-01-02T03:04:05.000Z');
const RUNNING = { status: 'RUNNING', nextLookAtMs: AT, nowMs: AT, monitorEveryMs: 5_000 } as const;

test('a program on its system is worth asking about when the next look is due', () => {
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT - 14_200 }), 15);
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT - 4_100 }), 5);
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT - 50 }), 1);
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT + 60_000 }), 1);
});

test('clocks apart never make the hint longer than the longest interval', () => {
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT - 3_600_000 }), 17);
});

test('what the service does itself can change at any moment, and what has ended never changes', () => {
  assert.equal(retryAfterSeconds({ ...RUNNING, status: 'STAGING_INPUTS', nowMs: AT - 9_000 }), 1);
  assert.equal(retryAfterSeconds({ ...RUNNING, nextLookAtMs: null }), 1);
  assert.equal(retryAfterSeconds({ ...RUNNING, status: 'FINISHED' }), null);
});

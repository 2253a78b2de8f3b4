import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterSeconds } from './poll-hint.ts';

const AT = Date.parse('2026-01-02T03:04:05.000Z');
const RUNNING = {
  status: 'RUNNING',
  seenAtMs: AT,
  isReachable: true,
  nowMs: AT,
  monitorEveryMs: 15_000,
} as const;

test('a program on its system is worth asking about when the next look is due', () => {
  assert.equal(retryAfterSeconds(RUNNING), 15);
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT + 4_100 }), 11);
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT + 14_950 }), 1);
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT + 60_000 }), 1);
});

test('clocks apart never make the hint longer than the interval', () => {
  assert.equal(retryAfterSeconds({ ...RUNNING, nowMs: AT - 3_600_000 }), 15);
});

test('a system that does not answer is worth asking about once an interval', () => {
  assert.equal(retryAfterSeconds({ ...RUNNING, isReachable: false, nowMs: AT + 3_600_000 }), 15);
});

test('what the service does itself can change at any moment, and what has ended never changes', () => {
  assert.equal(retryAfterSeconds({ ...RUNNING, status: 'STAGING_INPUTS' }), 1);
  assert.equal(retryAfterSeconds({ ...RUNNING, seenAtMs: null }), 1);
  assert.equal(retryAfterSeconds({ ...RUNNING, status: 'FINISHED' }), null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryStateText, policyText } from './delivery-text.ts';
import { DEFAULT_POLICY } from './subscriptions.ts';

const nowMs = Date.parse('2026-03-04T10:00:00Z');
const policy = { ...DEFAULT_POLICY, retryLimit: 8 };
const moment = { policy, nowMs, renderDuration: (ms: number) => `${Math.round(ms / 1_000)}s` };

test('a delivery that failed says how often, of how many, and when it is tried next', () => {
  const pending = { state: 'pending', attempts: 3, nextAt: '2026-03-04T10:04:00.000+00:00' } as const;
  assert.equal(deliveryStateText(pending, moment), 'retrying (3/8, next in 240s)');
  const due = { ...pending, nextAt: '2026-03-04T09:59:59.000+00:00' };
  assert.equal(deliveryStateText(due, moment), 'retrying (3/8, next now)');
  assert.equal(deliveryStateText({ ...pending, attempts: 0 }, moment), 'waiting');
});

test('a settled delivery says its state', () => {
  for (const state of ['delivered', 'parked', 'cancelled'] as const)
    assert.equal(deliveryStateText({ state, attempts: 2, nextAt: null }, moment), state);
});

test('a policy is said in words', () => {
  assert.equal(policyText(DEFAULT_POLICY), 'EXPONENTIAL, at most 90 attempts');
  assert.equal(policyText({ ...policy, retryStrategy: 'NONE' }), 'NONE, one attempt');
  const delayed = { ...policy, retryStrategy: 'DELAYED', retryDelay: 60, retryRate: 300 } as const;
  assert.equal(policyText(delayed), 'DELAYED, after 60 s, then every 300 s, at most 8 attempts');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY } from '@arras/contract';
import { deliveryStateText, policyText } from './delivery-text.ts';

const nowMs = Date.parse('2026-03-04T10:00:00Z');
const policy = { ...DEFAULT_POLICY, retryLimit: 8 };

test('a delivery that failed says how often, of how many, and when it is tried next', () => {
  const pending = { state: 'pending', attempts: 3, nextAt: '2026-03-04T10:04:00.000+00:00' } as const;
  assert.equal(deliveryStateText(pending, { policy, nowMs }), 'retrying (3/8, next in 4m 00s)');
  const due = { ...pending, nextAt: '2026-03-04T09:59:59.000+00:00' };
  assert.equal(deliveryStateText(due, { policy, nowMs }), 'retrying (3/8, next now)');
  assert.equal(deliveryStateText({ ...pending, attempts: 0 }, { policy, nowMs }), 'waiting');
});

test('a settled delivery says its state', () => {
  for (const state of ['delivered', 'parked', 'cancelled'] as const)
    assert.equal(deliveryStateText({ state, attempts: 2, nextAt: null }, { policy, nowMs }), state);
});

test('a policy is said in words', () => {
  assert.equal(policyText(DEFAULT_POLICY), 'EXPONENTIAL, at most 90 attempts');
  assert.equal(policyText({ ...policy, retryStrategy: 'NONE' }), 'NONE, one attempt');
  const delayed = { ...policy, retryStrategy: 'DELAYED', retryDelay: 60, retryRate: 300 } as const;
  assert.equal(policyText(delayed), 'DELAYED, after 60 s, then every 300 s, at most 8 attempts');
});

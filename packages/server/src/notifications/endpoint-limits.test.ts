import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotificationId } from '@arras/contract';
import { type Endpoint, EndpointLimits } from './endpoint-limits.ts';

function endpoint(index: number, host = `host-${index}`): Endpoint {
  return { subscriptionId: `subscription-${index}` as NotificationId, host };
}

function beginAll(limits: EndpointLimits, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.filter((each) => limits.tryBegin(each));
}

test('a subscription begins with one attempt at once, gains one with each answer and falls back without', () => {
  const limits = new EndpointLimits();
  const allowed = () => {
    const begun = beginAll(
      limits,
      Array.from({ length: 8 }, () => endpoint(1)),
    );
    for (const each of begun) limits.end(each, true);
    return begun.length;
  };
  assert.deepEqual([allowed(), allowed(), allowed()], [1, 2, 4]);
  assert.equal(allowed(), 5);
  assert.ok(limits.tryBegin(endpoint(1)));
  limits.end(endpoint(1), false);
  assert.equal(allowed(), 1);
});

test('attempts at one host are bounded, and who was turned away is not asked for until a place is free', () => {
  const limits = new EndpointLimits();
  const sameHost = Array.from({ length: 25 }, (_, index) => endpoint(index, 'host'));
  const begun = beginAll(limits, sameHost);
  assert.equal(begun.length, 20);
  assert.ok(limits.busy().includes(endpoint(24).subscriptionId));
  limits.end(endpoint(0, 'host'), true);
  assert.ok(!limits.busy().includes(endpoint(24).subscriptionId));
});

test('endpoints that do not answer share half of all places, however many they are', () => {
  const limits = new EndpointLimits();
  const silent = Array.from({ length: 200 }, (_, index) => endpoint(index));
  for (const each of beginAll(limits, silent)) limits.end(each, false);
  assert.equal(beginAll(limits, silent).length, 128);
  assert.ok(limits.busy().includes(endpoint(199).subscriptionId));
  assert.equal(limits.room, 128);
  assert.ok(limits.tryBegin(endpoint(1_000)), 'one that has not failed has a place');
  limits.end(endpoint(0), true);
  assert.ok(limits.tryBegin(endpoint(199)));
});

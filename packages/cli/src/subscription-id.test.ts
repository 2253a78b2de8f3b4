import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@arras/client';
import { listEveryStatus, resolveSubscriptionId } from './subscription-id.ts';

const ROWS = [
  { id: '176400000000000003-8f2c0a1b-0001-011', status: 'ACTIVE', created: '2026-03-04T10:00:03Z' },
  { id: '176400000000000002-8f2d0a1b-0002-011', status: 'ACTIVE', created: '2026-03-04T10:00:02Z' },
  { id: '176300000000000001-aaaa0000-0003-011', status: 'FAILED', created: '2026-03-04T10:00:09Z' },
];

/** A client of a service that has these subscriptions. */
function clientWith(rows: readonly (typeof ROWS)[number][]) {
  return createClient({
    url: 'http://service.test',
    fetch: (address) => {
      const { searchParams } = new URL(address instanceof Request ? address.url : address);
      const [offset, limit] = ['offset', 'limit'].map((name) => Number(searchParams.get(name)));
      const result = rows
        .filter(({ status }) => status === searchParams.get('status'))
        .slice(offset, (offset ?? 0) + (limit ?? 0));
      return Promise.resolve(Response.json({ status: 'success', message: null, version: '1', result }));
    },
  });
}

test('a whole id is taken as it is, and a part of one finds subscriptions of every status', async () => {
  const [first, , failed] = ROWS.map(({ id }) => id);
  assert.equal(await resolveSubscriptionId(clientWith([]), first ?? ''), first);
  for (const typed of ['aaaa', '1763', '0003'])
    assert.equal(await resolveSubscriptionId(clientWith(ROWS), typed), failed);
});

test('last is the subscription that was made last', async () => {
  assert.equal(await resolveSubscriptionId(clientWith(ROWS), 'last'), ROWS[2]?.id);
  await assert.rejects(resolveSubscriptionId(clientWith([]), 'last'), /no subscriptions yet/);
});

test('a part that fits none or several is refused with what there is', async () => {
  await assert.rejects(resolveSubscriptionId(clientWith(ROWS), 'beef'), /No subscription of yours/);
  await assert.rejects(resolveSubscriptionId(clientWith(ROWS), '8f2'), /8f2 fits 2 subscriptions/);
});

test('more subscriptions than a page has are all there', async () => {
  const created = '2026-03-04T10:00:03Z';
  const rows = Array.from({ length: 600 }, (_, index) => ({ id: `${index}-011`, status: 'ACTIVE', created }));
  assert.equal((await listEveryStatus(clientWith(rows))).length, 600);
});

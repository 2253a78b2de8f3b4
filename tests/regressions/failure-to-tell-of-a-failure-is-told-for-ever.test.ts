import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DeliveryBed, openDeliveryBed } from '../support/delivery-bed.ts';

let bed: DeliveryBed;
before(async () => {
  bed = await openDeliveryBed();
});
after(() => bed[Symbol.asyncDispose]());

test('a subscription to everything whose endpoint fails hears of its own failure once', async () => {
  const job = await bed.job();
  const all = await bed.subscribe('*', '/code/500/all', { policy: { retryStrategy: 'NONE' } });
  await bed.happen(job, 'HEARTBEAT');
  await bed.settled(all.id);
  const names = (await bed.deliveries(all.id)).map(({ event }) => event);
  // Of the heartbeat and of its own creation; that these two could not be told is not told.
  assert.deepEqual(names.sort(), ['CREATED', 'FAILURE', 'FAILURE', 'HEARTBEAT']);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { JobView, NotificationView } from '../../packages/contract/src/index.ts';
import {
  checkMatched,
  checkSameBytes,
  type DeliveryBed,
  eventOf,
  openDeliveryBed,
} from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';
import type { Received } from '../support/receiver.ts';

let bed: DeliveryBed;
let job: JobView;
before(async () => {
  bed = await openDeliveryBed();
  job = await bed.job();
});
after(async () => {
  await checkMatched(bed);
  await bed[Symbol.asyncDispose]();
});

const ONCE = { retryStrategy: 'NONE' };
const SOON = { retryStrategy: 'IMMEDIATE', retryLimit: 10 };

async function replay(
  { id }: NotificationView,
  choice: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const { count } = await bed.api.call<{ count: number }>('POST', `/notifications/v2/${id}/replay`, choice);
  return count;
}

function namesAt(path: string): string[] {
  return bed.got(path).map((request) => eventOf(request).name);
}

/** Subscribes a path, lets events happen, and waits until all are settled. */
async function told(path: string, names: readonly string[], more = {}): Promise<NotificationView> {
  const subscription = await bed.subscribe(job.id, path, { secret: true, ...more });
  await bed.happen(job, ...names);
  await bed.settled(subscription.id);
  return subscription;
}

test('one delivery is replayed with its old id and bytes', async () => {
  const subscription = await told('/ok/one', ['A', 'B', 'C']);
  const before = await bed.show(subscription.id);
  const [, second] = await bed.deliveries(subscription.id);
  assert.equal(await replay(subscription, { deliveries: [second?.id] }), 1);
  await bed.settled(subscription.id);
  assert.deepEqual(namesAt('/ok/one'), ['A', 'B', 'C', 'B']);
  checkSameBytes(bed.got('/ok/one'));
  const ids = bed.got('/ok/one').map(({ headers }) => headers['webhook-id']);
  assert.equal(ids[3], ids[1]);
  assert.deepEqual(await bed.show(subscription.id), before, 'a replay does not change the subscription');
});

test('events of a range of time are replayed in their order', async () => {
  const subscription = await told('/ok/range', ['A', 'B', 'C', 'D']);
  const [, second, , fourth] = await bed.deliveries(subscription.id);
  assert.equal(
    await replay(subscription, { from: second?.created, until: fourth?.created, status: 'all' }),
    2,
  );
  await bed.settled(subscription.id);
  assert.deepEqual(namesAt('/ok/range'), ['A', 'B', 'C', 'D', 'B', 'C']);
  checkSameBytes(bed.got('/ok/range'));
});

test('what was parked is replayed once its endpoint is well, and only once', async () => {
  const subscription = await told('/code/500/parked', ['A', 'B', 'C'], { policy: ONCE });
  await bed.api.call('POST', `/notifications/v2/${subscription.id}`, {
    url: `${bed.receiver.url}/ok/parked`,
  });
  assert.equal(await replay(subscription), 3);
  await bed.settled(subscription.id);
  assert.deepEqual(namesAt('/ok/parked'), ['A', 'B', 'C']);
  checkSameBytes([...bed.got('/code/500/parked'), ...bed.got('/ok/parked')]);
  assert.equal(await replay(subscription), 0);
});

test('replays that fail are not repeated and leave a one-shot subscription as it is', async () => {
  const subscription = await told('/ok/once', ['A'], { persistent: false, policy: ONCE });
  assert.equal((await bed.show(subscription.id)).status, 'COMPLETE');
  assert.equal(await replay(subscription, { status: 'all' }), 1);
  await bed.settled(subscription.id);
  assert.deepEqual(namesAt('/ok/once'), ['A', 'A']);
  assert.equal((await bed.show(subscription.id)).status, 'COMPLETE');
  const failing = await told('/code/500/again', ['A'], { policy: ONCE });
  assert.equal(await replay(failing), 1);
  await bed.settled(failing.id);
  assert.equal(bed.got('/code/500/again').length, 2);
  assert.equal((await bed.show(failing.id)).status, 'ACTIVE');
});

test('a replay goes behind what waits in its lane', async () => {
  const subscription = await told('/fail/0/behind', ['A'], { policy: SOON });
  await bed.api.call('POST', `/notifications/v2/${subscription.id}`, {
    url: `${bed.receiver.url}/fail/2/behind`,
  });
  await bed.happen(job, 'B', 'C');
  await eventually('B has failed', () => namesAt('/fail/2/behind').includes('B'));
  assert.equal(await replay(subscription, { status: 'all', until: new Date().toISOString() }), 1);
  await bed.happen(job, 'D');
  await bed.settled(subscription.id, 30_000);
  assert.deepEqual([...new Set(namesAt('/fail/2/behind'))], ['B', 'C', 'A', 'D']);
  assert.deepEqual(namesAt('/fail/0/behind'), ['A']);
});

function verifies(secret: string, { headers, body }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

test('while a secret is rotated every call verifies with the new one and, for a day, with the former', async () => {
  const subscription = await bed.subscribe(job.id, '/ok/rotated', { secret: true });
  const secrets = [subscription.secret ?? assert.fail('no secret was shown')];
  const rotate = async () => {
    const { secret } = await bed.api.call<NotificationView>(
      'POST',
      `/notifications/v2/${subscription.id}/secret`,
    );
    secrets.push(secret ?? assert.fail('no secret was shown'));
  };
  await bed.happen(job, 'A');
  await bed.settled(subscription.id);
  await rotate();
  await bed.happen(job, 'B');
  await bed.settled(subscription.id);
  await rotate();
  await bed.happen(job, 'C');
  await bed.settled(subscription.id);
  const valid = bed.got('/ok/rotated').map((request) => secrets.map((secret) => verifies(secret, request)));
  assert.deepEqual(valid, [
    [true, false, false],
    [true, true, false],
    [false, true, true],
  ]);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AttemptView, JobView, NotificationView } from '../../packages/contract/src/index.ts';
import { jobEnd, submitJob } from '../support/api.ts';
import { checkMatched, type DeliveryBed, eventOf, openDeliveryBed } from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';
import { startReceiver } from '../support/receiver.ts';

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

function attemptsOf({ id }: NotificationView): Promise<AttemptView[]> {
  return bed.api.call<AttemptView[]>('GET', `/notifications/v2/${id}/attempts?status=all&limit=250`);
}

/** Milliseconds between the calls at a path. */
function gaps(path: string): number[] {
  const times = bed.got(path).map(({ at }) => at);
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

async function namesAt(path: string, count: number): Promise<string[]> {
  await eventually(`${count} calls of ${path}`, () => bed.got(path).length >= count);
  return bed.got(path).map((request) => eventOf(request).name);
}

test('what is subscribed at the commit of an event decides who is told', async () => {
  const early = await bed.subscribe(job.id, '/ok/early');
  const deleted = await bed.subscribe(job.id, '/ok/deleted');
  const disabled = await bed.subscribe(job.id, '/gone/disabled');
  await bed.happen(job, 'DISABLING');
  await bed.settled(disabled.id);
  assert.equal((await bed.show(disabled.id)).status, 'INACTIVE');
  await bed.settled(deleted.id);
  // Between commit and delivery: the service's next look comes after these.
  await bed.happen(job, 'BETWEEN');
  await bed.api.call('DELETE', `/notifications/v2/${deleted.id}`);
  const late = await bed.subscribe(job.id, '/ok/late');
  await bed.happen(job, 'LAST');
  assert.deepEqual(await namesAt('/ok/early', 3), ['DISABLING', 'BETWEEN', 'LAST']);
  assert.deepEqual(await namesAt('/ok/late', 1), ['LAST']);
  await bed.settled(early.id);
  await bed.settled(late.id);
  assert.equal(bed.got('/gone/disabled').length, 1);
  const { rows } = await bed.faults.pool.query<{ event_name: string; status: string }>(
    'select event_name, status from deliveries where subscription_id = $1 order by position',
    [deleted.id],
  );
  assert.deepEqual(rows.at(0), { event_name: 'DISABLING', status: 'delivered' });
  assert.equal(rows.length, 2, 'what committed before the deletion had matched, what came after it had not');
  assert.match(rows[1]?.status ?? '', /^(cancelled|delivered)$/);
});

test('what waits when a subscription is deleted is cancelled and counted', async () => {
  const subscription = await bed.subscribe(job.id, '/code/500/cancelled');
  await bed.happen(job, 'ONE', 'TWO', 'THREE');
  await eventually('the first is tried', () => bed.got('/code/500/cancelled').length > 0);
  await bed.api.call('DELETE', `/notifications/v2/${subscription.id}`);
  const { rows } = await bed.faults.pool.query<{ status: string; count: number }>(
    'select status, count(*)::int from deliveries where subscription_id = $1 group by status',
    [subscription.id],
  );
  assert.deepEqual(rows, [{ status: 'cancelled', count: 3 }]);
});

test('a one-shot subscription delivers the first event that arrives and is COMPLETE', async () => {
  const subscription = await bed.subscribe(job.id, '/fail/1/once', { persistent: false });
  await bed.happen(job, 'ONE', 'TWO', 'THREE');
  await bed.settled(subscription.id);
  assert.deepEqual(await namesAt('/fail/1/once', 2), ['ONE', 'ONE']);
  assert.equal((await bed.show(subscription.id)).status, 'COMPLETE');
  const states = (await bed.deliveries(subscription.id)).map(({ state }) => state);
  assert.deepEqual(states, ['delivered', 'cancelled', 'cancelled']);
  await bed.happen(job, 'FOUR');
  assert.equal((await bed.deliveries(subscription.id)).length, 3);
});

test('a one-shot subscription whose policy is exhausted is FAILED', async () => {
  const subscription = await bed.subscribe(job.id, '/code/503/once', { persistent: false, policy: ONCE });
  await bed.happen(job, 'ONE', 'TWO');
  await bed.settled(subscription.id);
  assert.equal((await bed.show(subscription.id)).status, 'FAILED');
  const states = (await bed.deliveries(subscription.id)).map(({ state }) => state);
  assert.deepEqual(states, ['parked', 'cancelled']);
  assert.equal(bed.got('/code/503/once').length, 1);
});

test('a persistent subscription whose policy is exhausted stays active and the next event says what was missed', async () => {
  const subscription = await bed.subscribe(job.id, '/third/9/missed', { policy: ONCE });
  const watching = await bed.subscribe(subscription.id, '/ok/failures', { event: 'FAILURE' });
  // Every third event fails, so of three in a row exactly one does, and the fourth comes after it.
  await bed.happen(job, 'ONE', 'TWO', 'THREE', 'FOUR');
  const all = await bed.settled(subscription.id);
  const parked = all.filter(({ state }) => state === 'parked');
  assert.ok(parked.length >= 1);
  assert.equal((await bed.show(subscription.id)).status, 'ACTIVE');
  for (const { seq } of parked.filter(({ seq }) => seq < (all.at(-1)?.seq ?? 0))) {
    const next = bed.got('/third/9/missed').find((request) => eventOf(request).seq === seq + 1);
    assert.deepEqual(next && eventOf(next).missed, [seq]);
  }
  await bed.settled(watching.id);
  assert.deepEqual(
    await namesAt('/ok/failures', parked.length),
    parked.map(() => 'FAILURE'),
  );
});

test('policies are kept to: the number of attempts and the time between them', async () => {
  const policies = {
    none: { policy: ONCE, gaps: [] },
    immediate: { policy: { retryStrategy: 'IMMEDIATE', retryLimit: 3 }, gaps: [1, 1] },
    delayed: {
      policy: { retryStrategy: 'DELAYED', retryLimit: 4, retryDelay: 3, retryRate: 1 },
      gaps: [3, 1, 1],
    },
    one: { policy: { retryStrategy: 'IMMEDIATE', retryLimit: 1 }, gaps: [] },
    zero: { policy: { retryStrategy: 'IMMEDIATE', retryLimit: 0 }, gaps: [] },
  };
  const made = new Map<string, NotificationView>();
  for (const [name, { policy }] of Object.entries(policies))
    made.set(name, await bed.subscribe(job.id, `/code/500/${name}`, { policy }));
  await bed.happen(job, 'HEARTBEAT');
  for (const [name, expected] of Object.entries(policies)) {
    const subscription = made.get(name) ?? assert.fail(name);
    const [delivery] = await bed.settled(subscription.id);
    assert.equal(delivery?.state, 'parked', name);
    assert.equal((await attemptsOf(subscription)).length, expected.gaps.length + 1, name);
    const seen = gaps(`/code/500/${name}`);
    assert.equal(seen.length, expected.gaps.length, name);
    for (const [index, seconds] of expected.gaps.entries()) {
      const waited = seen[index] ?? 0;
      assert.ok(waited >= seconds * 1000 && waited < seconds * 1000 + 900, `${name}: ${seen.join(', ')}`);
    }
  }
});

test('a Retry-After makes the wait longer, never shorter, and nonsense in it changes nothing', async () => {
  const policy = { retryStrategy: 'DELAYED', retryLimit: 2, retryDelay: 2, retryRate: 2 };
  const expected = { '4': 4, '1': 2, soon: 2, 'Wed, 21 Oct 2015 07:28:00 GMT': 2 };
  const paths = Object.keys(expected).map((value) => `/retry?after=${encodeURIComponent(value)}`);
  const subscriptions: NotificationView[] = [];
  for (const path of paths) subscriptions.push(await bed.subscribe(job.id, path, { policy }));
  const decade = await bed.subscribe(job.id, '/retry?after=315360000', { policy });
  await bed.happen(job, 'HEARTBEAT');
  for (const { id } of subscriptions) await bed.settled(id);
  for (const [index, seconds] of Object.values(expected).entries()) {
    const [waited = 0] = gaps(paths[index] ?? '');
    assert.ok(waited >= seconds * 1000 && waited < seconds * 1000 + 900, `${paths[index]}: ${waited}`);
  }
  const [delivery] = await bed.deliveries(decade.id);
  const hours = (Date.parse(delivery?.nextAt ?? '') - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24, `a day at most, got ${hours} h`);
});

test('an endpoint that answers 410 is not called again, and its owner can learn of it', async () => {
  const subscription = await bed.subscribe(job.id, '/gone/for-ever');
  const watching = await bed.subscribe(subscription.id, '/ok/disabled', { event: 'DISABLED' });
  await bed.happen(job, 'ONE', 'TWO');
  const states = (await bed.settled(subscription.id)).map(({ state }) => state);
  assert.deepEqual(states, ['parked', 'cancelled']);
  assert.equal((await bed.show(subscription.id)).status, 'INACTIVE');
  assert.equal(bed.got('/gone/for-ever').length, 1);
  await bed.settled(watching.id);
  assert.deepEqual(await namesAt('/ok/disabled', 1), ['DISABLED']);
});

test('of twenty endpoints five hang, and the others hear of an event within a second of its commit', async (t) => {
  await using others = await startReceiver();
  const { uuid } = await bed.api.call<{ uuid: string }>('GET', `/apps/v2/${bed.appId}`);
  const made: NotificationView[] = [];
  for (let index = 0; index < 20; index += 1) {
    const url = index % 4 === 0 ? `${bed.receiver.url}/hang/${index}` : `${others.url}/ok/${index}`;
    made.push(await bed.subscribe(uuid, url, { event: 'JOB_CREATED' }));
  }
  // Three rounds: from the second on, the hanging ones hold their places.
  for (let round = 1; round <= 3; round += 1) {
    await jobEnd(bed.api, (await submitJob(bed.api, bed.appId)).id);
    await eventually('all others have heard', () => others.received.length === 15 * round);
  }
  const waits = others.received.map((request) => request.at - Date.parse(eventOf(request).created));
  t.diagnostic(`slowest ${Math.round(Math.max(...waits))} ms`);
  assert.ok(Math.max(...waits) < 1_000);
  for (const { id } of made) await bed.api.call('DELETE', `/notifications/v2/${id}`);
});

test('a job with hundreds of events whose first fails does not keep other jobs of the same endpoint waiting', async () => {
  const policy = { retryStrategy: 'DELAYED', retryLimit: 1_000, retryDelay: 3_600, retryRate: 3_600 };
  const stuck = await bed.job();
  const other = await bed.job();
  const admin = await bed.subscribe('*', '/code/500/${JOB_NAME}', { event: 'HEARTBEAT', policy });
  await bed.happen(stuck, 'HEARTBEAT');
  await eventually('the first has failed', async () => (await attemptsOf(admin)).length === 1);
  await bed.happen(stuck, ...Array.from({ length: 300 }, () => 'HEARTBEAT'));
  await bed.happen(other, 'HEARTBEAT');
  await eventually('the other job is told of', async () => (await attemptsOf(admin)).length === 2, {
    timeoutMs: 60_000,
  });
  const tried = bed.got('/code/500/test%20job').map((request) => JSON.parse(request.body) as JobView);
  assert.deepEqual(
    tried.map(({ id }) => id),
    [stuck.id, other.id],
  );
  await bed.api.call('DELETE', `/notifications/v2/${admin.id}`);
});

test('the figures of deliveries add up and are shown for monitoring', async () => {
  const text = await (await fetch(`${bed.faults.service(0).url}/metrics`)).text();
  const valueOf = (series: string) =>
    Number(new RegExp(`^${series} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const shown = ['pending', 'delivered', 'parked', 'cancelled'].map((status) =>
    valueOf(`arras_deliveries\\{status="${status}"\\}`),
  );
  const { rows } = await bed.faults.pool.query<{ count: number }>('select count(*)::int from deliveries');
  assert.equal(
    shown.reduce((sum, count) => sum + count, 0),
    rows[0]?.count,
  );
  assert.ok(valueOf('arras_delivery_attempts_total\\{outcome="delivered"\\}') > 0);
  assert.ok(valueOf('arras_delivery_attempts_total\\{outcome="refused"\\}') > 0);
  assert.ok(valueOf('arras_delivery_seconds_count') > 0);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobView, NotificationView } from '../../packages/contract/src/index.ts';
import { connectApi } from '../support/api.ts';
import {
  checkMatched,
  checkSameBytes,
  type DeliveryBed,
  eventOf,
  firstTries,
  openDeliveryBed,
} from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';
import { createSeeded } from '../support/seeded.ts';

const JOBS = 60;
/** At least. */
const KILLS = 6;
const SEED = 63;

let bed: DeliveryBed;
// Replicas behind one address have one public URL; only the bodies of first tries may differ without it.
before(async () => {
  bed = await openDeliveryBed({ ARRAS_PUBLIC_URL: 'https://jobs.example.org' });
  await bed.faults.start(1);
});
after(() => bed[Symbol.asyncDispose]());

const PATIENT = { retryStrategy: 'DELAYED', retryLimit: 1_000, retryDelay: 1, retryRate: 1 };

/** Submits a job that tells the receiver of each of its events, through whichever replica answers. */
async function submitTold(key: string): Promise<string> {
  const random = createSeeded(key.length);
  const request = {
    name: key,
    appId: bed.appId,
    archive: false,
    notifications: [
      { url: `${bed.receiver.url}/third/2/\${JOB_NAME}`, event: '*', persistent: true, policy: PATIENT },
    ],
  };
  const attempt = async () => {
    const api = connectApi(() => bed.faults.service(random.pick(bed.faults.running())).url);
    const answer = await api.request<JobView>('POST', '/jobs/v2', request, { 'idempotency-key': key });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.result.id;
  };
  return eventually(`${key} is accepted`, attempt, { timeoutMs: 30_000, intervalMs: 100 });
}

/** Kills one of the replicas again and again until told to end, and often enough; returns how often. */
async function keepKilling(signal: AbortSignal): Promise<number> {
  const random = createSeeded(SEED);
  let kills = 0;
  while (!signal.aborted || kills < KILLS) {
    await delay(random.between(500, 2_500));
    const victim = random.pick(bed.faults.running());
    await bed.faults.kill(victim);
    kills += 1;
    await checkMatched(bed);
    await bed.faults.start(victim);
  }
  return kills;
}

async function untilNothingPends(): Promise<void> {
  const check = async () => {
    const { rows } = await bed.faults.pool.query<{ left: number }>(
      "select count(*)::int as left from deliveries where status = 'pending'",
    );
    return rows[0]?.left === 0 ? true : assert.fail(`${rows[0]?.left} are pending`);
  };
  await eventually('nothing is pending', check, { timeoutMs: 90_000, intervalMs: 200 });
}

test('two replicas of which one is killed every few seconds deliver every event, in order and with its bytes', async (t) => {
  const ending = new AbortController();
  const killing = keepKilling(ending.signal);
  const names = Array.from({ length: JOBS }, (_, index) => `told${index}`);
  const ids = new Map<string, string>();
  for (const name of names) {
    ids.set(name, await submitTold(name));
    await delay(150);
  }
  await bed.faults.untilAllEnd();
  ending.abort();
  const kills = await killing;
  await untilNothingPends();
  await checkMatched(bed);
  checkSameBytes(bed.receiver.received);
  let duplicates = 0;
  for (const [name, id] of ids) {
    const got = bed.got(`/third/2/${name}`);
    const { rows } = await bed.faults.pool.query<{ seq: number; id: string }>(
      'select seq, id from job_events where job_id = $1 order by seq',
      [id],
    );
    assert.deepEqual(
      firstTries(got),
      rows.map(({ seq }) => seq),
      name,
    );
    assert.deepEqual(new Set(got.map((request) => eventOf(request).id)), new Set(rows.map((row) => row.id)));
    const needed = rows.reduce((sum, { seq }) => sum + (seq % 3 === 0 ? 3 : 1), 0);
    duplicates += got.length - needed;
  }
  const { rows } = await bed.faults.pool.query<{ status: string; count: number }>(
    'select status, count(*)::int from deliveries group by status',
  );
  t.diagnostic(
    `seed ${SEED}: ${kills} kills, ${bed.receiver.received.length} calls, ${duplicates} of them repeated after a kill`,
  );
  assert.deepEqual(
    rows.map(({ status }) => status),
    ['delivered'],
  );
  assert.ok(kills >= KILLS);
});

test('what was sent before a kill is sent again with the same bytes by a replica with another address', async () => {
  const job = await bed.job();
  const subscription = await bed.subscribe(job.id, '/slow/3000/bytes');
  // Without a public URL links have the address that each process listens on: the bodies would differ.
  const restart = async (index: number) => {
    await bed.faults.kill(index);
    await bed.faults.start(index, { environment: { ARRAS_PUBLIC_URL: '' } });
  };
  await restart(0);
  await restart(1);
  await bed.happen(job, 'HEARTBEAT');
  await eventually('the first attempt is under way', () => bed.got('/slow/3000/bytes').length > 0);
  const first = bed.got('/slow/3000/bytes')[0];
  const sender = [0, 1].find((index) => first?.body.includes(bed.faults.service(index).url)) ?? 0;
  const since = performance.now();
  await bed.faults.kill(sender);
  const other = 1 - sender;
  await eventually('the other replica sends it', () => bed.got('/slow/3000/bytes').length > 1, {
    timeoutMs: 40_000,
  });
  assert.ok(performance.now() - since < 30_000, 'taken over soon after its lease');
  const check = async (): Promise<boolean> => {
    const api = connectApi(() => bed.faults.service(other).url);
    const [delivery] = await api.call<{ state: string }[]>(
      'GET',
      `/notifications/v2/${subscription.id}/deliveries`,
    );
    return delivery?.state === 'delivered';
  };
  await eventually('it is delivered', check);
  checkSameBytes(bed.got('/slow/3000/bytes'));
  await bed.faults.start(sender);
});

test('a stop with deliveries under way ends cleanly and loses nothing', async () => {
  await bed.faults.kill(1);
  const job = await bed.job();
  const quick = await bed.subscribe(job.id, '/slow/2000/stopped');
  const hanging: NotificationView[] = [];
  for (const index of [1, 2, 3]) hanging.push(await bed.subscribe(job.id, `/hang/stopped${index}`));
  await bed.happen(job, 'HEARTBEAT', 'second', 'third');
  await eventually('attempts are under way', () => bed.got('/slow/2000/stopped').length > 0);
  await eventually('attempts hang', () => bed.got('/hang/stopped3').length > 0);
  const since = performance.now();
  assert.equal(await bed.faults.service(0).stop(), 0);
  assert.ok(performance.now() - since <= 30_000);
  await checkMatched(bed);
  const { rows } = await bed.faults.pool.query(
    'select delivery_id from deliveries where status = $1 and lease_until > clock_timestamp()',
    ['pending'],
  );
  assert.deepEqual(rows, [], 'nothing is held by a process that has ended');
  await bed.faults.start(0);
  await bed.settled(quick.id);
  const got = bed.got('/slow/2000/stopped');
  assert.deepEqual(
    firstTries(got),
    [...firstTries(got)].sort((a, b) => a - b),
  );
  assert.equal(got.length, 3, 'an attempt that can end before the stop is not made again');
  assert.equal(hanging.length, 3);
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobView } from '../../packages/contract/src/index.ts';
import { type Api, connectApi, submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { createSeeded } from '../support/seeded.ts';

const REPLICAS = 3;
const JOBS = 150;
const SEED = 20_250;

let bed: FaultBed;
const random = createSeeded(SEED);

before(async () => {
  bed = await FaultBed.open();
  for (let index = 1; index < REPLICAS; index += 1) await bed.start(index);
});
after(() => bed[Symbol.asyncDispose]());

/** A client that repeats its request with the same key until somebody answers. */
async function submitWithKey(apis: readonly Api[], key: string, body: unknown): Promise<string> {
  const attempt = async () => {
    const answer = await random
      .pick(apis)
      .request<JobView>('POST', '/jobs/v2', body, { 'idempotency-key': key });
    if (answer.status >= 500 || answer.status === 409) assert.fail(`${answer.status}`);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.result.id;
  };
  return eventually(`request ${key} is accepted`, attempt, { timeoutMs: 30_000, intervalMs: 100 });
}

/** Jobs that a replica holds now, with their epochs. */
async function heldBy(pid: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await bed.pool.query<{ id: string; epoch: string }>(
    `select id, epoch from jobs where owner_replica like $1 and lease_until > clock_timestamp()`,
    [`%-${pid}-%`],
  );
  return new Map(rows.map(({ id, epoch }) => [id, Number(epoch)]));
}

/** Milliseconds until every one of these jobs has been taken up by somebody else, or needs nobody any more. */
async function takeoverMs(held: ReadonlyMap<string, number>): Promise<number> {
  const since = performance.now();
  const check = async () => {
    const { rows } = await bed.pool.query<{ id: string; epoch: string; owner_replica: string | null }>(
      'select id, epoch, owner_replica from jobs where id = any($1)',
      [[...held.keys()]],
    );
    return rows.every(
      ({ id, epoch, owner_replica }) => owner_replica === null || Number(epoch) > (held.get(id) ?? 0),
    );
  };
  await eventually('the jobs of a dead replica are taken over', check, { timeoutMs: 30_000 });
  return performance.now() - since;
}

test('three replicas of which one is killed every few seconds finish every job, each started once', async (t) => {
  const quick = await registerEffectsApp(bed.api, bed.systems, {
    name: 'quick',
    body: 'sleep 0.$((RANDOM % 10))',
  });
  const copying = await registerEffectsApp(bed.api, bed.systems, {
    name: 'copying',
    body: 'cat "${data}" > result.txt',
    inputs: [{ id: 'data', value: { required: true } }],
  });
  await writeFile(join(bed.root, 'home', 'data.txt'), 'some input\n'.repeat(10_000));
  const requests = Array.from({ length: JOBS }, (_, index) =>
    index % 3 === 0
      ? {
          name: `copying ${index}`,
          appId: copying,
          archive: true,
          inputs: { data: 'agave://store/data.txt' },
        }
      : { name: `quick ${index}`, appId: quick, archive: false },
  );
  const apis = Array.from({ length: REPLICAS }, (_, index) => connectApi(() => bed.service(index).url));
  const submitting = new AbortController();
  const takeovers: number[] = [];
  const killing = (async () => {
    while (!submitting.signal.aborted) {
      await delay(random.between(1_500, 4_000), undefined, { signal: submitting.signal }).catch(
        () => undefined,
      );
      const victim = random.pick(bed.running());
      const { pid } = bed.service(victim);
      process.kill(pid, 'SIGSTOP'); // So that what it holds can be read before it dies.
      const held = await heldBy(pid);
      await bed.kill(victim);
      takeovers.push(await takeoverMs(held));
      await bed.start(victim);
    }
  })();
  const accepted: string[] = [];
  for (const [index, request] of requests.entries()) {
    accepted.push(await submitWithKey(apis, `replicas-${index}`, request));
    await delay(random.between(0, 250));
  }
  submitting.abort();
  await killing;
  await bed.untilAllEnd();
  assert.equal(new Set(accepted).size, JOBS);
  await bed.checkFinishedOnce(accepted);
  const { rows } = await bed.pool.query('select count(*)::int as jobs from jobs');
  assert.deepEqual(rows, [{ jobs: JOBS }]);
  t.diagnostic(
    `seed ${SEED}: ${takeovers.length} kills, takeovers in ${takeovers.map(Math.round).join(', ')} ms`,
  );
  assert.ok(takeovers.length >= 3);
  assert.ok(Math.max(...takeovers) <= 15_000);
});

test('leases that end under all replicas at once start nothing twice', async () => {
  const appId = await registerEffectsApp(bed.api, bed.systems, { name: 'contested', body: 'sleep 0.2' });
  const contested = Array.from({ length: 30 }, () =>
    submitJob(bed.api, appId, { archive: true }).then(({ id }) => id),
  );
  const ids = await Promise.all(contested);
  await eventually(
    'all have ended',
    async () => {
      // Everything is due for everybody, whoever works on it now.
      await bed.pool.query(
        `update jobs set lease_until = clock_timestamp(), next_at = clock_timestamp(), owner_replica = null
         where end_time is null`,
      );
      const { rows } = await bed.pool.query('select id from jobs where end_time is null');
      return rows.length === 0;
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
  await bed.checkFinishedOnce(ids);
});

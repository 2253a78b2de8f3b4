import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ServiceLoad, serviceLoadSchema } from '../../packages/contract/src/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN, startService, type TestService } from '../support/service.ts';
import { SseClient } from '../support/sse-client.ts';

// What operators are told of a service that runs, and that its metrics say the same.

let database: TestDatabase;
let service: TestService;
before(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.url, environment: { ARRAS_ROLES: 'api' } });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await database.drop();
});

async function readLoad(): Promise<ServiceLoad> {
  const answer = await fetch(`${service.url}/admin/v2/load`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  assert.equal(answer.status, 200);
  return serviceLoadSchema.parse(((await answer.json()) as { readonly result: unknown }).result);
}

const numberOf = (metrics: string, name: string) =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );

test('a service at rest has nothing in hand, and names itself', async () => {
  const load = await readLoad();
  assert.equal(load.workerLag, 0);
  assert.deepEqual(
    load.tasks.map(({ task }) => task),
    ['stage', 'submit', 'archive', 'cancel', 'expire', 'tidy', 'collect', 'monitor', 'ingest'],
  );
  assert.deepEqual(load.deliveries, { pending: 0, parked: 0, oldestPending: 0 });
  assert.deepEqual(
    load.replicas.map(({ roles, isAlive }) => [roles, isAlive]),
    [[['api'], true]],
  );
});

test('tasks that no worker takes, dead processes, streams and deliveries are counted as the metrics count them', async () => {
  const { pool } = database;
  await pool.query(`
    select graphile_worker.add_job('stage', '{}', run_at => now() - interval '90 seconds');
    select graphile_worker.add_job('stage', '{}', run_at => now() - interval '10 seconds');
    select graphile_worker.add_job('monitor', '{}', run_at => now() + interval '1 hour');
    select graphile_worker.add_job('archive', '{}', job_key => 'over', run_at => now() - interval '1 hour');
    update graphile_worker._private_jobs set attempts = max_attempts where key = 'over';
    insert into replicas (id, host, process, roles, heartbeat_at)
    values ('gone-1', 'elsewhere', '1 1', 'worker', now() - interval '1 minute')`);
  const stream = await SseClient.open({
    url: `${service.url}/jobs/v2/events?privileged=true`,
    token: ADMIN_TOKEN,
  });
  after(() => stream.close());
  assert.equal(stream.status, 200);
  const load = await eventually('what was counted before is forgotten, and the stream is told', async () => {
    const now = await readLoad();
    return now.workerLag > 0 && now.streams.jobs === 1 ? now : null;
  });
  // Of what was given up nobody takes any more: it does not wait.
  assert.ok(load.workerLag >= 90 && load.workerLag < 3_000, `${load.workerLag} s`);
  assert.equal(load.tasks.find(({ task }) => task === 'archive')?.due, 0);
  const stage = load.tasks.find(({ task }) => task === 'stage');
  assert.deepEqual([stage?.due, stage?.later, stage?.running], [2, 0, 0]);
  assert.ok((stage?.oldestDue ?? 0) >= 90);
  assert.deepEqual(
    load.tasks.filter(({ later }) => later > 0).map(({ task, later }) => [task, later]),
    [['monitor', 1]],
  );
  assert.deepEqual(
    load.replicas.map(({ isAlive, streams }) => [isAlive, streams.jobs]),
    [
      [true, 1],
      [false, 0],
    ],
  );
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  assert.equal(numberOf(metrics, 'arras_tasks{task="stage",state="due"}'), 2);
  assert.equal(numberOf(metrics, 'arras_tasks{task="monitor",state="later"}'), 1);
  assert.ok(numberOf(metrics, 'arras_worker_lag_seconds') >= 90);
  assert.equal(numberOf(metrics, 'arras_replicas'), 1);
  assert.equal(numberOf(metrics, 'arras_deliveries{status="pending"}'), 0);
  assert.equal(numberOf(metrics, 'arras_deliveries_oldest_seconds'), 0);
  assert.equal(numberOf(metrics, 'arras_streams{kind="jobs"}'), 1);
});

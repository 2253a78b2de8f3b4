import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import type { NotificationId } from '../../packages/contract/src/index.ts';
import { claimDeliveries, deferFollowers } from '../../packages/server/src/database/claim-deliveries.ts';
import { type Db, openDatabase, openPool } from '../../packages/server/src/database/connection.ts';
import { countDeliveries, releaseDeliveriesOf } from '../../packages/server/src/database/deliveries.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inspectablePlan, type Plan } from '../support/query-plan.ts';

const SUBSCRIPTIONS = 1_000;
const ROWS = 100_000;

let database: TestDatabase;
let db: Db;
before(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.pool);
  await addDeliveries(database, { subscriptions: SUBSCRIPTIONS, rows: ROWS, due: 10 });
  await database.pool.query('vacuum analyze deliveries');
});
after(() => database.drop());

function idOf(index: number): NotificationId {
  return `sub-${String(index).padStart(5, '0')}` as NotificationId;
}

/** Subscriptions, and lanes with one delivery each dealt out to them; those of the first `due` subscriptions are due. */
async function addDeliveries(
  { pool }: TestDatabase,
  {
    subscriptions,
    rows,
    due,
  }: { readonly subscriptions: number; readonly rows: number; readonly due: number },
): Promise<void> {
  await pool.query("insert into profiles (username, uuid) values ('ada', 'ada-uuid')");
  await pool.query(
    `insert into subscriptions (id, owner, associated_uuid, resource_kind, event, url, channel, persistent, policy)
     select 'sub-' || lpad(n::text, 5, '0'), 'ada', 'job', 'job', '*', 'https://example.org/', 'webhook', true, '{}'
     from generate_series(0, $1 - 1) as n`,
    [subscriptions],
  );
  await pool.query(
    `insert into deliveries (subscription_id, lane, position, event_seq, event_id, event_name, event_created_by,
       snapshot, delivery_id, next_at)
     select 'sub-' || lpad((n % $2)::text, 5, '0'), 'lane-' || n, 1, 1, 'event-' || n, 'HEARTBEAT', 'ada',
       jsonb_build_object('filler', repeat('x', 200)), 'delivery-' || n,
       clock_timestamp() + case when n % $2 < $3 then interval '-1 minute' else interval '1 hour' end
     from generate_series(0, $1 - 1) as n`,
    [rows, subscriptions, due],
  );
}

function claim(
  more: { readonly busy?: readonly NotificationId[]; readonly limit?: number; readonly after?: string } = {},
) {
  return claimDeliveries(db, { replica: 'one', limit: 100, busy: [], after: '', ...more });
}

/** Executes `work` and explains its statement, in a transaction that is taken back. */
async function planOf(work: (planned: Db) => Promise<unknown>): Promise<Plan> {
  return inspectablePlan(database.pool, (dialectPool, log) =>
    work(new Kysely({ dialect: new PostgresDialect({ pool: dialectPool }), log })),
  );
}

test('a claim among a hundred thousand pending deliveries uses the partial indexes and reads few rows', async (t) => {
  const plan = await planOf((planned) =>
    claimDeliveries(planned, { replica: 'one', limit: 100, busy: [idOf(0)], after: '' }),
  );
  t.diagnostic(`${plan.executionMs.toFixed(1)} ms`);
  assert.deepEqual(
    plan.scannedWhole.filter((table) => table === 'deliveries'),
    [],
  );
  assert.ok(
    plan.indexes.includes('deliveries_due') && plan.indexes.includes('deliveries_lane'),
    plan.indexes.join(' '),
  );
  assert.ok(plan.executionMs < 2_000);
});

test('putting followers off uses the partial indexes', async () => {
  const plan = await planOf((planned) => deferFollowers(planned));
  assert.deepEqual(plan.scannedWhole, []);
});

test('deliveries are counted from an index alone', async () => {
  const plan = await planOf((planned) => countDeliveries(planned));
  assert.deepEqual(plan.scannedWhole, []);
  const counts = await countDeliveries(db);
  assert.deepEqual([[...counts.keys()], Number(counts.get('pending'))], [['pending'], ROWS]);
});

test('what busy subscriptions have waiting keeps nothing from the others', async () => {
  const busy = Array.from({ length: 9 }, (_, index) => idOf(index));
  const claimed = await claim({ busy });
  assert.deepEqual(new Set(claimed.map((row) => row.subscription_id)), new Set([idOf(9)]));
  assert.equal(claimed.length, 5);
  await releaseDeliveriesOf(db, ['one']);
});

test('claims that find too much go on after the last subscription', async () => {
  const first = await claim({ limit: 10 });
  assert.deepEqual(new Set(first.map((row) => row.subscription_id)), new Set([idOf(0), idOf(1)]));
  const second = await claim({ limit: 10, after: idOf(1) });
  assert.deepEqual(new Set(second.map((row) => row.subscription_id)), new Set([idOf(2), idOf(3)]));
  await releaseDeliveriesOf(db, ['one']);
});

test('a lane with a thousand waiting deliveries does not hide the other lanes of its subscription', async () => {
  const [id, other] = [idOf(20), 'lane-of-another-job'];
  const insert = `insert into deliveries (subscription_id, lane, position, event_seq, event_id, event_name,
      event_created_by, snapshot, delivery_id, next_at)
    select $1, $2, n, n, $2 || n, 'HEARTBEAT', 'ada', '{}', $2 || n, clock_timestamp() + $4 * interval '1 second'
    from generate_series($3::int, $3::int + $5::int) as n`;
  await database.pool.query(insert, [id, 'long', 1, 3600, 0]);
  await database.pool.query(insert, [id, 'long', 2, -20, 999]);
  await database.pool.query(insert, [id, other, 1, -10, 0]);
  const busy = Array.from({ length: 10 }, (_, index) => idOf(index));
  assert.deepEqual(await claim({ busy }), [], 'its window is full of deliveries that wait for the first');
  await deferFollowers(db);
  assert.deepEqual(
    (await claim({ busy })).map(({ lane }) => lane),
    [other],
  );
});

test('a plan that was made while the table was empty serves a full one', async () => {
  const young = await createTestDatabase();
  const pool = openPool(young.connection, { max: 1, onError: () => undefined });
  try {
    await pool.query('set plan_cache_mode = force_generic_plan');
    const prepared = openDatabase(pool);
    const claimNow = () => claimDeliveries(prepared, { replica: 'one', limit: 100, busy: [], after: '' });
    assert.deepEqual(await claimNow(), []);
    await addDeliveries(young, { subscriptions: 1_000, rows: 5_000, due: 1_000 });
    const since = performance.now();
    assert.equal((await claimNow()).length, 100);
    assert.ok(performance.now() - since < 5_000, `${performance.now() - since} ms`);
  } finally {
    await pool.end();
    await young.drop();
  }
});

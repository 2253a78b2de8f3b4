import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type Db, openDatabase, openPool } from '../../packages/server/src/database/connection.ts';
import { findSystemHealth, recordPartNews } from '../../packages/server/src/database/system-health.ts';
import { healthStatusOf } from '../../packages/server/src/domain/system-health.ts';
import { HealthKeeper } from '../../packages/server/src/engine/health-keeper.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// What several processes write about the parts of systems, and what it comes to.

let database: TestDatabase;
let db: Db;
let end: () => Promise<void>;
before(async () => {
  database = await createTestDatabase();
  const pool = openPool(database.connection, { max: 4, onError: () => undefined });
  db = openDatabase(pool);
  end = () => pool.end();
});
after(async () => {
  await end();
  await database.drop();
});

const log = pino({ level: 'silent' });

async function read(systemId: string) {
  const [part] = (await findSystemHealth(db, [systemId])).get(systemId) ?? [];
  return part ?? assert.fail(`nothing is known of ${systemId}`);
}

const tell = (systemId: string, failures: number, latencies: readonly number[] = []) =>
  recordPartNews(db, {
    systemId,
    part: 'login',
    failures,
    reason: failures === 0 ? null : 'refused',
    latencies,
  });

test('the measurements of all processes stand in one window, of which the oldest go', async () => {
  await Promise.all(
    Array.from({ length: 10 }, () =>
      tell(
        'many',
        0,
        Array.from({ length: 50 }, () => 1_000),
      ),
    ),
  );
  assert.equal((await read('many')).measured, 200);
  await tell(
    'many',
    0,
    Array.from({ length: 180 }, () => 10),
  );
  assert.deepEqual([(await read('many')).measured, (await read('many')).latency_p95], [200, 1_000]);
  await tell(
    'many',
    0,
    Array.from({ length: 20 }, () => 10),
  );
  assert.equal((await read('many')).latency_p95, 10);
  await tell(
    'many',
    0,
    Array.from({ length: 500 }, (_, index) => index),
  );
  const { measured, latency_p95 } = await read('many');
  assert.deepEqual([measured, latency_p95], [200, 489]);
});

test('failures add up until somebody is answered, and a part is as it is since it turned', async () => {
  await tell('turns', 0);
  const good = await read('turns');
  await tell('turns', 0);
  assert.deepEqual((await read('turns')).since, good.since);
  await tell('turns', 1);
  const bad = await read('turns');
  assert.equal(healthStatusOf(bad.failures), 'degraded');
  assert.ok(bad.since > good.since);
  await tell('turns', 1);
  assert.deepEqual((await read('turns')).since, bad.since);
  await tell('turns', 1);
  const down = await read('turns');
  assert.equal(healthStatusOf(down.failures), 'down');
  assert.ok(down.since > bad.since);
  assert.deepEqual([down.reason, down.ok_at === null], ['refused', false]);
  await tell('turns', 1);
  assert.deepEqual((await read('turns')).since, down.since);
  await tell('turns', 0);
  const again = await read('turns');
  assert.deepEqual([again.failures, again.reason], [0, null]);
  assert.ok(again.since > down.since);
});

test('a process writes a turn at once, many failures of one moment as one, and what goes on calmly', async () => {
  let nowMs = 0;
  await using keeper = new HealthKeeper({ db, log, nowMs: () => nowMs });
  for (let count = 0; count < 50; count++) keeper.failed('kept', 'login', `refused ${count}`);
  await keeper.flush();
  assert.deepEqual([(await read('kept')).failures, (await read('kept')).reason], [1, 'refused 49']);
  nowMs += 60_000;
  keeper.failed('kept', 'login', 'connect: refused', { isSure: true });
  await keeper.flush();
  assert.equal(healthStatusOf((await read('kept')).failures), 'down');
  keeper.failed('kept', 'login', 'refused');
  for (let count = 0; count < 150; count++) keeper.worked('kept', 'login', count);
  await keeper.flush();
  const { failures, measured } = await read('kept');
  assert.deepEqual([failures, measured], [0, 100]);
});

test('a part that turns with every use is written now and then, as it was used last', async () => {
  let writes = 0;
  const counting = db.withPlugin({
    transformQuery: ({ node }) => {
      writes += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const nowMs = () => performance.now();
  await using keeper = new HealthKeeper({ db: counting, log, nowMs });
  const began = nowMs();
  for (let count = 0; count < 200; count++) {
    keeper.worked('shaky', 'login', 1);
    await delay(1);
    keeper.failed('shaky', 'login', 'refused:\u0000\u001b[2J!');
    await delay(1);
  }
  const most = 2 + (nowMs() - began) / 200;
  assert.ok(writes <= most, `${writes} writes, at most ${most}`);
  await keeper.flush();
  const { failures, reason } = await read('shaky');
  assert.deepEqual([healthStatusOf(failures), reason], ['degraded', 'refused: [2J!']);
});

test('without a database nothing waits and nothing is thrown', async () => {
  const away = openPool({ host: '127.0.0.1', port: 1 }, { max: 1, onError: () => undefined });
  const lost: string[] = [];
  const keeper = new HealthKeeper({
    db: openDatabase(away),
    log: { warn: (_facts: object, message?: string) => lost.push(message ?? '') },
    nowMs: () => performance.now(),
  });
  keeper.worked('x', 'storage', 1);
  await keeper[Symbol.asyncDispose]();
  await away.end();
  assert.deepEqual(lost, ['health.lost']);
});

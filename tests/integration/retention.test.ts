import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { forgetOldDeliveries } from '../../packages/server/src/database/delivery-log.ts';
import { insertSubscriptions } from '../../packages/server/src/database/subscriptions.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openStore, type Store } from '../support/stored-job.ts';

let database: TestDatabase;
let store: Store;

before(async () => {
  database = await createTestDatabase();
  store = await openStore(database.pool);
});
after(() => database.drop());

test('attempts go after 30 days, settled deliveries after 90, pending ones never', async () => {
  const id = store.newId('notification');
  await insertSubscriptions(store.db, [
    {
      id,
      owner: 'ada',
      associated_uuid: '*',
      resource_kind: 'any',
      event: '*',
      url: 'https://example.org/',
      channel: 'webhook',
      persistent: true,
      policy: '{}',
    },
  ]);
  const job = await store.accept();
  await store.transition({ job, moves: [{ to: 'PROCESSING_INPUTS' }, { to: 'STAGED' }], by: 'arras' });
  await database.pool.query(`
    update deliveries
    set status = case event_seq when 1 then 'pending' else 'delivered' end,
      event_created_at = clock_timestamp() - interval '200 days',
      settled_at = clock_timestamp() - case event_seq when 2 then interval '91 days' else interval '89 days' end`);
  await database.pool.query(
    `insert into delivery_attempts (id, subscription_id, lane, event_name, associated_uuid, number, cause, target,
       outcome, code, message, started_at, ended_at)
     select 'attempt-' || day, $1, 'x', 'X', '*', 1, 'scheduled', '', 'refused', 500, '',
       clock_timestamp() - day * interval '1 day', clock_timestamp() - day * interval '1 day'
     from unnest(array[29, 31]) as day`,
    [id],
  );
  const age = { attemptDays: 30, deliveryDays: 90 };
  assert.equal(await forgetOldDeliveries(store.db, age), true);
  assert.equal(await forgetOldDeliveries(store.db, age), false);
  const { rows: left } = await database.pool.query('select event_seq from deliveries order by event_seq');
  assert.deepEqual(
    left.map(({ event_seq }) => event_seq),
    [1, 3, 4],
  );
  const { rows: attempts } = await database.pool.query('select id from delivery_attempts');
  assert.deepEqual(attempts, [{ id: 'attempt-29' }]);
});

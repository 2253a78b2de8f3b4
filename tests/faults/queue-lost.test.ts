import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { submitJob } from '../support/api.ts';
import { checkEvents, registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { startLoad } from '../support/load.ts';

let bed: FaultBed;
let appId: string;
before(async () => {
  bed = await FaultBed.open();
  appId = await registerEffectsApp(bed.api, bed.systems, { name: 'quick', body: 'sleep 0.$((RANDOM % 5))' });
});
after(() => bed[Symbol.asyncDispose]());

test('jobs whose queue rows are lost again and again finish by the sweep alone', async (t) => {
  const load = startLoad(() => bed.service(0).url, { appId, archive: true }, { pauseMs: 40 });
  let lost = 0;
  const end = performance.now() + 4_000;
  while (performance.now() < end) {
    const { rowCount } = await bed.pool.query(
      'delete from graphile_worker._private_jobs where locked_at is null',
    );
    lost += rowCount ?? 0;
    await delay(15);
  }
  await load.end();
  assert.ok(lost >= 5, `only ${lost} rows were lost`);
  await bed.untilAllEnd();
  await bed.checkFinishedOnce(load.accepted);
  t.diagnostic(`${lost} rows lost of ${load.accepted.length} jobs`);
});

test('a job that cannot be worked on is failed after five faults, and others do not notice', async () => {
  // Stored by nobody but the service, which would never write this.
  await bed.pool.query(`create function break_job() returns trigger language plpgsql as
    $$ begin if new.name = 'broken' then new.inputs := 'null'::jsonb; end if; return new; end $$`);
  await bed.pool.query(
    'create trigger break_job before insert on jobs for each row execute function break_job()',
  );
  await bed.api.request('POST', '/jobs/v2', { name: 'broken', appId, archive: false });
  const { rows } = await bed.pool.query<{ id: string }>("select id from jobs where name = 'broken'");
  const broken = rows[0]?.id ?? assert.fail('the job was not stored');
  const others = await Promise.all(Array.from({ length: 10 }, () => submitJob(bed.api, appId)));
  const check = async () => (await bed.row(broken))['status'] === 'FAILED';
  await eventually('the job is failed', check, { timeoutMs: 60_000, intervalMs: 200 });
  const job = await bed.row(broken);
  assert.match(String(job['last_message']), /^Job failed: the service could not go on with it: ./);
  assert.equal(Number(job['faults']), 5);
  assert.equal(bed.service(0).log().split('"job.fault"').length - 1, 5);
  await checkEvents(bed.pool, broken);
  await bed.untilAllEnd();
  await bed.checkFinishedOnce(others.map(({ id }) => id));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobEnd, submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

test('a stop is carried out although the task that started the program has not ended yet', async () => {
  await using bed = await FaultBed.open({ throughProxy: true });
  const appId = await registerEffectsApp(bed.api, bed.systems, { name: 'sleeping', body: 'sleep 300' });
  let held = false;
  bed.proxy.watch(
    (_write, _statement, sent) => (!held && sent.includes('"status":"RUNNING"') ? 'hold-after' : 'pass'),
    () => {
      held = true;
    },
  );
  const { id } = await submitJob(bed.api, appId);
  await eventually('the start is stored', async () => (await bed.row(id))['status'] === 'RUNNING');
  await bed.api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  await eventually('the bell of the stop has been heard', async () => {
    const { rows } = await bed.pool.query(
      'select id from graphile_worker._private_jobs where key = $1 and locked_at is null',
      [`cancel:${id}`],
    );
    return rows.length === 0;
  });
  const since = performance.now();
  bed.proxy.unwatch();
  bed.proxy.release();
  assert.equal((await jobEnd(bed.api, id)).status, 'STOPPED');
  assert.ok(performance.now() - since < 3_000, 'it took a sweep to find the stop again');
});

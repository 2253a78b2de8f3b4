import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { FaultBed } from '../support/fault-bed.ts';

let bed: FaultBed;
before(async () => {
  bed = await FaultBed.open({ system: { maxSystemJobs: 1 } });
});
after(() => bed[Symbol.asyncDispose]());

test('a place that becomes free under a quota is taken at once by the job that waits for it', async () => {
  const appId = await registerEffectsApp(bed.api, bed.systems, { name: 'quick', body: 'sleep 0.2' });
  const since = performance.now();
  const jobs = await Promise.all([1, 2, 3].map(() => submitJob(bed.api, appId)));
  await bed.untilAllEnd();
  await bed.checkFinishedOnce(jobs.map(({ id }) => id));
  assert.ok(performance.now() - since < 10_000);
});

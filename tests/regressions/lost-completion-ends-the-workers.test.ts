import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

let bed: FaultBed;
let appId: string;
before(async () => {
  bed = await FaultBed.open({ throughProxy: true });
  appId = await registerEffectsApp(bed.api, bed.systems, { name: 'quick', body: ':' });
});
after(() => bed[Symbol.asyncDispose]());

/** Breaks all connections at the moment in which the queue is told that a task is done. */
async function loseCompletion(): Promise<void> {
  let lost = false;
  bed.proxy.watch(
    (_write, statement) => (!lost && /delete from "?graphile_worker/.test(statement) ? 'before' : 'pass'),
    () => {
      lost = true;
      bed.proxy.reset();
    },
  );
  await submitJob(bed.api, appId).catch(() => undefined);
  await eventually('a completion is lost', () => lost);
  bed.proxy.unwatch();
}

test('a task whose completion could not be stored does not end the work of the process', async () => {
  for (let round = 0; round < 3; round += 1) await loseCompletion();
  const { id } = await eventually('a job is accepted', () => submitJob(bed.api, appId));
  await bed.untilAllEnd(20_000);
  await bed.checkFinishedOnce([id]);
});

test('what the ended workers held is given back', async () => {
  const isUnlocked = async () => {
    const { rows } = await bed.pool.query(
      'select id from graphile_worker._private_jobs where locked_at is not null',
    );
    return rows.length === 0;
  };
  await eventually('no task is locked', isUnlocked, { timeoutMs: 30_000 });
});

test('the service still stops cleanly', async () => {
  const since = performance.now();
  assert.equal(await bed.service(0).stop(), 0);
  assert.ok(performance.now() - since < 10_000);
});

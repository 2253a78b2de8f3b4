import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

let bed: FaultBed;
before(async () => {
  bed = await FaultBed.open();
});
after(() => bed[Symbol.asyncDispose]());

const lockedTasks = async (): Promise<readonly { readonly locked_by: string }[]> =>
  (await bed.pool.query('select locked_by from graphile_worker._private_jobs where locked_by is not null'))
    .rows;

test('the tasks of a killed process are unlocked under the names by which the queue locked them', async () => {
  const source = join(bed.root, 'home', 'large.bin');
  await writeFile(source, '');
  await truncate(source, 500 * 1024 * 1024);
  const appId = await registerEffectsApp(bed.api, bed.systems, {
    name: 'copying',
    body: ':',
    inputs: [{ id: 'data', value: { required: true } }],
  });
  const { id } = await submitJob(bed.api, appId, { inputs: { data: 'agave://store/large.bin' } });
  const locked = await eventually('a task is under way', async () => {
    const tasks = await lockedTasks();
    const known = await bed.pool.query<{ worker_ids: string[] }>('select worker_ids from replicas');
    const ids = known.rows.flatMap(({ worker_ids }) => worker_ids);
    return tasks.length > 0 && tasks.every(({ locked_by }) => ids.includes(locked_by)) ? tasks : null;
  });
  assert.ok(locked.length > 0);
  await bed.kill(0);
  await bed.start(0);
  const former = new Set(locked.map(({ locked_by }) => locked_by));
  await eventually('they are given back', async () =>
    (await lockedTasks()).every(({ locked_by }) => !former.has(locked_by)),
  );
  await bed.untilAllEnd();
  await bed.checkFinishedOnce([id]);
});

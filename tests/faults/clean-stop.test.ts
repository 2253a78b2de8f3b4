import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { beginEndlessRequest } from '../support/endless-request.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { startLoad } from '../support/load.ts';

/** RELIABILITY P25. */
const STOP_MS = 30_000;
/** Large enough that a copy is under way when the stop comes. */
const LARGE_BYTES = 800 * 1024 * 1024;

let bed: FaultBed;
before(async () => {
  bed = await FaultBed.open();
});
after(() => bed[Symbol.asyncDispose]());

/** SIGTERM; the process ends by itself, well and in time, and the next one takes its place. */
async function stopCleanly(): Promise<void> {
  const service = bed.service(0);
  const since = performance.now();
  assert.equal(await service.stop(), 0, service.log().slice(-2_000));
  assert.ok(performance.now() - since < STOP_MS);
  await service[Symbol.asyncDispose]();
  await bed.start(0);
}

/** Part files below the systems' root: a copy is under way, or somebody left it. */
const parts = () =>
  readdirSync(bed.root, { recursive: true, encoding: 'utf8' }).filter((path) => /part/.test(path));

async function untilCopying(): Promise<void> {
  await eventually('a copy is under way', () =>
    parts().some(
      (path) => (statSync(join(bed.root, path), { throwIfNoEntry: false })?.size ?? 0) > 1_000_000,
    ),
  );
}

test('a stop while a large input is staged is clean, and the copy begins again', async () => {
  const source = join(bed.root, 'home', 'large.bin');
  await writeFile(source, '');
  await truncate(source, LARGE_BYTES);
  const appId = await registerEffectsApp(bed.api, bed.systems, {
    name: 'measuring',
    body: `[[ $(stat -c %s "\${data}") == ${LARGE_BYTES} ]] || exit 9`,
    inputs: [{ id: 'data', value: { required: true } }],
  });
  const { id } = await submitJob(bed.api, appId, { inputs: { data: 'agave://store/large.bin' } });
  await untilCopying();
  await stopCleanly();
  await bed.untilAllEnd();
  await bed.checkFinishedOnce([id]);
  assert.deepEqual(parts(), []);
});

test('a stop while output is archived is clean, and the archive is whole in the end', async () => {
  const appId = await registerEffectsApp(bed.api, bed.systems, {
    name: 'producing',
    body: `truncate -s ${LARGE_BYTES} large.out`,
  });
  const { id } = await submitJob(bed.api, appId, { archive: true });
  await untilCopying();
  assert.equal((await bed.row(id))['status'], 'ARCHIVING');
  await stopCleanly();
  await bed.untilAllEnd();
  await bed.checkFinishedOnce([id]);
  const archived = join(bed.root, 'home', String((await bed.row(id))['archive_path']), 'large.out');
  assert.equal(statSync(archived).size, LARGE_BYTES);
  assert.deepEqual(parts(), []);
});

test('a stop under load is clean, loses no accepted job and starts none twice', async () => {
  const appId = await registerEffectsApp(bed.api, bed.systems, {
    name: 'quick',
    body: 'sleep 0.$((RANDOM % 5))',
  });
  const load = startLoad(() => bed.service(0).url, { appId }, { pauseMs: 10 });
  for (const enough of [15, 30, 45]) {
    await eventually('jobs are accepted', () => load.accepted.length >= enough);
    await stopCleanly();
  }
  await load.end();
  await bed.untilAllEnd();
  await bed.checkFinishedOnce(load.accepted);
  const { rows } = await bed.pool.query("select count(*)::int as jobs from jobs where name = 'load'");
  assert.deepEqual(rows, [{ jobs: load.accepted.length }]);
});

test('a second signal ends the process at once', async () => {
  const service = bed.service(0);
  await beginEndlessRequest(service);
  process.kill(service.pid, 'SIGTERM');
  await eventually('it has begun to stop', () => service.log().includes('service.stopping'));
  const since = performance.now();
  assert.equal(await service.stop(), 1);
  assert.ok(performance.now() - since < STOP_MS / 2);
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { connectApi, submitJob } from '../support/api.ts';
import { blockEventLoop, WITH_DEBUGGER } from '../support/debugger.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

/** RELIABILITY P5: longest time until another replica has taken over. */
const TAKEOVER_MS = 15_000;

let bed: FaultBed;
let appId: string;
const other = connectApi(() => bed.service(1).url);

before(async () => {
  bed = await FaultBed.open({ throughProxy: true, environment: WITH_DEBUGGER });
  await writeFile(join(bed.root, 'home', 'data.txt'), 'some input\n'.repeat(100));
  appId = await registerEffectsApp(bed.api, bed.systems, {
    name: 'copying',
    body: 'cat "${data}" > result.txt',
    inputs: [{ id: 'data', value: { required: true } }],
  });
  await bed.start(1);
});
after(() => bed[Symbol.asyncDispose]());
beforeEach(() => bed.pool.query('truncate jobs cascade'));

/** Catches the first replica twice: after it has begun a try, and before it has stored that a program started. */
function catchFirstReplica(onBoth: () => void): { readonly caught: readonly string[] } {
  const caught: string[] = [];
  const catchOnce = (status: string, sent: string): boolean => {
    if (caught.includes(status) || !sent.includes(`"status":"${status}"`)) return false;
    caught.push(status);
    return true;
  };
  bed.proxy.watch(
    (_write, _statement, sent) => {
      if (catchOnce('STAGING_JOB', sent)) return 'hold-after';
      return catchOnce('QUEUED', sent) ? 'hold-before' : 'pass';
    },
    () => {
      if (caught.length === 2) onBoth();
    },
  );
  return { caught };
}

async function submitUntilCaught(caught: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  await eventually(
    'the first replica is caught twice',
    async () => {
      if (caught.length === 2) return true;
      const inputs = { data: 'agave://store/data.txt' };
      ids.push((await submitJob(other, appId, { archive: true, inputs })).id);
      return false;
    },
    { intervalMs: 100 },
  );
  bed.proxy.unwatch();
  return ids;
}

/** Without the epoch: a bell that rings late takes the lease of an ended job, and finds nothing to do. */
async function snapshot(ids: readonly string[]): Promise<unknown> {
  const { rows } = await bed.pool.query(
    `select j.id, j.status, j.seq, j.try_number, count(e.seq)::int as events
     from jobs j join job_events e on e.job_id = j.id where j.id = any($1) group by j.id order by j.id`,
    [ids],
  );
  return rows;
}

/** The other replica finishes everything in time; the woken one changes nothing of it and goes on working. */
async function checkTakeover(
  ids: readonly string[],
  since: number,
  wake: () => void | Promise<void>,
): Promise<void> {
  await bed.untilAllEnd(30_000);
  const took = performance.now() - since;
  await eventually('work directories are removed', async () => {
    const { rows } = await bed.pool.query('select id from jobs where work_removed_at is null');
    return rows.length === 0;
  });
  const before = await snapshot(ids);
  await wake();
  bed.proxy.release();
  await eventually('the woken replica finds out', () => bed.service(0).log().includes('lease lost'));
  const more = await Promise.all(
    [1, 2, 3].map(() => submitJob(bed.api, appId, { inputs: { data: 'data.txt' } })),
  );
  await bed.untilAllEnd();
  await bed.checkFinishedOnce([...ids, ...more.map(({ id }) => id)]);
  assert.deepEqual(await snapshot(ids), before);
  for (const id of ids) {
    const path = String((await bed.row(id))['work_path']);
    assert.equal(existsSync(join(bed.root, path)), false, `${path} was made again`);
  }
  assert.ok(took <= TAKEOVER_MS + 2_000, `it took ${Math.round(took)} ms`);
}

test('a frozen replica loses its jobs to another, and does no harm when it wakes', async (t) => {
  let since = 0;
  const { caught } = catchFirstReplica(() => {
    since = performance.now();
    process.kill(bed.service(0).pid, 'SIGSTOP');
  });
  const ids = await submitUntilCaught(caught);
  await checkTakeover(ids, since, () => {
    t.diagnostic(`woken after ${Math.round(performance.now() - since)} ms`);
    process.kill(bed.service(0).pid, 'SIGCONT');
  });
});

test('a replica whose event loop hangs loses its jobs to another, and fences itself when it goes on', async () => {
  await bed.kill(0);
  await bed.start(0, { databaseUrl: bed.proxy.url });
  let since = 0;
  let hanging: Promise<void> | null = null;
  const { caught } = catchFirstReplica(() => {
    since = performance.now();
    hanging = blockEventLoop(bed.service(0), 20_000);
  });
  const ids = await submitUntilCaught(caught);
  await checkTakeover(ids, since, async () => {
    await hanging;
  });
});

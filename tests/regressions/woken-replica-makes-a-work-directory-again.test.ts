import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectApi, submitJob } from '../support/api.ts';
import { registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

/** Longer than a process trusts a lease that it has not renewed. */
const ASLEEP_MS = 8_000;

test('a replica that wakes after its job has ended elsewhere leaves its removed work directory alone', async () => {
  await using bed = await FaultBed.open({ throughProxy: true });
  const appId = await registerEffectsApp(bed.api, bed.systems, { name: 'quick', body: ':' });
  let since = 0;
  bed.proxy.watch(
    (_write, _statement, sent) =>
      since === 0 && sent.includes('"status":"STAGING_JOB"') ? 'hold-after' : 'pass',
    () => {
      since = performance.now();
      process.kill(bed.service(0).pid, 'SIGSTOP');
    },
  );
  const { id } = await submitJob(bed.api, appId, { archive: true });
  await eventually('the replica sleeps', () => since > 0);
  await bed.start(1);
  // As ten seconds would do.
  await bed.pool.query('update jobs set lease_until = clock_timestamp(), next_at = clock_timestamp()');
  await bed.untilAllEnd();
  await eventually(
    'the work directory is removed',
    async () => (await bed.row(id))['work_removed_at'] !== null,
  );
  await eventually('it has slept long enough', () => performance.now() - since > ASLEEP_MS);
  bed.proxy.unwatch();
  bed.proxy.release();
  process.kill(bed.service(0).pid, 'SIGCONT');
  await eventually('the woken replica finds out', () => bed.service(0).log().includes('lease lost'));
  const other = await submitJob(
    connectApi(() => bed.service(0).url),
    appId,
  );
  await bed.untilAllEnd();
  await bed.checkFinishedOnce([id, other.id]);
  assert.equal(existsSync(join(bed.root, String((await bed.row(id))['work_path']))), false);
});

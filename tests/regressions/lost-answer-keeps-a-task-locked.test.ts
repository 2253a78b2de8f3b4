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

/** Breaks all connections when the queue has locked the job's first task and the answer is on its way. */
async function loseAnswer(): Promise<void> {
  let accepted = false;
  let lost = false;
  bed.proxy.watch(
    (_write, statement) => {
      accepted ||= /insert into "jobs"/.test(statement);
      return accepted && !lost && FETCH_OF_SUBMISSIONS.test(statement) ? 'after' : 'pass';
    },
    () => {
      lost = true;
      bed.proxy.reset();
    },
  );
  await submitJob(bed.api, appId).catch(() => undefined);
  await eventually('an answer is lost', () => lost);
  bed.proxy.unwatch();
}

/** The pool that starts jobs asks for as many tasks as it has workers. */
const FETCH_OF_SUBMISSIONS = /^\s*with j_raw as [\s\S]*limit 100\b/;

test('a task that was locked for a request whose answer was lost is given back, and the job goes on', async () => {
  await loseAnswer();
  await bed.untilAllEnd(20_000);
  const isUnlocked = async () => {
    const { rows } = await bed.pool.query(
      'select id from graphile_worker._private_jobs where locked_at is not null',
    );
    return rows.length === 0;
  };
  await eventually('no task is locked', isUnlocked, { timeoutMs: 30_000 });
});

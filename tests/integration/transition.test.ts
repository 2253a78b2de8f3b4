import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { JOB_STATUSES, type JobStatus } from '../../packages/contract/src/index.ts';
import { findJob } from '../../packages/server/src/database/jobs.ts';
import { acquireLease, renewLeases } from '../../packages/server/src/database/leases.ts';
import type { JobRow } from '../../packages/server/src/database/tables.ts';
import { isTerminal, lifecycleOf } from '../../packages/server/src/domain/lifecycle.ts';
import { IllegalMove } from '../../packages/server/src/events/transition.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openStore, type Store } from '../support/stored-job.ts';

let database: TestDatabase;
let store: Store;

before(async () => {
  database = await createTestDatabase();
  store = await openStore(database.pool);
});
after(() => database.drop());

interface EventRow {
  readonly seq: number;
  readonly name: string;
  readonly description: string | null;
}

async function eventsOf(job: JobRow): Promise<EventRow[]> {
  const { rows } = await database.pool.query<EventRow>(
    'select seq, name, description from job_events where job_id = $1 order by seq',
    [job.id],
  );
  return rows;
}

async function tasksOf(job: JobRow): Promise<string[]> {
  const { rows } = await database.pool.query<{ key: string }>(
    'select key from graphile_worker.jobs where key like $1 order by key',
    [`%:${job.id}`],
  );
  return rows.map(({ key }) => key.split(':')[0] ?? '');
}

/** Puts a job into any status, past every rule: the rules are what is tested. */
async function jobIn(status: JobStatus): Promise<JobRow> {
  const job = await store.accept();
  await database.pool.query('update jobs set status = $2 where id = $1', [job.id, status]);
  return { ...job, status };
}

test('an accepted job has its first events and its first task in the same transaction', async () => {
  const job = await store.accept();
  assert.deepEqual(await eventsOf(job), [
    { seq: 1, name: 'CREATED', description: 'The job was updated' },
    { seq: 2, name: 'PENDING', description: 'Job accepted and queued for submission.' },
  ]);
  // A job without inputs has nothing to stage.
  assert.deepEqual(await tasksOf(job), ['submit']);
});

test('a chain of moves writes gapless events and queues the task of its last status', async () => {
  const job = await store.accept();
  const moved = await store.transition({
    job,
    moves: [{ to: 'PROCESSING_INPUTS' }, { to: 'PROCESSING_INPUTS', description: 'again' }, { to: 'STAGED' }],
    by: 'arras',
  });
  assert.equal(moved?.status, 'STAGED');
  const events = await eventsOf(job);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
  assert.equal(events.at(-1)?.description, 'Job inputs staged to execution system');
  assert.deepEqual(await tasksOf(job), ['submit']);
});

test('every pair of statuses moves or is refused as the table says, and a refusal writes nothing', async () => {
  for (const from of JOB_STATUSES) {
    for (const to of JOB_STATUSES) {
      const allowed = from === to ? !isTerminal(from) : lifecycleOf(from).next.includes(to);
      const job = await jobIn(from);
      const request = { job, moves: [{ to }], by: 'arras' } as const;
      if (allowed) {
        assert.equal((await store.transition(request))?.status, to, `${from} to ${to}`);
      } else {
        await assert.rejects(store.transition(request), IllegalMove, `${from} to ${to}`);
        assert.equal((await eventsOf(job)).length, 2, `${from} to ${to}`);
      }
    }
  }
});

test('twenty racing stops move a job once', async () => {
  const job = await store.accept();
  const stop = () => store.transition({ job, moves: [{ to: 'STOPPED' }], by: 'ada', lease: 'fence' });
  const results = await Promise.all(Array.from({ length: 20 }, stop));
  assert.equal(results.filter((moved) => moved !== null).length, 1);
  assert.deepEqual(
    (await eventsOf(job)).map(({ name }) => name),
    ['CREATED', 'PENDING', 'STOPPED'],
  );
});

test('a move by somebody who lost the job changes nothing', async () => {
  const job = await store.accept();
  const mine = await acquireLease(store.db, { jobId: job.id, replica: 'a', statuses: ['PENDING'] });
  assert.ok(mine);
  await database.pool.query(
    "update jobs set lease_until = clock_timestamp() - interval '1 second' where id = $1",
    [job.id],
  );
  const theirs = await acquireLease(store.db, { jobId: job.id, replica: 'b', statuses: ['PENDING'] });
  assert.ok(theirs && theirs.epoch > mine.epoch);
  assert.equal(
    await store.transition({ job: mine, moves: [{ to: 'PROCESSING_INPUTS' }], by: 'arras' }),
    null,
  );
  assert.ok(await store.transition({ job: theirs, moves: [{ to: 'PROCESSING_INPUTS' }], by: 'arras' }));
  assert.equal((await eventsOf(job)).length, 3);
});

test('a lease cannot be taken while somebody else holds it, and its renewal tells when it is lost', async () => {
  const job = await store.accept();
  const mine = await acquireLease(store.db, { jobId: job.id, replica: 'a', statuses: ['PENDING'] });
  assert.ok(mine);
  assert.equal(await acquireLease(store.db, { jobId: job.id, replica: 'b', statuses: ['PENDING'] }), null);
  const held = [{ jobId: job.id, epoch: mine.epoch }];
  assert.deepEqual([...(await renewLeases(store.db, 'a', held))], [job.id]);
  await store.transition({ job: mine, moves: [{ to: 'STOPPED' }], by: 'ada', lease: 'fence' });
  assert.deepEqual([...(await renewLeases(store.db, 'a', held))], []);
});

test('times are set once, by the status that means them', async () => {
  const job = await jobIn('SUBMITTING');
  const started = await store.transition({ job, moves: [{ to: 'QUEUED' }, { to: 'RUNNING' }], by: 'arras' });
  assert.ok(started?.start_time && started.submit_time.getTime() >= job.submit_time.getTime());
  const ended = await store.transition({
    job: started,
    moves: [{ to: 'CLEANING_UP' }, { to: 'FINISHED' }],
    by: 'arras',
  });
  assert.ok(ended?.end_time && ended.remote_ended);
  assert.equal(ended.start_time?.getTime(), started.start_time.getTime());
  assert.equal(ended.next_at, null);
  assert.equal(ended.deadline_at, null);
});

test('an attempt that begins anew keeps the limit of its phase, which retries would else put off for ever', async () => {
  const job = await jobIn('STAGING_INPUTS');
  await store.db
    .updateTable('jobs')
    .set({ deadline_at: new Date(1_000) })
    .where('id', '=', job.id)
    .execute();
  const again = await store.transition({
    job,
    moves: [{ to: 'PENDING' }, { to: 'PROCESSING_INPUTS' }],
    by: 'arras',
  });
  assert.equal(again?.deadline_at?.getTime(), 1_000);
  const staged = await store.transition({ job: again, moves: [{ to: 'STAGED' }], by: 'arras' });
  assert.ok((staged?.deadline_at?.getTime() ?? 0) > Date.now(), 'the next phase has a limit of its own');
});

test('whatever racing writers do, history and status agree and sequence numbers have no gap', async () => {
  const target = fc.constantFrom(...JOB_STATUSES);
  await fc.assert(
    fc.asyncProperty(fc.array(target, { minLength: 2, maxLength: 12 }), async (wishes) => {
      const job = await store.accept();
      await Promise.all(
        wishes.map(async (to) => {
          const current = (await findJob(store.db, job.id)) ?? job;
          await store
            .transition({ job: current, moves: [{ to }], by: 'arras', lease: 'keep' })
            .catch((error: unknown) => assert.ok(error instanceof IllegalMove));
        }),
      );
      const events = await eventsOf(job);
      const stored = await findJob(store.db, job.id);
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1),
      );
      assert.equal(stored?.seq, events.length);
      assert.equal(stored?.status, events.at(-1)?.name);
    }),
    { numRuns: 40 },
  );
});

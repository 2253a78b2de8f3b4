import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '@arras/contract';
import type { Change } from '../../database/changes.ts';
import type { StoredJob } from '../../database/stored-jobs.ts';
import { ChangeClock } from './change-clock.ts';
import { JobCopies } from './job-copies.ts';

/** Jobs in a table, whose reads take as long as the test likes, and a feed that tells what the test says. */
function bed({ hasCompany = false, maxBytes = 1_000_000 } = {}) {
  const clock = new ChangeClock();
  const table = new Map<string, { seq: number; status: string }>();
  const reads: { readonly ids: readonly string[]; end(): void }[] = [];
  const copies = new JobCopies({
    load: (ids) =>
      new Promise((resolve) => {
        // The snapshot is taken when the query is sent.
        const found = new Map(
          ids.flatMap((id) => {
            const row = table.get(id);
            return row === undefined ? [] : [[id, storedOf(id, row)] as const];
          }),
        );
        reads.push({ ids, end: () => resolve(found) });
      }),
    clock,
    hasCompany: () => hasCompany,
    maxBytes,
  });
  return {
    table,
    reads,
    copies,
    tell: (change: Change | null) => {
      clock.hear(change);
      copies.hear(change);
    },
    find: async (id: string) => copies.find(copies.entry(id as JobId)),
  };
}

function storedOf(id: string, row: { readonly seq: number; readonly status: string }): StoredJob {
  const job = {
    id,
    ...row,
    owner: 'ada',
    execution_system: 'exec',
    inputs: {},
    parameters: {},
    last_message: '',
  };
  return { job, grants: [], archived: false } as unknown as StoredJob;
}

const events = (id: string, seq: number): Change => ({ kind: 'events', id: id as JobId, owner: 'ada', seq });
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function read(given: ReturnType<typeof bed>, id: string): Promise<number | undefined> {
  const before = given.reads.length;
  const finding = given.find(id);
  await turn();
  for (const { end } of given.reads.slice(before)) end();
  return (await finding)?.job.seq;
}

test('a job is read once and then known until something changes', async () => {
  const given = bed();
  given.table.set('a', { seq: 2, status: 'PENDING' });
  for (let round = 0; round < 3; round += 1) assert.equal(await read(given, 'a'), 2);
  assert.equal(given.reads.length, 1);
  given.table.set('a', { seq: 3, status: 'STAGED' });
  given.tell(events('a', 3));
  assert.equal(await read(given, 'a'), 3);
  // A look at the tables tells of it once more.
  given.tell(events('a', 3));
  assert.equal(await read(given, 'a'), 3);
  assert.equal(given.reads.length, 2);
  given.tell({ kind: 'permissions', id: 'a' as JobId });
  await read(given, 'a');
  given.tell(null);
  await read(given, 'a');
  assert.equal(given.reads.length, 4);
});

test('a read that was sent before a change is not taken for the present', async () => {
  const given = bed();
  given.table.set('a', { seq: 2, status: 'PENDING' });
  const early = given.find('a');
  await turn();
  given.table.set('a', { seq: 3, status: 'STAGED' });
  given.tell(events('a', 3));
  const late = given.find('a');
  await turn();
  assert.equal(given.reads.length, 2, 'the early read does not answer the late request');
  given.reads[1]?.end();
  assert.equal((await late)?.job.seq, 3);
  // The early read comes last, and must not replace what is newer.
  given.reads[0]?.end();
  await early;
  assert.equal(await read(given, 'a'), 3);
  assert.equal(given.reads.length, 2);
});

test('a change without an event during a read makes its result stale as well', async () => {
  const given = bed();
  given.table.set('a', { seq: 2, status: 'PENDING' });
  const early = given.find('a');
  await turn();
  given.tell({ kind: 'job', id: 'a' as JobId, owner: 'ada' });
  given.reads[0]?.end();
  await early;
  await read(given, 'a');
  assert.equal(given.reads.length, 2);
});

test('a change that nobody could hear because the job was forgotten is not lost', async () => {
  const given = bed({ maxBytes: 1_000 });
  given.table.set('a', { seq: 2, status: 'PENDING' });
  const early = given.find('a');
  await turn();
  await read(given, 'b');
  await read(given, 'c');
  given.table.set('a', { seq: 3, status: 'STAGED' });
  given.tell(events('a', 3));
  const late = given.find('a');
  await turn();
  for (const { end } of given.reads) end();
  await early;
  assert.equal((await late)?.job.seq, 3);
});

test('looks at the system, which change no job, leave copies as they are', async () => {
  const given = bed();
  given.table.set('running', { seq: 5, status: 'RUNNING' });
  await read(given, 'running');
  given.tell({ kind: 'system', id: 'exec' });
  await read(given, 'running');
  assert.equal(given.reads.length, 1);
});

test('with company copies of what still changes are good for three seconds, alone for a minute', async (t) => {
  t.mock.method(performance, 'now', () => nowMs);
  let nowMs = 0;
  for (const [hasCompany, status, ageMs] of [
    [true, 'PENDING', 3_000],
    [true, 'FINISHED', 60_000],
    [false, 'PENDING', 60_000],
  ] as const) {
    const given = bed({ hasCompany });
    given.table.set('a', { seq: 1, status });
    await read(given, 'a');
    nowMs += ageMs - 1;
    await read(given, 'a');
    assert.equal(given.reads.length, 1);
    nowMs += 1;
    await read(given, 'a');
    assert.equal(given.reads.length, 2);
  }
});

test('the least recently asked for goes first when memory is full, and jobs that are not there take none', async () => {
  const given = bed({ maxBytes: 10_000 });
  for (const id of ['a', 'b', 'c', 'd']) given.table.set(id, { seq: 1, status: 'PENDING' });
  for (const id of ['a', 'b', 'a', 'c', 'd']) await read(given, id);
  assert.ok(given.copies.bytes <= 10_000);
  const before = given.reads.length;
  await read(given, 'd');
  assert.equal(given.reads.length, before);
  await read(given, 'b');
  assert.equal(given.reads.length, before + 1);
  const bytes = given.copies.bytes;
  assert.equal(await read(given, 'nobody'), undefined);
  assert.ok(given.copies.bytes <= bytes);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import type { HistoryEntry, JobStatus, JobView } from '../../packages/contract/src/index.ts';
import { forgetMessages } from '../../packages/server/src/database/job-messages.ts';
import type { MessageKind } from '../../packages/server/src/domain/job-message.ts';
import { tryTag } from '../../packages/server/src/domain/places.ts';
import { JobMessages } from '../../packages/server/src/engine/job-messages.ts';
import { type JobApi, startJobApi } from '../support/job-api.ts';
import { freshNumber, signedFile } from '../support/signed-message.ts';

let api: JobApi;
let logged: string[] = [];
before(async () => {
  api = await startJobApi();
});
after(() => api.close());

/** What a process has when it starts. */
function createMessages(): JobMessages {
  logged = [];
  const log = pino({}, { write: (line) => logged.push(line) });
  return new JobMessages({ ...api.engine, log });
}

async function inTry(status: JobStatus, tryNumber = 1): Promise<JobView> {
  const { json } = await api.call('POST', '/jobs/v2', { body: { name: 'j', appId: 'plot-0.1.0' } });
  await api.db
    .updateTable('jobs')
    .set({ status, try_number: tryNumber })
    .where('id', '=', json.result.id)
    .execute();
  return json.result;
}

const setStatus = (job: JobView, status: JobStatus) =>
  api.db.updateTable('jobs').set({ status }).where('id', '=', job.id).execute();

function file(
  job: JobView,
  kind: MessageKind,
  more: { sentAtMs?: number; tryNumber?: number; json?: string } = {},
) {
  const number = freshNumber(more.sentAtMs);
  return signedFile(
    api.messages.messageKeys,
    { tag: tryTag(job.id, more.tryNumber ?? 1), number, kind },
    more.json,
  );
}

const event = (name: string, more: object = {}) =>
  JSON.stringify({ CUSTOM_USER_JOB_EVENT_NAME: name, ...more });

async function namesOf({ id }: JobView): Promise<readonly string[]> {
  const { json } = await api.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history`);
  return json.result.slice(1).map((entry) => entry.status);
}

test('a message is taken in once, however often it comes and whichever process takes it', async () => {
  const job = await inTry('QUEUED');
  const said = [
    file(job, 'RUNNING'),
    file(job, 'HEARTBEAT'),
    file(job, 'EVENT', { json: event('STEP', { a: 1 }) }),
  ];
  const processes = [createMessages(), createMessages(), createMessages()];
  const words = await Promise.all(
    processes.flatMap((messages) => said.map((each) => messages.take('exec', each))),
  );
  assert.ok(words.every((word) => word === 'taken'));
  assert.deepEqual(await namesOf(job), ['RUNNING', 'HEARTBEAT', 'STEP']);
  const data = await api.db
    .selectFrom('job_events')
    .select('data')
    .where('job_id', '=', job.id)
    .where('name', '=', 'STEP')
    .execute();
  assert.deepEqual(data, [{ data: { CUSTOM_USER_JOB_EVENT_NAME: 'STEP', a: 1 } }]);
});

test('what comes before the answer to the submission waits for it, and stays in its order', async () => {
  const messages = createMessages();
  const job = await inTry('STAGING_JOB');
  const said = [
    file(job, 'RUNNING'),
    file(job, 'EVENT', { json: event('A') }),
    file(job, 'EVENT', { json: event('B') }),
  ];
  const [first, second, third] = said.map((each) => () => messages.take('exec', each));
  assert.equal(await first?.(), 'later');
  await setStatus(job, 'QUEUED');
  assert.deepEqual([await second?.(), await third?.()], ['later', 'later'], 'they wait behind the first');
  assert.deepEqual([await first?.(), await second?.(), await third?.()], ['taken', 'taken', 'taken']);
  assert.deepEqual(await namesOf(job), ['RUNNING', 'A', 'B']);
});

test('what is forged, foreign, old, late or no event moves nothing, and is told without its content', async () => {
  const messages = createMessages();
  const [job, other, ended, second] = [
    await inTry('QUEUED'),
    await inTry('QUEUED'),
    await inTry('FINISHED'),
    await inTry('QUEUED', 2),
  ];
  const good = file(job, 'HEARTBEAT');
  const broken = (change: (text: string) => string) => {
    const each = file(job, 'EVENT', { json: event('STEP', { secret: 'CANARY' }) });
    return { ...each, content: Buffer.from(change(Buffer.from(each.content).toString())) };
  };
  const otherKey = signedFile(api.messages.messageKeys, {
    tag: tryTag(other.id, 1),
    number: freshNumber(),
    kind: 'RUNNING',
  });
  const renamed = (text: string) => text.replaceAll(other.id, job.id);
  const dropped: readonly (readonly [string, ReturnType<typeof file>, system?: string])[] = [
    ['badly signed', broken((text) => text.replace('CANARY', 'canary'))],
    ['badly signed', broken((text) => text.replace(' EVENT ', ' HEARTBEAT '))],
    [
      'badly signed',
      {
        name: renamed(otherKey.name),
        content: Buffer.from(renamed(Buffer.from(otherKey.content).toString())),
      },
    ],
    ['malformed', broken((text) => text.slice(20))],
    ['malformed', { ...good, content: new Uint8Array() }],
    ['malformed', { ...good, name: file(job, 'HEARTBEAT').name }],
    ['no event', file(job, 'EVENT', { json: event('FINISHED') })],
    ['no event', file(job, 'EVENT', { json: '{"x":1}' })],
    ['no event', file(job, 'EVENT', { json: '[1' })],
    ['no event', file(job, 'EVENT', { json: event('A', { text: 'x'.repeat(5_200) }) })],
    ['no event', file(job, 'EVENT', { json: `{"a":${'['.repeat(7_000)}` })],
    ['no event', file(job, 'EVENT', { json: '{"CUSTOM_USER_JOB_EVENT_NAME":"A","__proto__":{"a":1}}' })],
    ['no event', file(job, 'EVENT', { json: event('A', { text: '\0' }) })],
    ['foreign', file(job, 'RUNNING'), 'elsewhere'],
    ['of an earlier try', file(second, 'RUNNING', { tryNumber: 1 })],
    ['of an earlier try', file(second, 'RUNNING', { tryNumber: 3 })],
    ['too late', file(ended, 'HEARTBEAT')],
  ];
  for (const [reason, each, system = 'exec'] of dropped) {
    logged = [];
    const fresh = createMessages();
    assert.equal(await fresh.take(system, each), 'taken', reason);
    assert.match(logged.join(''), new RegExp(`"reason":"${reason}"`), logged.join(''));
    assert.doesNotMatch(logged.join(''), /canary/i);
  }
  for (const each of [job, other, ended, second]) assert.deepEqual(await namesOf(each), [], each.id);
  assert.equal(await messages.take('exec', good), 'taken');
  assert.deepEqual(await namesOf(job), ['RUNNING', 'HEARTBEAT']);
});

test('a flood of ten thousand is cut, told once, and hinders no other job', async () => {
  const messages = createMessages();
  const [loud, quiet] = [await inTry('RUNNING'), await inTry('QUEUED')];
  const now = Date.now();
  const flood = Array.from({ length: 10_000 }, (_, index) =>
    file(loud, 'HEARTBEAT', { sentAtMs: now - 86_400_000 + index * 8_640 }),
  );
  for (let start = 0; start < flood.length; start += 300) {
    const taken = flood.slice(start, start + 300).map((each) => messages.take('exec', each));
    if (start === 300) taken.push(messages.take('exec', file(quiet, 'RUNNING')));
    await Promise.all(taken);
    if (start === 300) assert.deepEqual(await namesOf(quiet), ['RUNNING']);
  }
  const recorded = (await namesOf(loud)).length;
  assert.ok(recorded >= 30 && recorded < 60, `${recorded} of a job that is seconds old`);
  assert.equal(logged.filter((line) => line.includes('too many')).length, 1);
});

test('while the database is away messages stay where they are', async () => {
  const job = await inTry('QUEUED');
  const gone = new Proxy(api.engine.db, {
    get: () => () => {
      throw new Error('the database is away');
    },
  });
  const messages = new JobMessages({ ...api.engine, db: gone });
  const said = file(job, 'RUNNING');
  assert.equal(await messages.take('exec', said), 'later');
  assert.equal(await createMessages().take('exec', said), 'taken');
  assert.deepEqual(await namesOf(job), ['RUNNING']);
});

test('what was taken in is forgotten some time after the job has ended, and not before', async () => {
  const [goesOn, ends] = [await inTry('RUNNING'), await inTry('RUNNING')];
  const messages = createMessages();
  for (const job of [goesOn, ends]) await messages.take('exec', file(job, 'HEARTBEAT'));
  await setStatus(ends, 'FINISHED');
  await forgetMessages(api.db);
  const rows = await api.db.selectFrom('job_messages').select('job_id').execute();
  const left = new Set(rows.map((row) => row.job_id));
  assert.deepEqual([left.has(goesOn.id), left.has(ends.id)], [true, false]);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type HistoryEntry,
  type JobStatus,
  type JobView,
  jobSchema,
} from '../../packages/contract/src/index.ts';
import type { SubscriptionRow } from '../../packages/server/src/database/tables.ts';
import type { MessageKind } from '../../packages/server/src/domain/job-message.ts';
import { tryTag } from '../../packages/server/src/domain/places.ts';
import { type ApiAnswer, type JobApi, startJobApi } from '../support/job-api.ts';
import { freshNumber, signMessage } from '../support/signed-message.ts';

let api: JobApi;
before(async () => {
  api = await startJobApi();
});
after(() => api.close());

/** A job whose program runs, as far as the tables say. */
async function running(status: JobStatus = 'RUNNING', more: object = {}): Promise<JobView> {
  const answer = await api.call('POST', '/jobs/v2', { body: { name: 'j', appId: 'plot-0.1.0', ...more } });
  const { id } = answer.json.result;
  await api.db.updateTable('jobs').set({ status }).where('id', '=', id).execute();
  return answer.json.result;
}

function address(
  { id }: Pick<JobView, 'id'>,
  status: string,
  token = api.messages.jobTokens.tokenOf(id),
): string {
  return `/jobs/v2/trigger/job/${id}/token/${token}/status/${status}`;
}

/** Without a login, as a program calls. */
function call<Result = JobView>(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
): Promise<ApiAnswer<Result>> {
  return api.call<Result>(method, url, {
    headers: { authorization: '' },
    ...(body !== undefined && { body }),
  });
}

async function historyOf(id: JobView['id']) {
  return (await api.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history`)).json.result.slice(1);
}

test('a heartbeat is an event and changes no status, with GET and with POST without a body', async () => {
  const job = await running();
  const answer = await call('GET', address(job, 'HEARTBEAT'));
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(jobSchema.parse(answer.json.result), answer.json.result);
  assert.equal((await call('POST', address(job, 'heartbeat'))).status, 200);
  const filtered = await call('GET', `${address(job, 'HEARTBEAT')}?filter=id,status`);
  assert.deepEqual(filtered.json.result, { id: job.id, status: 'RUNNING' });
  const entries = (await historyOf(job.id)).map((entry) => [entry.status, entry.description]);
  assert.deepEqual(
    entries,
    Array.from({ length: 3 }, () => ['HEARTBEAT', 'Job heartbeat received']),
  );
});

test('the address with a local id is accepted, and the id is not believed', async () => {
  const job = await running();
  const url = address(job, 'HEARTBEAT').replace('/token/', '/localid/99999/token/');
  assert.equal((await call('GET', url)).json.result.localId, null);
});

test('a program sends its own events to those who subscribed to their name or to everything', async () => {
  const notifications = ['STEP_DONE', 'OTHER', '*'].map((event) => ({
    url: 'ada@example.org',
    event,
    persistent: true,
  }));
  const job = await running('RUNNING', { notifications });
  const body = { step: 3, CUSTOM_USER_JOB_EVENT_NAME: 'STEP_DONE', of: { total: 7 } };
  const answer = await call<object>('POST', address(job, 'HEARTBEAT'), body);
  assert.deepEqual([answer.status, answer.json.result], [202, body]);
  const [entry] = await historyOf(job.id);
  assert.deepEqual([entry?.status, entry?.createdBy], ['STEP_DONE', 'ada']);
  const matched = await api.db
    .selectFrom('deliveries')
    .innerJoin('subscriptions', 'subscriptions.id', 'deliveries.subscription_id')
    .select(['subscriptions.event', 'deliveries.data'])
    .where('deliveries.event_name', '=', 'STEP_DONE')
    .where('deliveries.lane', '=', job.id)
    .orderBy('subscriptions.event')
    .execute();
  assert.deepEqual(
    matched.map((row) => [row.event, row.data]),
    [
      ['*', body],
      ['STEP_DONE', body],
    ],
  );
});

test('an event needs a name that is not the service’s own, and fits into 5120 characters', async () => {
  const job = await running();
  const send = (body: unknown) => call('POST', address(job, 'HEARTBEAT'), body);
  for (const name of [
    'FINISHED',
    'finished',
    'ROLES_GRANT',
    'PUBLISHED',
    'JOB_FAILED',
    'a b',
    '',
    'x'.repeat(33),
  ]) {
    const answer = await send({ CUSTOM_USER_JOB_EVENT_NAME: name, x: 1 });
    assert.equal(answer.status, 400, name);
  }
  assert.deepEqual(await historyOf(job.id), []);
  const other = await running();
  const long = { CUSTOM_USER_JOB_EVENT_NAME: 'A', text: 'x'.repeat(5_120) };
  assert.equal((await call('POST', address(other, 'HEARTBEAT'), long)).status, 400);
  assert.equal((await call('POST', address(other, 'HEARTBEAT'), { x: 1 })).status, 400);
  assert.equal((await call('POST', address(other, 'HEARTBEAT'), '[1]')).status, 400);
  for (const text of ['\0', '\ud800'])
    assert.equal(
      (await call('POST', address(other, 'HEARTBEAT'), { CUSTOM_USER_JOB_EVENT_NAME: 'A', text })).status,
      400,
    );
  assert.equal(
    (await call('POST', address(other, 'RUNNING'), { CUSTOM_USER_JOB_EVENT_NAME: 'A' })).status,
    404,
  );
});

test('a status is a hint: it makes the service look, and moves nothing', async () => {
  const job = await running();
  const tasks = async () => {
    const { rows } = await api.pool.query<{ key: string }>(
      'select key from graphile_worker.jobs order by key',
    );
    return rows.map((row) => row.key).filter((key) => /^(collect|monitor):/.test(key));
  };
  for (const status of ['FINISHED', 'FAILED', 'CLEANING_UP']) {
    const answer = await call('GET', address(job, status));
    assert.deepEqual([answer.status, answer.json.result.status], [200, 'RUNNING'], status);
  }
  assert.deepEqual(await tasks(), ['collect:exec']);
  await call('GET', address(job, 'RUNNING'));
  assert.deepEqual(await tasks(), ['collect:exec', 'monitor:exec']);
  assert.deepEqual(await historyOf(job.id), []);
});

test('forged calls are refused: a wrong token, that of another job, an unknown job or status, an ended job', async () => {
  const [job, other] = [await running(), await running()];
  const codeOf = async (url: string) => {
    const answer = await call('GET', url);
    return [answer.status, answer.json.code];
  };
  const otherToken = api.messages.jobTokens.tokenOf(other.id);
  assert.deepEqual(await codeOf(address(job, 'HEARTBEAT', 'x')), [403, 'callback.wrong-token']);
  assert.deepEqual(await codeOf(address(job, 'HEARTBEAT', otherToken)), [403, 'callback.wrong-token']);
  const missing = { id: '1674389564419740136-242ac113-0001-007' as JobView['id'] };
  assert.deepEqual(await codeOf(address(missing, 'HEARTBEAT')), [404, 'job.not-found']);
  assert.deepEqual(await codeOf(address(job, 'DANCING')), [400, 'request.invalid']);
  for (const status of ['PENDING', 'FINISHED', 'ARCHIVING', 'STOPPED'] as const) {
    assert.deepEqual(
      await codeOf(address(await running(status), 'HEARTBEAT')),
      [400, 'callback.impossible'],
      status,
    );
  }
  await api.db.updateTable('jobs').set({ visible: false }).where('id', '=', other.id).execute();
  assert.deepEqual(await codeOf(address(other, 'HEARTBEAT')), [400, 'callback.impossible']);
});

/** Signs a call as the functions in a program do: the key of a try, over its number and kind and the body's bytes. */
function signedCall<Result = JobView>(
  job: Pick<JobView, 'id'>,
  said: {
    readonly kind: MessageKind;
    readonly number?: string;
    readonly tryNumber?: number;
    readonly body?: string;
    readonly sent?: string;
    readonly status?: string;
  },
): Promise<ApiAnswer<Result>> {
  const { kind, number = freshNumber(), tryNumber = 1, body = '' } = said;
  const tag = tryTag(job.id, tryNumber);
  const data = Buffer.from(body);
  const signature = signMessage(api.messages.messageKeys, { tag, number, kind, data });
  return api.call<Result>(body === '' ? 'GET' : 'POST', address(job, said.status ?? 'HEARTBEAT'), {
    headers: { authorization: '', 'arras-message': `${number} ${signature}` },
    ...(body !== '' && { body: said.sent ?? body }),
  });
}

async function inTry(status: JobStatus, tryNumber = 1): Promise<JobView> {
  const job = await running(status);
  await api.db.updateTable('jobs').set({ try_number: tryNumber }).where('id', '=', job.id).execute();
  return job;
}

const namesOf = async (id: JobView['id']) => (await historyOf(id)).map((entry) => entry.status);

test('a signed call that is repeated is answered alike and recorded once', async () => {
  const job = await inTry('RUNNING');
  const body = '{ "CUSTOM_USER_JOB_EVENT_NAME": "STEP",\n "x": "\\u00e9" }';
  const number = freshNumber();
  for (const round of [1, 2]) {
    const answer = await signedCall<object>(job, { kind: 'EVENT', number, body });
    assert.deepEqual(
      [answer.status, answer.json.result],
      [202, { CUSTOM_USER_JOB_EVENT_NAME: 'STEP', x: 'é' }],
      `round ${round}`,
    );
  }
  const beat = freshNumber();
  for (let round = 0; round < 2; round += 1)
    assert.equal((await signedCall(job, { kind: 'HEARTBEAT', number: beat })).status, 200);
  assert.deepEqual(await namesOf(job.id), ['STEP', 'HEARTBEAT']);
});

test('the first signed word of a try makes a queued job RUNNING, and nothing makes it more', async () => {
  const [started, speaking, submitted] = [
    await inTry('QUEUED'),
    await inTry('QUEUED'),
    await inTry('STAGING_JOB'),
  ];
  const answer = await signedCall(started, { kind: 'RUNNING', status: 'RUNNING' });
  assert.equal(answer.json.result.status, 'RUNNING');
  assert.equal((await signedCall(speaking, { kind: 'HEARTBEAT' })).json.result.status, 'RUNNING');
  assert.deepEqual(await namesOf(speaking.id), ['RUNNING', 'HEARTBEAT']);
  const early = await signedCall(submitted, { kind: 'RUNNING', status: 'RUNNING' });
  assert.deepEqual([early.status, early.json.result.status], [200, 'STAGING_JOB']);
  for (const status of ['FINISHED', 'CLEANING_UP', 'FAILED']) {
    const claimed = await signedCall(started, { kind: 'RUNNING', status });
    assert.deepEqual([claimed.status, claimed.json.result.status], [200, 'RUNNING'], status);
  }
  assert.deepEqual(await namesOf(started.id), ['RUNNING']);
});

test('a call signed by another try, for another kind, or over other bytes is refused and moves nothing', async () => {
  const job = await inTry('QUEUED', 2);
  const body = '{"CUSTOM_USER_JOB_EVENT_NAME":"STEP","x":1}';
  const refused = [
    await signedCall(job, { kind: 'HEARTBEAT', tryNumber: 1 }),
    await signedCall(job, { kind: 'RUNNING', tryNumber: 2 }),
    await signedCall(job, { kind: 'EVENT', tryNumber: 2, body, sent: body.replace('1', '2') }),
  ];
  for (const answer of refused)
    assert.deepEqual([answer.status, answer.json.code], [403, 'callback.wrong-token']);
  const headers = { authorization: '', 'arras-message': 'nonsense' };
  assert.equal((await api.call('GET', address(job, 'HEARTBEAT'), { headers })).status, 400);
  assert.deepEqual(await namesOf(job.id), []);
});

test('a flood of heartbeats is held back, and hinders no other job', async () => {
  const [job, other] = [await running(), await running()];
  const statuses = [];
  for (let count = 0; count < 7; count += 1)
    statuses.push((await call('GET', address(job, 'HEARTBEAT'))).status);
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
  const refused = await call('GET', address(job, 'HEARTBEAT'));
  assert.equal(refused.headers['retry-after'], '10');
  assert.equal((await call('GET', address(other, 'HEARTBEAT'))).status, 200);
  assert.equal((await historyOf(job.id)).length, 5);
});

test('the token of a job is in no answer and no table', async () => {
  const job = await running('RUNNING', { notifications: [{ url: 'a@b.org', event: '*' }] });
  const token = api.messages.jobTokens.tokenOf(job.id);
  const answers = [await call('GET', address(job, 'HEARTBEAT')), await api.call('GET', `/jobs/v2/${job.id}`)];
  for (const answer of answers) assert.equal(answer.text.includes(token), false);
  const row = await api.db.selectFrom('jobs').selectAll().where('id', '=', job.id).executeTakeFirstOrThrow();
  const deliveries = await api.db
    .selectFrom('deliveries')
    .selectAll()
    .where('lane', '=', job.id as SubscriptionRow['associated_uuid'])
    .execute();
  assert.equal(JSON.stringify([row, deliveries]).includes(token), false);
});

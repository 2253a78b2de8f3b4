import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { HistoryEntry, JobId, JobView } from '../../packages/contract/src/index.ts';
import { type JobApi, startJobApi, TEST_APP } from '../support/job-api.ts';

let api: JobApi;
before(async () => {
  api = await startJobApi();
});
after(() => api?.close());

async function submit(more: Record<string, unknown> = {}): Promise<JobView> {
  const body = { name: 'my job', appId: 'plot-0.1.0', archive: false, ...more };
  return (await api.call('POST', '/jobs/v2', { body })).json.result;
}

/** As the command line of the original sends it. */
const bare = (id: string, action: string) =>
  api.call('POST', `/jobs/v2/${id}/${action}`, {
    headers: { 'content-type': 'application/json', 'content-length': '0' },
  });

const act = (id: string, body: Record<string, unknown>, as?: 'ada' | 'bob') =>
  api.call('POST', `/jobs/v2/${id}`, { body, ...(as && { as }) });

interface Subscription {
  readonly url: string;
  readonly event: string;
}

async function subscriptionsOf(id: JobId | string): Promise<Subscription[]> {
  const answer = await api.call<Subscription[]>('GET', `/notifications/v2?associatedUuid=${id}`);
  return answer.json.result.map(({ url, event }) => ({ url, event }));
}

test('a job is submitted again as a new one, with an empty body too', async () => {
  const first = await submit({
    nodeCount: 1,
    maxRunTime: '00:10:00',
    notifications: [
      { url: 'https://bob:secret@gateway.example.org/hook', event: 'FINISHED', persistent: true },
    ],
  });
  const again = await bare(first.id, 'resubmit');
  assert.equal(again.status, 202, again.text);
  const second = again.json.result;
  assert.notEqual(second.id, first.id);
  assert.equal(second.status, 'PENDING');
  for (const field of ['name', 'appId', 'owner', 'inputs', 'parameters', 'nodeCount', 'maxRunTime'] as const)
    assert.deepEqual(second[field], first[field], field);
  assert.deepEqual(await subscriptionsOf(second.id), await subscriptionsOf(first.id));
  assert.equal((await subscriptionsOf(second.id)).length, 1);
  const { rows } = await api.database.pool.query(
    'select credentials is not null as sealed from subscriptions where associated_uuid = $1',
    [second.id],
  );
  assert.deepEqual(rows, [{ sealed: true }], 'with its user and password');
});

test('the action does the same, without the subscriptions on request', async () => {
  const first = await submit({ notifications: [{ url: 'ada@example.org', event: '*' }] });
  const answer = await act(first.id, { action: 'resubmit', preserveNotifications: 'False' });
  assert.equal(answer.status, 202, answer.text);
  assert.deepEqual(await subscriptionsOf(answer.json.result.id), []);
});

test('only the owner submits a job again', async () => {
  const first = await submit();
  assert.equal((await act(first.id, { action: 'resubmit' }, 'bob')).status, 404);
  await api.call('POST', `/jobs/v2/${first.id}/pems`, { body: { username: 'bob', permission: 'ALL' } });
  assert.equal((await act(first.id, { action: 'resubmit' }, 'bob')).status, 403);
  assert.equal((await bare('1674389564419740136-242ac113-0001-007', 'resubmit')).status, 404);
});

test('a hidden job is in no listing and comes back with all it had', async () => {
  const { id } = await submit();
  const hidden = await bare(id, 'hide');
  assert.equal(hidden.status, 200, hidden.text);
  assert.equal((await api.call('GET', `/jobs/v2/${id}`)).status, 404);
  assert.equal((await bare(id, 'hide')).status, 404);
  assert.equal((await act(id, { action: 'stop' })).status, 404);
  assert.equal((await act(id, { action: 'restore' }, 'bob')).status, 404, 'not theirs');
  const back = await bare(id, 'unhide');
  assert.equal(back.status, 200, back.text);
  assert.equal((await api.call('GET', `/jobs/v2/${id}`)).status, 200);
  const history = await api.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history`);
  assert.deepEqual(history.json.result.map(({ status }) => status).slice(-2), ['DELETED', 'UPDATED']);
  assert.equal((await bare(id, 'unhide')).status, 200, 'again is no harm');
  const twice = await act(id, { action: 'restore' });
  assert.equal(twice.status, 400);
  assert.match(twice.text, /action: the job is not hidden/);
});

test('a deleted job can be restored', async () => {
  const { id } = await submit();
  assert.equal((await api.call('DELETE', `/jobs/v2/${id}`)).status, 200);
  const back = await act(id, { action: 'restore' });
  assert.equal(back.status, 200, back.text);
  assert.equal(back.json.result.status, 'STOPPED');
});

test('what the app no longer has is left out, or refused by name where conflicts count', async () => {
  await api.write('home/apps/plot/wrapper.sh', 'true\n');
  await api.write('home/data.csv', '1,2\n');
  const { id } = await submit({ inputs: { dataset: 'agave://store/data.csv' }, parameters: { width: 3 } });
  const [, ...parameters] = TEST_APP.parameters;
  const body = { ...TEST_APP, inputs: [], parameters };
  const changed = await api.call('POST', '/apps/v2/plot-0.1.0', { as: 'root', body });
  assert.equal(changed.status, 200, changed.text);
  const refused = async (answer: ReturnType<typeof act>) => {
    const { status, json } = await answer;
    return [status, json.errors?.map(({ field }) => field)];
  };
  const counts = { ignoreInputConflicts: false, ignoreParameterConflicts: 'False' };
  assert.deepEqual(await refused(act(id, { action: 'resubmit', ...counts })), [
    400,
    ['inputs.dataset', 'parameters.width'],
  ]);
  const form = api.call('POST', `/jobs/v2/${id}/resubmit`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'ignoreInputConflicts=true&ignoreParameterConflicts=false',
  });
  assert.deepEqual(await refused(form), [400, ['parameters.width']]);
  const again = await bare(id, 'resubmit');
  assert.equal(again.status, 202, again.text);
  assert.deepEqual([again.json.result.inputs, again.json.result.parameters['width']], [{}, undefined]);
});

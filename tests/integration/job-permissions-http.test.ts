import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type HistoryEntry,
  JOB_PERMISSIONS,
  type JobPermissionView,
  type JobSummary,
  type JobView,
  jobPermissionSchema,
} from '../../packages/contract/src/index.ts';
import { type ApiUser, type JobApi, startJobApi } from '../support/job-api.ts';

let api: JobApi;
before(async () => {
  api = await startJobApi();
});
after(() => api.close());

async function submit(): Promise<JobView> {
  const answer = await api.call('POST', '/jobs/v2', { body: { name: 'j', appId: 'plot-0.1.0' } });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

const NOTHING = { read: false, write: false, execute: false };

test('every permission is given in every spelling and shown as three booleans', async () => {
  const { id } = await submit();
  for (const [word, permission] of Object.entries(JOB_PERMISSIONS)) {
    for (const spelling of [word, word.toLowerCase(), `${word}_PERMISSION`]) {
      const body = { username: 'bob', permission: spelling };
      const answer = await api.call<JobPermissionView>('POST', `/jobs/v2/${id}/pems`, { body });
      assert.equal(answer.status, 201, answer.text);
      assert.deepEqual(jobPermissionSchema.parse(answer.json.result), answer.json.result);
      assert.deepEqual([answer.json.result.username, answer.json.result.permission], ['bob', permission]);
    }
  }
});

test('the owner comes first, others by name; one user is one object, whatever the case of the name', async () => {
  const { id } = await submit();
  await api.call('POST', `/jobs/v2/${id}/pems`, { body: { username: 'world', permission: 'READ' } });
  await api.call('POST', `/jobs/v2/${id}/pems/Bob`, { body: { permission: 'READ_WRITE' } });
  const listed = await api.call<JobPermissionView[]>('GET', `/jobs/v2/${id}/pems`);
  assert.deepEqual(
    listed.json.result.map((entry) => [entry.username, Object.values(entry.permission)]),
    [
      ['ada', [true, true, true]],
      ['bob', [true, true, false]],
      ['world', [true, false, false]],
    ],
  );
  const rest = await api.call<JobPermissionView[]>('GET', `/jobs/v2/${id}/pems?offset=1`);
  assert.deepEqual(
    rest.json.result.map((entry) => entry.username),
    ['world'],
  );
  const one = await api.call<JobPermissionView>('GET', `/jobs/v2/${id}/pems/BOB`);
  assert.equal(one.json.result._links.self.href, `https://api.example.org/jobs/v2/${id}/pems/bob`);
  assert.equal((await api.call('GET', `/jobs/v2/${id}/pems/root`)).json.code, 'permission.not-found');
});

test('an empty permission revokes and is answered with 200, NONE and null with 201', async () => {
  const { id } = await submit();
  for (const [permission, status] of [
    ['', 200],
    ['NONE', 201],
    [null, 201],
  ] as const) {
    await api.call('POST', `/jobs/v2/${id}/pems/bob`, { body: { permission: 'ALL' } });
    const answer = await api.call<JobPermissionView>('POST', `/jobs/v2/${id}/pems/bob`, {
      body: { permission },
    });
    assert.deepEqual([answer.status, answer.json.result.permission], [status, NOTHING], answer.text);
    assert.equal((await api.call('GET', `/jobs/v2/${id}/pems/bob`)).status, 404);
  }
});

test('what cannot be given is refused by its reason', async () => {
  const { id } = await submit();
  const give = (path: string, body: unknown) => api.call('POST', `/jobs/v2/${id}/pems${path}`, { body });
  assert.equal((await give('', { username: 'bob', permission: 'OWN' })).status, 400);
  assert.equal((await give('', { username: 'bob' })).status, 400);
  assert.equal((await give('', { permission: 'READ' })).status, 400);
  assert.equal((await give('/bob', { username: 'root', permission: 'READ' })).status, 400);
  assert.equal((await give('', { username: 'nobody', permission: 'READ' })).json.code, 'profile.not-found');
  assert.equal((await give('/ada', { permission: 'NONE' })).status, 403);
  assert.equal((await api.call('DELETE', `/jobs/v2/${id}/pems/ADA`)).status, 403);
});

test('a form gives a permission as JSON does', async () => {
  const { id } = await submit();
  const answer = await api.call<JobPermissionView>('POST', `/jobs/v2/${id}/pems`, {
    body: 'username=bob&permission=read',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(answer.status, 201, answer.text);
});

test('READ shows, WRITE acts, and who has neither is told nothing', async () => {
  const { id } = await submit();
  const reads = ['', '/status', '/history', '/pems'];
  const statuses = async (as: ApiUser = 'bob') =>
    Promise.all(reads.map(async (path) => (await api.call('GET', `/jobs/v2/${id}${path}`, { as })).status));
  const stop = async () =>
    (await api.call('POST', `/jobs/v2/${id}`, { as: 'bob', body: { action: 'pause' } })).status;
  const allow = (permission: string) => api.call('POST', `/jobs/v2/${id}/pems/bob`, { body: { permission } });
  assert.deepEqual([await statuses(), await stop()], [[404, 404, 404, 404], 404]);
  await allow('READ');
  assert.deepEqual([await statuses(), await stop()], [[200, 200, 200, 200], 403]);
  assert.equal((await api.call('DELETE', `/jobs/v2/${id}`, { as: 'bob' })).status, 403);
  const self = { as: 'bob', body: { permission: 'ALL' } } as const;
  assert.equal((await api.call('POST', `/jobs/v2/${id}/pems/bob`, self)).status, 403);
  await allow('WRITE');
  assert.deepEqual([await statuses(), await stop()], [[403, 403, 403, 403], 409]);
  await allow('EXECUTE');
  assert.deepEqual([await statuses(), await stop()], [[403, 403, 403, 403], 403]);
  await allow('NONE');
  assert.deepEqual([await statuses(), await stop()], [[404, 404, 404, 404], 404]);
  assert.deepEqual(await statuses('root'), [200, 200, 200, 200]);
});

test('a list has one’s own jobs and the shared ones in one order, each once, and pages through both', async () => {
  const jobs = [await submit(), await submit(), await submit()];
  const mine = await api.call('POST', '/jobs/v2', { as: 'bob', body: { name: 'mine', appId: 'plot-0.1.0' } });
  const [first, second] = jobs;
  assert.ok(first && second);
  await api.call('POST', `/jobs/v2/${first.id}/pems/bob`, { body: { permission: 'READ' } });
  await api.call('POST', `/jobs/v2/${second.id}/pems`, { body: { username: 'world', permission: 'READ' } });
  await api.call('POST', `/jobs/v2/${second.id}/pems/bob`, { body: { permission: 'ALL' } });
  const idsOf = async (query: string, as: ApiUser = 'bob') =>
    (await api.call<JobSummary[]>('GET', `/jobs/v2${query}`, { as })).json.result.map((row) => row.id);
  const expected = [mine.json.result.id, second.id, first.id];
  assert.deepEqual((await idsOf('?orderBy=created&order=DESC')).slice(0, 3), expected);
  assert.deepEqual((await idsOf('')).slice(0, 3), [second.id, first.id, mine.json.result.id]);
  assert.deepEqual(await idsOf('?limit=1&offset=1'), [first.id]);
  assert.equal((await idsOf('', 'root')).includes(first.id), false);
});

test('grants and revocations are told in the history, once each and only when something changed', async () => {
  const { id } = await submit();
  await api.call('POST', `/jobs/v2/${id}/pems/bob`, { body: { permission: 'READ' } });
  await api.call('POST', `/jobs/v2/${id}/pems`, { body: { username: 'world', permission: 'READ' } });
  await api.call('POST', `/jobs/v2/${id}/pems/root`, { body: { permission: 'NONE' } });
  assert.equal((await api.call('DELETE', `/jobs/v2/${id}/pems`)).status, 200);
  assert.equal((await api.call('DELETE', `/jobs/v2/${id}/pems`)).status, 200);
  assert.equal((await api.call('DELETE', `/jobs/v2/${id}/pems/bob`)).status, 200);
  const history = (await api.call<HistoryEntry[]>('GET', `/jobs/v2/${id}/history`)).json.result;
  assert.deepEqual(
    history.slice(1).map((entry) => [entry.status, entry.createdBy]),
    [
      ['PERMISSION_GRANT', 'ada'],
      ['PERMISSION_GRANT', 'ada'],
      ['PERMISSION_REVOKE', 'ada'],
    ],
  );
  assert.match(history[1]?.description ?? '', /bob has READ/);
});

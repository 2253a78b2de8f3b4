import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { HistoryEntry, JobId, JobStatuses, JobSummary } from '../../packages/contract/src/index.ts';
import { setJobPermission } from '../../packages/server/src/database/job-permissions.ts';
import { findJob, requestStop } from '../../packages/server/src/database/jobs.ts';
import type { JobRow } from '../../packages/server/src/database/tables.ts';
import { insertTransfer, updateTransfer } from '../../packages/server/src/database/transfers.ts';
import { recordJobEvent } from '../../packages/server/src/events/record.ts';
import { type ApiUser, type JobApi, startJobApi } from '../support/job-api.ts';
import { spyOnQueries } from '../support/query-spy.ts';

const JOBS = '/jobs/v2';
let api: JobApi;
before(async () => {
  api = await startJobApi();
});
after(() => api.close());

async function submit(as: ApiUser = 'ada'): Promise<JobRow> {
  const { json } = await api.call('POST', JOBS, { as, body: { name: 'polled', appId: 'plot-0.1.0' } });
  return rowOf(json.result.id);
}

async function rowOf(id: string): Promise<JobRow> {
  return (await findJob(api.db, id as JobId)) ?? assert.fail('the job is lost');
}

async function move(
  job: JobRow,
  ...to: readonly ('PROCESSING_INPUTS' | 'STAGED' | 'FAILED')[]
): Promise<JobRow> {
  const [first = 'FAILED', ...rest] = to;
  const moves = [{ to: first }, ...rest.map((status) => ({ to: status }))] as const;
  const moved = await api.transition({ job, moves: [...moves] as [{ to: typeof first }], by: 'arras' });
  return moved ?? assert.fail('somebody else moved the job');
}

function addressesOf(id: string): readonly string[] {
  return [`${JOBS}/${id}`, `${JOBS}/${id}/status`, `${JOBS}/${id}/history`, JOBS];
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}, as: ApiUser = 'ada') =>
  api.call('GET', path, { headers, as });

describe('conditional requests', () => {
  test('an unchanged answer is 304 without a body, whatever form its tag is named in', async () => {
    const job = await submit();
    for (const path of addressesOf(job.id)) {
      const first = await get(path);
      const tag = String(first.headers['etag']);
      assert.equal(first.status, 200);
      assert.match(tag, path === JOBS ? /^"[\w-]{22}"$/ : new RegExp(`^"${job.seq}\\.[\\w-]{22}"$`));
      assert.equal(first.headers['cache-control'], 'private, no-cache');
      assert.equal(first.headers['vary'], 'Accept-Encoding');
      for (const named of [tag, `W/${tag}`, `"x", ${tag}`, '*', `${tag.slice(0, -1)}-gzip", ${tag}`]) {
        const again = await get(path, { 'if-none-match': named });
        assert.deepEqual([again.status, again.text], [304, ''], `${path} ${named}`);
        assert.deepEqual(
          [again.headers['etag'], again.headers['cache-control'], again.headers['vary']],
          [tag, 'private, no-cache', 'Accept-Encoding'],
        );
        assert.equal(again.headers['content-type'], undefined);
      }
      const other = await get(path, { 'if-none-match': '"x", W/"y"' });
      assert.deepEqual([other.status, other.text], [200, first.text]);
    }
  });

  test('every form of an answer has its own tag, and parameters that mean the same share one', async () => {
    const { id } = await submit();
    const queries = ['', '?pretty=true', '?naked=true', '?filter=id,status', '?pretty=true&filter=id'];
    for (const path of addressesOf(id)) {
      const tags = await Promise.all(queries.map(async (query) => (await get(path + query)).headers['etag']));
      assert.equal(new Set(tags).size, queries.length, path);
      const filtered = await get(`${path}?filter=id,status&pretty=no`, { 'if-none-match': String(tags[3]) });
      assert.equal(filtered.status, 304, path);
    }
    const pretty = await get(`${JOBS}/${id}/history?pretty=true`);
    assert.match(pretty.text, /^\{\n {2}"status": "success"/);
    const page = await api.call<HistoryEntry[]>('GET', `${JOBS}/${id}/history?limit=1`);
    assert.equal(page.json.result.length, 1);
  });

  test('an event, a stop and the progress of a transfer change what shows them, at once', async () => {
    const job = await submit();
    const [full, status, history] = addressesOf(job.id).map((path) => path);
    const tagsOf = async () =>
      Promise.all(
        [full, status, history].map(async (path) => String((await get(path ?? '')).headers['etag'])),
      );
    const first = await tagsOf();
    const staged = await move(job, 'PROCESSING_INPUTS', 'STAGED');
    const second = await tagsOf();
    assert.deepEqual(
      second.map((tag) => tag.split('.')[0]),
      Array.from({ length: 3 }, () => `"${staged.seq}`),
    );
    await requestStop(api.db, job.id, { to: 'STOPPED', reason: 'enough' });
    const third = await tagsOf();
    assert.deepEqual(
      third.map((tag) => tag.split('.')[0]),
      Array.from({ length: 3 }, () => `"${staged.seq}s`),
    );
    assert.equal(new Set([...first, ...second, ...third]).size, 9);
  });

  test('the progress of a transfer changes the history alone', async () => {
    const job = await submit();
    const transfer = api.newId('transfer');
    const ends = { source: 'agave://a/b', destination: 'agave://c/d', totalFiles: 1, totalBytes: 10 };
    await insertTransfer(api.db, { id: transfer, jobId: job.id, phase: 'staging', ...ends });
    await api.transition({
      job,
      moves: [{ to: 'PROCESSING_INPUTS' }, { to: 'STAGING_INPUTS', transferId: transfer }],
      by: 'arras',
    });
    const tagOf = async (path: string) => (await get(path)).headers['etag'];
    const [full = '', status = '', history = ''] = addressesOf(job.id);
    const before = [await tagOf(full), await tagOf(status), await tagOf(history)];
    const progress = { totalFiles: 1, totalBytes: 10, transferredBytes: 4, activeTransfers: 1, ended: false };
    await updateTransfer(api.db, transfer, progress);
    const { json, headers } = await api.call<HistoryEntry[]>('GET', history);
    assert.equal(Number(json.result.at(-1)?.progress?.totalBytesTransferred), 4);
    assert.deepEqual([await tagOf(full), await tagOf(status)], before.slice(0, 2));
    assert.notEqual(headers['etag'], before[2]);
  });

  test('polling an unchanged job asks the database nothing', async () => {
    const { id } = await submit();
    const paths = addressesOf(id).flatMap((path) => [path, `${path}?pretty=true`]);
    for (const path of paths) await get(path);
    using spy = spyOnQueries();
    for (let round = 0; round < 20; round += 1)
      for (const path of paths) assert.equal((await get(path, { 'if-none-match': '"old"' })).status, 200);
    assert.deepEqual(spy.aboutJobs(), []);
  });

  test('after a commit no answer is older than it', async () => {
    let job = await submit();
    for (let round = 0; round < 50; round += 1) {
      const polls = Array.from({ length: 3 }, () => get(`${JOBS}/${job.id}/status`));
      job = await move(job, round % 2 === 0 ? 'PROCESSING_INPUTS' : 'STAGED').catch(async () => job);
      const { json } = await api.call<{ seq: number }>('GET', `${JOBS}/${job.id}/status`);
      const history = await api.call<HistoryEntry[]>('GET', `${JOBS}/${job.id}/history`);
      assert.equal(json.result.seq, job.seq);
      assert.equal(history.json.result.at(-1)?.seq, job.seq);
      await Promise.all(polls);
      await recordJobEvent(api.db, api.newId, { job, name: 'HEARTBEAT', description: 'alive', by: 'ada' });
      job = await rowOf(job.id);
    }
  });
});

describe('compression', () => {
  test('an answer of a kilobyte and more is compressed for those who want it, with a tag of its own', async () => {
    const { id } = await submit();
    const path = `${JOBS}/${id}`;
    const url = { method: 'GET' as const, url: path };
    const headers = { authorization: `Bearer ${api.tokens.ada}`, 'accept-encoding': 'gzip, deflate' };
    const plain = await get(path);
    const answer = await api.server.inject({ ...url, headers });
    assert.equal(answer.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(answer.rawPayload).toString(), plain.text);
    assert.equal(answer.headers['etag'], `${String(plain.headers['etag']).slice(0, -1)}-gzip"`);
    for (const named of [answer.headers['etag'], plain.headers['etag']]) {
      const again = await api.server.inject({
        ...url,
        headers: { ...headers, 'if-none-match': String(named) },
      });
      assert.deepEqual([again.statusCode, again.headers['etag']], [304, named]);
      assert.equal((await get(path, { 'if-none-match': String(named) })).status, 304);
    }
  });

  test('small answers stay as they are, and so do those for clients that do not want it', async () => {
    const { id } = await submit();
    for (const [path, accepted] of [
      [`${JOBS}/${id}/status?naked=true`, 'gzip'],
      [`${JOBS}/${id}`, 'gzip;q=0'],
      [`${JOBS}/${id}`, 'br'],
    ] as const) {
      const answer = await get(path, { 'accept-encoding': accepted });
      assert.equal(answer.headers['content-encoding'], undefined, path);
      assert.equal(answer.headers['vary'], 'Accept-Encoding');
    }
  });

  test('answers that are not kept are compressed as well, errors are not', async () => {
    const headers = { authorization: `Bearer ${api.tokens.ada}`, 'accept-encoding': 'gzip' };
    const apps = await api.server.inject({ method: 'GET', url: '/apps/v2/plot-0.1.0', headers });
    assert.equal(apps.headers['content-encoding'], 'gzip');
    assert.equal(JSON.parse(gunzipSync(apps.rawPayload).toString()).status, 'success');
    const missing = await api.server.inject({ method: 'GET', url: '/apps/v2/nothing-1.0', headers });
    assert.deepEqual([missing.statusCode, missing.headers['content-encoding']], [404, undefined]);
  });
});

describe('what changes who may read', () => {
  test('a permission counts at once when it is given and when it is taken', async () => {
    const job = await submit();
    const seen = async () =>
      Promise.all(
        addressesOf(job.id)
          .slice(0, 3)
          .map(async (path) => (await get(path, {}, 'bob')).status),
      );
    const share = (permission: string) =>
      api.call('POST', `${JOBS}/${job.id}/pems`, { body: { username: 'bob', permission } });
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await seen(), [404, 404, 404]);
      await share('READ');
      assert.deepEqual(await seen(), [200, 200, 200]);
      await share('WRITE');
      assert.deepEqual(await seen(), [403, 403, 403]);
      await share('NONE');
    }
  });

  test('a deleted job is gone for its owner and for administrators', async () => {
    const job = await submit();
    await get(`${JOBS}/${job.id}`);
    assert.equal((await api.call('DELETE', `${JOBS}/${job.id}`)).status, 200);
    for (const as of ['ada', 'root'] as const)
      for (const path of addressesOf(job.id).slice(0, 3)) assert.equal((await get(path, {}, as)).status, 404);
  });
});

describe('the list', () => {
  const listed = async (as: ApiUser, query = '') =>
    (await api.call<JobSummary[]>('GET', `${JOBS}?limit=250${query}`, { as })).json.result;

  test('changes of the own jobs, of shared ones and of permissions are in it at once', async () => {
    const own = await submit('bob');
    assert.equal((await listed('bob')).find(({ id }) => id === own.id)?.status, 'PENDING');
    await move(own, 'FAILED');
    assert.equal((await listed('bob')).find(({ id }) => id === own.id)?.status, 'FAILED');
    const shared = await submit('ada');
    await setJobPermission(api.db, shared.id, 'bob', { read: true, write: false, execute: false });
    assert.equal((await listed('bob')).find(({ id }) => id === shared.id)?.status, 'PENDING');
    await move(shared, 'FAILED');
    assert.equal((await listed('bob')).find(({ id }) => id === shared.id)?.status, 'FAILED');
  });

  test('what a search means by now is never kept', async () => {
    const job = await submit();
    const query = `&id=${job.id}&created.after=${encodeURIComponent('1 hour ago')}`;
    assert.equal((await listed('ada', query)).length, 1);
    using spy = spyOnQueries();
    assert.equal((await listed('ada', query)).length, 1);
    assert.notEqual(spy.aboutJobs().length, 0);
  });
});

describe('statuses of many jobs', () => {
  const ask = (ids: readonly string[], as: ApiUser = 'ada') =>
    api.call<JobStatuses>('POST', `${JOBS}/statuses`, { as, body: { ids } });

  test('they come in the order asked for; what may not be read is missing like what is not there', async () => {
    const [one, two, foreign, unreadable] = [
      await submit(),
      await submit(),
      await submit('bob'),
      await submit('bob'),
    ];
    await setJobPermission(api.db, unreadable.id, 'ada', { read: false, write: true, execute: false });
    const gone = [foreign.id, unreadable.id, 'nonsense', `${'1'.repeat(18)}-00000000-0000-007`];
    const { status, json } = await ask([two.id, ...gone, one.id]);
    assert.equal(status, 200);
    assert.deepEqual(
      json.result.jobs.map(({ id }) => id),
      [two.id, one.id],
    );
    assert.deepEqual(json.result.missing, gone);
    assert.equal('_links' in (json.result.jobs[0] ?? {}), false);
    await move(one, 'FAILED');
    assert.equal((await ask([one.id])).json.result.jobs[0]?.status, 'FAILED');
  });

  test('ten thousand ids cost a few queries, and none when they are asked for again', async () => {
    const jobs = await Promise.all(Array.from({ length: 40 }, () => submit()));
    const known = jobs.map(({ id }) => id);
    const made = Array.from({ length: 9_960 }, () => api.newId('job'));
    using spy = spyOnQueries();
    const { json } = await ask([...known, ...made]);
    assert.deepEqual([json.result.jobs.length, json.result.missing.length], [40, 9_960]);
    assert.ok(spy.aboutJobs().length <= 10, String(spy.aboutJobs().length));
    const before = spy.aboutJobs().length;
    await ask(known);
    assert.equal(spy.aboutJobs().length, before);
  });

  test('more than ten thousand are refused, and so is a longer body', async () => {
    const refused = await ask(Array.from({ length: 10_001 }, () => 'x'));
    assert.deepEqual([refused.status, refused.json.code], [400, 'request.invalid']);
    const large = await ask([' '.repeat(1024 * 1024)]);
    assert.deepEqual([large.status, large.json.code], [413, 'request.too-large']);
  });
});

describe('what a poll tells beside the job', () => {
  test('history since a number has only what came after it', async () => {
    const job = await submit();
    const staged = await move(job, 'PROCESSING_INPUTS', 'STAGED');
    const since = async (seq: number) =>
      (await api.call<HistoryEntry[]>('GET', `${JOBS}/${job.id}/history?since=${seq}`)).json.result.map(
        (entry) => entry.seq,
      );
    assert.deepEqual(await since(job.seq), [staged.seq - 1, staged.seq]);
    assert.deepEqual(await since(staged.seq), []);
    const refused = await get(`${JOBS}/${job.id}/history?since=yesterday&wait=61`);
    assert.deepEqual(
      refused.json.errors?.map(({ field }) => field),
      ['wait', 'since'],
    );
  });

  test('a job under way says when to ask again, one that has ended does not', async () => {
    const job = await submit();
    const paths = addressesOf(job.id).slice(0, 3);
    for (const path of paths) assert.equal((await get(path)).headers['retry-after'], '1');
    await move(job, 'FAILED');
    for (const path of paths) assert.equal((await get(path)).headers['retry-after'], undefined);
  });
});

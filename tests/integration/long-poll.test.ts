import assert from 'node:assert/strict';
import { request as sendRequest } from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import type { HistoryEntry, JobStatusView } from '../../packages/contract/src/index.ts';
import {
  removeJobPermissions,
  setJobPermission,
} from '../../packages/server/src/database/job-permissions.ts';
import { findJob, requestStop } from '../../packages/server/src/database/jobs.ts';
import type { JobRow } from '../../packages/server/src/database/tables.ts';
import { insertTransfer, updateTransfer } from '../../packages/server/src/database/transfers.ts';
import { recordJobEvent } from '../../packages/server/src/events/record.ts';
import { eventually } from '../support/eventually.ts';
import { type ApiUser, type JobApi, startJobApi } from '../support/job-api.ts';
import { spyOnQueries } from '../support/query-spy.ts';

const JOBS = '/jobs/v2';
let api: JobApi;
before(async () => {
  api = await startJobApi();
});
afterEach(() => assert.equal(api.context.polling.waits.size, 0, 'a wait is left'));
after(() => api.close());

async function submit(): Promise<JobRow> {
  const { json } = await api.call('POST', JOBS, { body: { name: 'waited for', appId: 'plot-0.1.0' } });
  return (await findJob(api.db, json.result.id)) ?? assert.fail('the job is lost');
}

function beat(job: JobRow): Promise<unknown> {
  return recordJobEvent(api.db, api.newId, { job, name: 'HEARTBEAT', description: 'alive', by: 'ada' });
}

/** A request, and whether it has been answered. */
function wait(path: string, headers: Readonly<Record<string, string>> = {}, as: ApiUser = 'ada') {
  const state = { isAnswered: false };
  const answer = api.call<JobStatusView>('GET', path, { headers, as }).finally(() => {
    state.isAnswered = true;
  });
  return { state, answer };
}

async function untilWaiting(count: number): Promise<void> {
  await eventually(`${count} requests wait`, () => api.context.polling.waits.size === count, {
    intervalMs: 2,
  });
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

describe('without a version', () => {
  test('the answer comes with the next event, and nothing is asked of the database meanwhile', async () => {
    const job = await submit();
    const paths = [`${JOBS}/${job.id}`, `${JOBS}/${job.id}/status`, `${JOBS}/${job.id}/history`];
    for (const path of paths) await api.call('GET', path);
    using spy = spyOnQueries();
    const waits = paths.map((path) => wait(`${path}?wait=30`));
    await untilWaiting(3);
    assert.deepEqual(spy.aboutJobs(), []);
    assert.ok(waits.every(({ state }) => !state.isAnswered));
    await beat(job);
    const answers = await Promise.all(waits.map(({ answer }) => answer));
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, String(headers['etag']).split('.')[0]]),
      Array.from({ length: 3 }, () => [200, `"${job.seq + 1}`]),
    );
  });

  test('a requested stop is a change', async () => {
    const job = await submit();
    const { answer } = wait(`${JOBS}/${job.id}/status?wait=30`);
    await untilWaiting(1);
    await requestStop(api.db, job.id, { to: 'STOPPED', reason: 'enough' });
    assert.equal((await answer).json.result.stopRequested, true);
  });

  test('the end of the time is answered as if it had been asked for then', async () => {
    const job = await submit();
    const ms = await took(async () => {
      const { status, json } = await wait(`${JOBS}/${job.id}/status?wait=1`).answer;
      assert.deepEqual([status, json.result.seq], [200, job.seq]);
    });
    assert.ok(ms >= 990 && ms < 5_000, String(ms));
  });

  test('progress ends the wait for a history and no other', async () => {
    const job = await submit();
    const transfer = api.newId('transfer');
    const ends = { source: 'agave://a/b', destination: 'agave://c/d', totalFiles: 1, totalBytes: 10 };
    await insertTransfer(api.db, { id: transfer, jobId: job.id, phase: 'staging', ...ends });
    await api.transition({
      job,
      moves: [{ to: 'PROCESSING_INPUTS' }, { to: 'STAGING_INPUTS', transferId: transfer }],
      by: 'arras',
    });
    const [status, history] = [
      wait(`${JOBS}/${job.id}/status?wait=30`),
      wait(`${JOBS}/${job.id}/history?wait=30`),
    ];
    await untilWaiting(2);
    const progress = { totalFiles: 1, totalBytes: 10_000, activeTransfers: 1, ended: false };
    let transferredBytes = 0;
    // Again and again: what came before the wait had its first look is part of what it knows.
    await eventually('the history is answered', async () => {
      transferredBytes += 1;
      await updateTransfer(api.db, transfer, { ...progress, transferredBytes });
      return history.state.isAnswered;
    });
    assert.equal((await history.answer).status, 200);
    assert.equal(status.state.isAnswered, false);
    await beat(job);
    await status.answer;
  });
});

describe('with a version', () => {
  test('another version than the present one is answered at once, the present one at the next change', async () => {
    const job = await submit();
    const path = `${JOBS}/${job.id}/status`;
    const tag = String((await api.call('GET', path)).headers['etag']);
    for (const named of ['"1.old"', `"${job.seq}s.x"`, '"none of ours"'])
      assert.equal((await wait(`${path}?wait=30`, { 'if-none-match': named }).answer).status, 200);
    // Of the same version but of other bytes: only how fresh the status is differs.
    const waiting = [tag, `W/"${job.seq}.x"`, '*'].map((named) =>
      wait(`${path}?wait=30`, { 'if-none-match': named }),
    );
    await untilWaiting(3);
    await beat(job);
    const answers = await Promise.all(waiting.map(({ answer }) => answer));
    assert.deepEqual(
      answers.slice(0, 2).map(({ status }) => status),
      [200, 200],
    );
  });

  test('at the end of the time the whole tag decides', async () => {
    const job = await submit();
    const path = `${JOBS}/${job.id}/history`;
    const tag = String((await api.call('GET', path)).headers['etag']);
    const { status, text, headers } = await wait(`${path}?wait=1`, { 'if-none-match': tag }).answer;
    assert.deepEqual([status, text, headers['etag'], headers['retry-after']], [304, '', tag, '1']);
  });

  test('with a sequence number the next event after it is waited for', async () => {
    const job = await submit();
    const path = (since: number) => `${JOBS}/${job.id}/status?wait=30&since=${since}`;
    assert.equal((await wait(path(job.seq - 1)).answer).status, 200);
    const [status, history] = [
      wait(path(job.seq)),
      api.call<HistoryEntry[]>('GET', `${JOBS}/${job.id}/history?wait=30&since=${job.seq}`),
    ];
    await untilWaiting(2);
    await beat(job);
    assert.equal((await status.answer).json.result.seq, job.seq + 1);
    assert.deepEqual(
      (await history).json.result.map(({ seq, status: name }) => [seq, name]),
      [[job.seq + 1, 'HEARTBEAT']],
    );
  });
});

describe('the end of a wait', () => {
  test('a job that has ended is answered at once', async () => {
    const job = await submit();
    await api.transition({ job, moves: [{ to: 'FAILED' }], by: 'arras' });
    const ms = await took(async () => {
      const { headers } = await wait(`${JOBS}/${job.id}?wait=60`).answer;
      assert.equal(headers['retry-after'], undefined);
      await wait(`${JOBS}/${job.id}/status?wait=60`, { 'if-none-match': '*' }).answer;
    });
    assert.ok(ms < 5_000, String(ms));
  });

  test('whoever may not read the job any more is told so', async () => {
    const job = await submit();
    await setJobPermission(api.db, job.id, 'bob', { read: true, write: false, execute: false });
    const { answer } = wait(`${JOBS}/${job.id}/status?wait=60`, {}, 'bob');
    await untilWaiting(1);
    await removeJobPermissions(api.db, job.id, 'bob');
    assert.equal((await answer).status, 404);
  });

  test('a token that is revoked meanwhile is refused, at once for polls and at the end of the wait', async () => {
    const job = await submit();
    const made = await api.call<{ id: string; token: string }>('POST', '/tokens/v2', {
      body: { name: 'short' },
    });
    const { id, token } = made.json.result;
    const headers = { authorization: `Bearer ${token}` };
    const url = `${JOBS}/${job.id}/status`;
    for (let round = 0; round < 3; round += 1)
      assert.equal((await api.server.inject({ method: 'GET', url, headers })).statusCode, 200);
    const waiting = api.server.inject({ method: 'GET', url: `${url}?wait=60`, headers });
    await untilWaiting(1);
    await api.call('DELETE', `/tokens/v2/${id}`);
    assert.equal((await api.server.inject({ method: 'GET', url, headers })).statusCode, 401);
    await beat(job);
    assert.equal((await waiting).statusCode, 401);
  });

  test('more than five hundred waits of one user are refused, and others may still wait', async () => {
    const job = await submit();
    const path = `${JOBS}/${job.id}/status?wait=60`;
    const waiting = Array.from({ length: 500 }, () => wait(path));
    await untilWaiting(500);
    const refused = await wait(path).answer;
    assert.deepEqual(
      [refused.status, refused.json.code, refused.headers['retry-after']],
      [429, 'wait.too-many', '5'],
    );
    const other = wait(path, {}, 'root');
    await untilWaiting(501);
    await beat(job);
    const answers = await Promise.all([...waiting, other].map(({ answer }) => answer));
    assert.ok(answers.every(({ status }) => status === 200));
  });

  test('a caller that leaves leaves nothing behind, and a stop of the service answers all who wait', async () => {
    const job = await submit();
    const url = await api.server.listen({ host: '127.0.0.1', port: 0 });
    const headers = { authorization: `Bearer ${api.tokens.ada}` };
    const path = `${url}${JOBS}/${job.id}/status?wait=60`;
    const leaving = sendRequest(path, { headers }).on('error', () => undefined);
    leaving.end();
    await untilWaiting(1);
    leaving.destroy();
    await untilWaiting(0);
    const staying = fetch(path, { headers });
    await untilWaiting(1);
    const ms = await took(() => api.server.close());
    const answer = await staying;
    assert.deepEqual([answer.status, answer.headers.get('connection')], [200, 'close']);
    assert.ok(ms < 3_000, String(ms));
  });
});

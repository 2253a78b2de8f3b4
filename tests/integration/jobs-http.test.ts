import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type HistoryEntry, type JobSummary, jobSchema } from '../../packages/contract/src/index.ts';
import { inTransaction } from '../../packages/server/src/database/connection.ts';
import { claimRequestKey } from '../../packages/server/src/database/idempotency.ts';
import { findJob } from '../../packages/server/src/database/jobs.ts';
import { type ApiCall, type JobApi, startJobApi } from '../support/job-api.ts';

const REQUEST = { name: 'my job', appId: 'plot-0.1.0' };
const JOBS = '/jobs/v2';

let api: JobApi;
before(async () => {
  api = await startJobApi();
  await api.write('home/data/a.csv', 'a');
  await api.write('home/data/b.csv', 'b');
});
after(() => api.close());

async function submit(body: Record<string, unknown> = {}, call: Omit<ApiCall, 'body'> = {}) {
  const answer = await api.call('POST', JOBS, { ...call, body: { ...REQUEST, ...body } });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

/** The fields that a refused request names. */
async function refusedFields(body: Record<string, unknown>): Promise<readonly [number, readonly string[]]> {
  const { status, json } = await api.call('POST', JOBS, { body: { ...REQUEST, ...body } });
  return [status, (json.errors ?? []).map((error) => error.field)];
}

describe('submission', () => {
  test('a minimal request becomes a pending job with every default filled in', async () => {
    const job = await submit();
    assert.deepEqual(jobSchema.parse(job), job);
    assert.match(job.id, /^[0-9a-f-]{32,36}-007$/);
    assert.equal(job.status, 'PENDING');
    assert.equal(job.owner, 'ada');
    assert.deepEqual([job.batchQueue, job.nodeCount, job.maxRunTime], ['short', 1, '01:00:00']);
    assert.deepEqual([job.archive, job.archiveSystem], [true, 'store']);
    assert.equal(job.archivePath, `ada/archive/jobs/job-${job.id}`);
    assert.equal(job.outputPath, null);
    assert.deepEqual([job.inputs, job.parameters], [{}, { secret: 'hidden value' }]);
    assert.deepEqual([job.maxHours, job.lastModified], [1, job.lastUpdated]);
  });

  test('the full form of the request is understood, and links are those of the contract', async () => {
    const job = await submit({
      archive: 'no',
      batchQueue: 'long',
      nodeCount: '3',
      memoryPerNode: '512MB',
      maxRunTime: '0:05:00',
      inputs: { dataset: 'data/a.csv; agave://store//home/data/b.csv' },
      parameters: { width: '1024', chartType: ['bar', 'line'], grid: 'ON' },
      notifications: [{ url: 'ada@example.org', event: 'FINISHED' }],
    });
    assert.deepEqual([job.nodeCount, job.memoryPerNode, job.maxRunTime], [3, 0.5, '00:05:00']);
    assert.deepEqual(job.inputs, { dataset: ['agave://store/data/a.csv', 'agave://store//home/data/b.csv'] });
    assert.deepEqual(job.parameters, {
      secret: 'hidden value',
      width: 1024,
      chartType: ['bar', 'line'],
      grid: true,
    });
    assert.equal('archivePath' in job, false);
    const self = `https://api.example.org/jobs/v2/${job.id}`;
    assert.equal(job._links.self.href, self);
    assert.equal(job._links.archiveSystem.href, 'https://api.example.org/systems/v2/exec');
    assert.equal(job._links.archiveData.href, `${self}/outputs/listings`);
    assert.equal(
      job._links.metadata.href,
      `https://api.example.org/meta/v2/data/?q=%7B%22associationIds%22%3A%22${job.id}%22%7D`,
    );
  });

  test('the fields of a job come in the order of the guide', async () => {
    const names = Object.keys(await submit()).join(' ');
    assert.match(
      names,
      /^id name owner appId executionSystem batchQueue nodeCount processorsPerNode memoryPerNode maxRunTime archive archivePath archiveSystem retries localId created lastUpdated .*outputPath status submitTime startTime endTime inputs parameters .*_links$/,
    );
  });

  test('every problem of a request is told at once', async () => {
    assert.deepEqual(
      await refusedFields({
        batchQueue: 'shrot',
        inputs: { dataset: 'sftp://example.org/a' },
        parameters: { width: 'wide', title: 'ZZ', chartType: 'pie', secret: 'mine', nope: 1 },
      }),
      [
        400,
        [
          'parameters.nope',
          'batchQueue',
          'inputs.dataset',
          'parameters.width',
          'parameters.title',
          'parameters.chartType',
          'parameters.secret',
        ],
      ],
    );
  });

  test('apps, systems and files that cannot be used are refused with their own status', async () => {
    await api.write('home/bob/secret.txt', 'of bob');
    const cases: readonly (readonly [Record<string, unknown>, number, readonly string[]])[] = [
      [{ appId: 'plto-0.1.0' }, 400, ['appId']],
      [{ executionSystem: 'store' }, 403, []],
      [{ inputs: { dataset: 'data/none.csv' } }, 400, ['inputs.dataset']],
      [
        { inputs: { dataset: ['data/none.csv', 'data/a.csv', 'data/no.csv'] } },
        400,
        ['inputs.dataset', 'inputs.dataset'],
      ],
      [{ inputs: { dataset: 'agave://private/data/a.csv' } }, 403, ['inputs.dataset']],
      [{ inputs: { dataset: 'agave://nothing/a.csv' } }, 403, ['inputs.dataset']],
      [{ inputs: { dataset: 'bob/secret.txt' } }, 403, ['inputs.dataset']],
      [{ inputs: { dataset: 'agave://store//home' } }, 403, ['inputs.dataset']],
      [{ inputs: { dataset: 'agave://exec//scratch/bob' } }, 403, ['inputs.dataset']],
      [{ inputs: { dataset: '../etc/passwd' } }, 400, ['inputs.dataset']],
      [{ inputs: { dataset: 'agave://store/%2e%2e/x' } }, 400, ['inputs.dataset']],
      [{ archiveSystem: 'exec' }, 400, ['archiveSystem']],
      [{ archiveSystem: 'private' }, 400, ['archiveSystem']],
      [{ archivePath: 'bob/archive' }, 400, ['archivePath']],
      [{ archivePath: 'data/a.csv' }, 400, ['archivePath']],
      [{ archivePath: 'a/../../b' }, 400, ['archivePath']],
      [{ nodeCount: 9, batchQueue: 'long' }, 400, ['nodeCount']],
      [{ nodeCount: 9 }, 400, ['batchQueue']],
    ];
    for (const [body, status, fields] of cases) {
      assert.deepEqual(await refusedFields(body), [status, fields], JSON.stringify(body));
    }
  });

  test('a dry run tells what the request would become and stores nothing', async () => {
    const before = (await api.call<JobSummary[]>('GET', JOBS)).json.result.length;
    const { status, json } = await api.call('POST', `${JOBS}?dryRun=true`, { body: REQUEST });
    assert.deepEqual([status, json.result.batchQueue, json.result.archivePath], [200, 'short', null]);
    assert.equal((await api.call<JobSummary[]>('GET', JOBS)).json.result.length, before);
    const refused = await api.call('POST', `${JOBS}?dryRun=true`, { body: { ...REQUEST, batchQueue: 'x' } });
    assert.equal(refused.status, 400);
  });

  test('fields that only the service sets are ignored', async () => {
    const job = await submit({
      id: 'mine',
      owner: 'bob',
      status: 'FINISHED',
      tenantId: 'other',
      created: '2000-01-01T00:00:00.000Z',
      localId: '1',
      visible: false,
      roles: 'admin',
      isPublic: true,
      work_path: '/etc',
      app_revision: 99,
    });
    assert.deepEqual(
      [job.owner, job.status, job.tenantId, job.localId, job.visible],
      ['ada', 'PENDING', 'arras', null, true],
    );
    assert.notEqual(job.id, 'mine');
    for (const body of [
      '{"name":"x","appId":"plot-0.1.0","__proto__":{"owner":"bob"}}',
      '{"name":"x","appId":"plot-0.1.0","constructor":{"prototype":{"owner":"bob"}}}',
    ]) {
      const { status, json } = await api.call('POST', JOBS, { body });
      if (status === 201) assert.equal(json.result.owner, 'ada');
      else assert.equal(status, 400);
    }
  });

  test('text that a shell or a template would act on is stored and shown byte for byte', async () => {
    const payloads = [
      '$(touch pwned)',
      '`id`',
      "'; rm -rf / #",
      '${IFS}${AGAVE_JOB_ID}',
      '-oProxyCommand=id',
      '~ * ? [a] !! \\',
      'two\nlines\t#SBATCH --uid=0',
      '\u202e\u0007 ä 𝄞',
    ];
    for (const title of payloads) {
      const job = await submit({ parameters: { title } });
      assert.equal(job.parameters.title, title);
      const shown = (await api.call('GET', `${JOBS}/${job.id}`)).json.result;
      assert.equal(shown.parameters.title, title);
    }
    assert.deepEqual(await refusedFields({ parameters: { title: 'nul \0' } }), [400, ['parameters.title']]);
    assert.deepEqual(await refusedFields({ name: 'two\nlines' }), [400, ['name']]);
  });
});

describe('repeated requests', () => {
  const keyed = (key: string, body: Record<string, unknown> = REQUEST, as: 'ada' | 'bob' = 'ada') =>
    api.call('POST', JOBS, { as, body, headers: { 'idempotency-key': key } });

  test('fifty parallel requests with one key make one job', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => keyed('fifty')));
    for (const { status, headers, text } of answers) {
      assert.ok(status === 201 || (status === 409 && headers['retry-after'] !== undefined), text);
    }
    const made = answers.filter(({ status }) => status === 201);
    assert.equal(new Set(made.map(({ json }) => json.result.id)).size, 1);
    assert.equal(made.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1);
  });

  test('the same key gives the same job, whatever the order of the fields', async () => {
    const first = await keyed('order', { name: 'n', appId: 'plot-0.1.0' });
    const second = await keyed('order', { appId: 'plot-0.1.0', jobName: 'n' });
    assert.equal(second.status, 201);
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.deepEqual(second.json, first.json);
  });

  test('another body is refused, another user or no key makes another job', async () => {
    const first = await keyed('other');
    assert.equal((await keyed('other', { ...REQUEST, name: 'changed' })).status, 422);
    const ofBob = await keyed('other', REQUEST, 'bob');
    assert.notEqual(ofBob.json.result.id, first.json.result.id);
    assert.notEqual((await submit()).id, (await submit()).id);
    assert.equal((await keyed('not\u00a0printable')).status, 400);
  });
});

test('a request waits two seconds for the first with its key, then asks to come back', async () => {
  const key = { username: 'ada', route: 'submitJob', key: 'slow' };
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: claimed, resolve: claim } = Promise.withResolvers<void>();
  const first = inTransaction(api.db, async (tx) => {
    await claimRequestKey(tx, key, { requestHash: Buffer.of(0), jobId: api.newId('job') }, 1_000);
    claim();
    await released;
  });
  await claimed;
  const started = performance.now();
  const answer = await api.call('POST', JOBS, { body: REQUEST, headers: { 'idempotency-key': 'slow' } });
  release();
  await first;
  assert.deepEqual([answer.status, answer.json.code], [409, 'idempotency.in-progress'], answer.text);
  assert.notEqual(answer.headers['retry-after'], undefined);
  assert.ok(performance.now() - started < 4_000);
});

describe('reading', () => {
  test('show gives what the submission gave, status little more than id and status, history begins with PENDING', async () => {
    const job = await submit();
    const shown = await api.call('GET', `${JOBS}/${job.id}`);
    assert.deepEqual(shown.json, { status: 'success', message: null, version: '2.4.9-rtest', result: job });
    const status = await api.call('GET', `${JOBS}/${job.id}/status`);
    assert.deepEqual(status.json.result, {
      id: job.id,
      status: 'PENDING',
      stopRequested: false,
      waiting: null,
      seq: 2,
      lastUpdated: job.lastUpdated,
      freshness: { asOf: job.lastUpdated, source: 'service', reachable: true },
      _links: { self: job._links.self },
    });
    const history = (await api.call<HistoryEntry[]>('GET', `${JOBS}/${job.id}/history`)).json.result;
    assert.equal(history.length, 1);
    assert.deepEqual(
      { ...history[0], created: null, id: null },
      {
        created: null,
        id: null,
        seq: 2,
        status: 'PENDING',
        description: 'Job accepted and queued for submission.',
        createdBy: 'ada',
      },
    );
  });

  test('the listing has the own jobs, the newest first, in pages, and full rows with a filter', async () => {
    const [first, second] = [
      await submit({}, { as: 'bob' }),
      await submit({ name: 'a second' }, { as: 'bob' }),
    ];
    const list = async (query: string) =>
      (await api.call<JobSummary[]>('GET', `${JOBS}?${query}`, { as: 'bob' })).json.result;
    const rows = await list('limit=2');
    assert.deepEqual(
      rows.map((row) => row.id),
      [second.id, first.id],
    );
    assert.equal('batchQueue' in (rows[0] ?? {}), false);
    assert.deepEqual(await list('limit=1&offset=1&filter=id,batchQueue'), [
      { id: first.id, batchQueue: 'short' },
    ]);
    assert.equal((await list('limit=1&orderBy=NAME&order=asc'))[0]?.id, second.id);
    assert.equal((await api.call('GET', `${JOBS}?orderBy=colour`)).status, 400);
  });

  test("another user's job, a missing one and a malformed id look the same on every route", async () => {
    const job = await submit();
    const missing = job.id.replace(/^.{6}/, '999999');
    const routes = [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', ''],
      ['GET', '/status'],
      ['GET', '/history'],
      ['POST', '/cancel'],
      ['GET', '/outputs'],
      ['GET', '/outputs/listings'],
      ['GET', '/outputs/media/x'],
    ] as const;
    for (const [method, path] of routes) {
      const body = method === 'POST' && path === '' ? { body: { action: 'stop' } } : {};
      const answers = await Promise.all(
        [job.id, missing, 'nonsense'].map((id) =>
          api.call(method, `${JOBS}/${id}${path}`, { as: 'bob', ...body }),
        ),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [404, 404, 404],
        `${method} ${path}`,
      );
      const texts = answers.map(({ json }) => JSON.stringify({ ...json, requestId: null }));
      assert.equal(new Set(texts).size, 1, `${method} ${path}`);
    }
    assert.equal((await api.call('GET', `${JOBS}/${job.id}`, { as: 'root' })).status, 200);
    assert.equal((await api.call('GET', `${JOBS}/${job.id}/status`)).json.result.status, 'PENDING');
  });
});

describe('actions', () => {
  test('a pending job is stopped at once, and stopping it again changes nothing', async () => {
    const cases = [
      ['', { action: 'stop' }, 'STOPPED'],
      ['', { action: 'Cancel' }, 'STOPPED'],
      ['', { action: 'kill' }, 'KILLED'],
      ['/cancel', undefined, 'STOPPED'],
      ['/stop', undefined, 'STOPPED'],
      ['/kill', undefined, 'KILLED'],
    ] as const;
    for (const [path, body, status] of cases) {
      const { id } = await submit();
      const stopped = await api.call('POST', `${JOBS}/${id}${path}`, { body });
      assert.deepEqual([stopped.status, stopped.json.result.status], [200, status], stopped.text);
      assert.notEqual(stopped.json.result.endTime, null);
      const again = await api.call('POST', `${JOBS}/${id}`, { body: { action: 'kill' } });
      assert.deepEqual(again.json.result, stopped.json.result);
    }
  });

  test('unknown actions are refused, and those that mean nothing now are a conflict', async () => {
    const { id } = await submit();
    for (const body of [{ action: 'explode' }, {}, { action: 7 }]) {
      assert.equal((await api.call('POST', `${JOBS}/${id}`, { body })).status, 400);
    }
    assert.equal((await api.call('POST', `${JOBS}/${id}`, { body: { action: 'pause' } })).status, 409);
    assert.equal((await api.call('PUT', `${JOBS}/${id}`, { body: {} })).status, 405);
  });

  test('parallel stops end a job once', async () => {
    const { id } = await submit();
    await Promise.all(Array.from({ length: 10 }, () => api.call('POST', `${JOBS}/${id}/stop`)));
    const history = (await api.call<HistoryEntry[]>('GET', `${JOBS}/${id}/history`)).json.result;
    assert.deepEqual(
      history.map((entry) => entry.status),
      ['PENDING', 'STOPPED'],
    );
  });

  test('a deleted job is stopped and hidden, and its row stays', async () => {
    const { id } = await submit();
    const answers = await Promise.all([1, 2, 3].map(() => api.call('DELETE', `${JOBS}/${id}`)));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 404, 404],
    );
    const deleted = answers.find(({ status }) => status === 200);
    assert.deepEqual(Object.keys(deleted?.json ?? {}), ['status', 'message', 'version']);
    assert.equal((await api.call('GET', `${JOBS}/${id}`)).status, 404);
    const row = await findJob(api.db, id);
    assert.deepEqual([row?.status, row?.visible], ['STOPPED', false]);
  });
});

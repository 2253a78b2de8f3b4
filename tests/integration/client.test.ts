import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import {
  ApiFailure,
  createClient,
  type RetryPolicy,
  UnreachableFailure,
} from '../../packages/client/src/index.ts';
import { type FakeAnswer, startFakeService, success } from '../support/fake-service.ts';

const JOB = '123456789012345678-0a1b2c3d-4e5f-007';
const retry: RetryPolicy = { tries: 4, firstDelayMs: 1, longestDelayMs: 2 };

function refusal(status: number, code: string, headers: Record<string, string> = {}): FakeAnswer {
  return {
    status,
    headers,
    body: { status: 'error', message: 'No.', version: '1', code, requestId: 'req-1' },
  };
}

test('a call sends the token and gives the result without its envelope', async () => {
  await using service = await startFakeService(() => success({ id: JOB, status: 'RUNNING' }));
  const client = createClient({ url: `${service.url}/`, token: 'secret-token', retry });
  assert.deepEqual(await client.jobs.status(JOB), { id: JOB, status: 'RUNNING' });
  assert.equal(service.seen[0]?.url, `/jobs/v2/${JOB}/status`);
  assert.equal(service.seen[0]?.headers.authorization, 'Bearer secret-token');
});

test('an error is thrown with code, status, problems and request id', async () => {
  const problem = { field: 'nodeCount', message: 'expected a whole number above 0, got "two" (string)' };
  await using service = await startFakeService(() => ({
    status: 400,
    body: {
      status: 'error',
      message: 'Bad.',
      version: '1',
      code: 'request.invalid',
      errors: [problem],
      requestId: 'req-7',
    },
  }));
  const failure = await createClient({ url: service.url, retry })
    .jobs.show(JOB)
    .catch((error: unknown) => error);
  assert.ok(failure instanceof ApiFailure);
  const { code, status, problems, requestId } = failure;
  assert.deepEqual(
    { code, status, problems, requestId },
    { code: 'request.invalid', status: 400, problems: [problem], requestId: 'req-7' },
  );
});

test('an answer that is not from Arras is an error with the code unknown', async () => {
  await using service = await startFakeService((_, before) =>
    before === 0
      ? { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' }
      : { body: '<html>' },
  );
  const client = createClient({ url: service.url, retry });
  await assert.rejects(client.jobs.show(JOB), { name: 'ApiFailure', code: 'unknown', status: 502 });
  await assert.rejects(client.jobs.show(JOB), /Expected JSON/);
});

test('reading is tried again while the service says 429 or 503 or breaks the connection', async () => {
  const answers = [
    refusal(503, 'database.unavailable'),
    refusal(429, 'rate.limited', { 'retry-after': '0' }),
    null,
  ];
  await using service = await startFakeService((_, before) =>
    before < 3 ? (answers[before] ?? null) : success([]),
  );
  assert.deepEqual(await createClient({ url: service.url, retry }).jobs.list(), []);
  assert.equal(service.seen.length, 4);
});

test('every try of one submission has the same key, and two submissions have different keys', async () => {
  await using service = await startFakeService((_, before) =>
    before === 0 ? refusal(503, 'service.stopping') : success({ id: JOB }),
  );
  const client = createClient({ url: service.url, retry });
  for (let submission = 0; submission < 2; submission++)
    await client.jobs.submit({ name: 'one', appId: 'a-1.0' });
  const keys = service.seen.map(({ headers }) => headers['idempotency-key']);
  assert.match(String(keys[0]), /^[0-9a-f]{32}$/);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

test('the key of the caller is sent as it is', async () => {
  await using service = await startFakeService(() => success({ id: JOB }));
  await createClient({ url: service.url }).jobs.submit(
    { name: 'one', appId: 'a-1.0' },
    { idempotencyKey: 'mine' },
  );
  assert.equal(service.seen[0]?.headers['idempotency-key'], 'mine');
});

test('an action that is not safe to repeat is sent once', async () => {
  await using service = await startFakeService(() => refusal(503, 'service.stopping'));
  await assert.rejects(createClient({ url: service.url, retry }).jobs.stop(JOB), ApiFailure);
  assert.equal(service.seen.length, 1);
});

test('a service that is not there is unreachable, with the reason', async () => {
  const service = await startFakeService(() => null);
  await service[Symbol.asyncDispose]();
  const failure = await createClient({ url: service.url, retry })
    .jobs.list()
    .catch((error: unknown) => error);
  assert.ok(failure instanceof UnreachableFailure);
  assert.match(failure.message, /ECONNREFUSED/);
});

test('a service that does not answer is given up after the timeout', async () => {
  const { createServer } = await import('node:net');
  const silent = createServer();
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const client = createClient({ url, timeoutMs: 50, retry: { ...retry, tries: 1 } });
  await assert.rejects(client.jobs.list(), {
    name: 'UnreachableFailure',
    message: /no answer within 0.05 s/,
  });
  silent.close();
});

test('a redirect is not followed: the token stays here', async () => {
  await using service = await startFakeService(() => ({
    status: 302,
    headers: { location: 'http://127.0.0.1:9/' },
  }));
  await assert.rejects(createClient({ url: service.url, token: 'secret' }).jobs.list(), { status: 302 });
});

test('a download is a stream of bytes from the place that was asked for', async () => {
  await using service = await startFakeService(() => ({
    status: 206,
    headers: { 'content-type': 'text/plain' },
    body: 'tail',
  }));
  const file = await createClient({ url: service.url }).jobs.outputs.download(JOB, 'a b/c.txt', {
    range: 'bytes=10-',
  });
  assert.equal(await text(file.stream), 'tail');
  assert.equal(file.mediaType, 'text/plain');
  assert.equal(service.seen[0]?.url, `/jobs/v2/${JOB}/outputs/media/a%20b/c.txt`);
  assert.equal(service.seen[0]?.headers.range, 'bytes=10-');
});

test('subscriptions and permissions are reached at the addresses of their operations', async () => {
  await using service = await startFakeService(() => success({}));
  const { notifications, jobs } = createClient({ url: service.url, retry });
  const id = '123456789012345678-0a1b2c3d-4e5f-011';
  await notifications.fire(id);
  await notifications.replay(id, { status: 'all', from: '2026-03-04T10:00:00Z' });
  await notifications.rotateSecret(id);
  await notifications.attempts(id, { status: 'all' });
  await jobs.permissions.show(JOB, 'ada');
  await jobs.permissions.grant(JOB, 'ada', 'READ');
  await jobs.permissions.drop(JOB);
  assert.deepEqual(
    service.seen.map(({ method, url, body }) => `${method} ${url} ${body}`.trim()),
    [
      `POST /notifications/v2/${id}/attempts {}`,
      `POST /notifications/v2/${id}/replay {"status":"all","from":"2026-03-04T10:00:00Z"}`,
      `POST /notifications/v2/${id}/secret`,
      `GET /notifications/v2/${id}/attempts?status=all`,
      `GET /jobs/v2/${JOB}/pems/ada`,
      `POST /jobs/v2/${JOB}/pems {"username":"ada","permission":"READ"}`,
      `DELETE /jobs/v2/${JOB}/pems`,
    ],
  );
});

test('apps and systems are shared, cloned and told of at the addresses of their operations', async () => {
  await using service = await startFakeService(() => success([]));
  const { apps, systems } = createClient({ url: service.url, retry });
  await apps.permissions.list('wc-1.0', { limit: 2 });
  await apps.permissions.show('wc-1.0', 'bob');
  await apps.permissions.grant('wc-1.0', 'bob', 'READ_EXECUTE');
  await apps.permissions.revoke('wc-1.0', 'bob');
  await apps.permissions.drop('wc-1.0');
  await apps.clone('wc-1.0', { version: '1.1' });
  await apps.act('wc-1.0', 'publish');
  await apps.history('wc-1.0');
  await systems.clone('exec', 'mine');
  await systems.history('exec', { offset: 1 });
  await systems.roles.drop('exec');
  assert.deepEqual(
    service.seen.map(({ method, url }) => `${method} ${url}`),
    [
      'GET /apps/v2/wc-1.0/pems?limit=2',
      'GET /apps/v2/wc-1.0/pems/bob',
      'POST /apps/v2/wc-1.0/pems',
      'DELETE /apps/v2/wc-1.0/pems/bob',
      'DELETE /apps/v2/wc-1.0/pems',
      'PUT /apps/v2/wc-1.0',
      'PUT /apps/v2/wc-1.0',
      'GET /apps/v2/wc-1.0/history',
      'PUT /systems/v2/exec',
      'GET /systems/v2/exec/history?offset=1',
      'DELETE /systems/v2/exec/roles',
    ],
  );
});

test('an answer with an ETag is asked for conditionally, and 304 gives what was known', async () => {
  const kept = { ...success({ id: JOB, status: 'RUNNING' }), headers: { etag: '"v1"' } };
  await using service = await startFakeService(({ headers }) =>
    headers['if-none-match'] === '"v1"' ? { status: 304, headers: { etag: '"v1"' } } : kept,
  );
  const client = createClient({ url: service.url, retry });
  const first = await client.jobs.show(JOB);
  first.status = 'FAILED'; // What the caller does with it stays with the caller.
  assert.deepEqual(await client.jobs.show(JOB), { id: JOB, status: 'RUNNING' });
  assert.deepEqual(
    service.seen.map(({ headers }) => headers['if-none-match']),
    [undefined, '"v1"'],
  );
  await client.jobs.status(JOB);
  await client.jobs.status(JOB, { wait: 1, since: 0 });
  const forgetful = createClient({ url: service.url, retry, cache: false });
  await forgetful.jobs.show(JOB);
  await forgetful.jobs.show(JOB);
  assert.ok(
    service.seen.slice(2).every(({ headers }) => headers['if-none-match'] === undefined),
    'not for another address, not while waiting for a change, not without a cache',
  );
});

test('an answer that breaks off in its middle is read again', async () => {
  await using service = await startFakeService((_, before) =>
    before === 0 ? { headers: { 'content-length': '999' }, body: '{' } : success([]),
  );
  const fast = createClient({ url: service.url, retry, timeoutMs: 100 });
  assert.deepEqual(await fast.jobs.list(), []);
});

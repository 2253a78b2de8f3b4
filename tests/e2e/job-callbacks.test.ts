import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DeliveryView, NotificationSummary } from '../../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobEnd,
  jobHistory,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { startService, type TestService } from '../support/service.ts';

let root: string;
let service: TestService;
let api: Api;
let appId: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arras-callbacks-'));
  service = await startService();
  api = connectApi(() => service.url);
  const systems = await registerLocalSystems(api, root);
  appId = await registerApp(api, systems, {
    name: 'speaking',
    template: [
      '${AGAVE_JOB_CALLBACK_ALIVE}',
      'DONE=3 OF="a \\"b\\""',
      '${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|DONE,of:OF}',
      // What the service is told of an end is no end.
      'curl -sS -o /dev/null "$(sed -n \'s/^url = "\\(.*\\)HEARTBEAT"$/\\1/p\' .arras/callback)FINISHED"',
      'exit 4',
    ].join('\n'),
  });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

test('a program says that it is alive and sends events of its own; that it has finished it cannot claim', async () => {
  const { id } = await submitJob(api, appId, {
    notifications: [{ url: 'ada@example.org', event: 'STEP_DONE', persistent: true }],
  });
  const job = await jobEnd(api, id);
  assert.equal(job.status, 'FAILED', job.lastStatusMessage ?? '');
  const history = await jobHistory(api, id);
  const told = history.filter((entry) => ['HEARTBEAT', 'STEP_DONE'].includes(entry.status));
  assert.deepEqual(
    told.map((entry) => entry.status),
    ['HEARTBEAT', 'STEP_DONE'],
  );
  const [subscription] = await api.call<NotificationSummary[]>(
    'GET',
    `/notifications/v2?associatedUuid=${id}`,
  );
  const deliveries = await api.call<DeliveryView[]>(
    'GET',
    `/notifications/v2/${subscription?.id}/deliveries`,
  );
  assert.deepEqual(
    deliveries.map((delivery) => delivery.event),
    ['STEP_DONE'],
  );
});

test('the token lies in one file that only its owner can read, and in no log', async () => {
  const { id } = await submitJob(api, appId);
  await jobEnd(api, id);
  const jobs = join(root, 'scratch', 'admin');
  const name = (await readdir(jobs)).find((entry) => entry.startsWith(id));
  assert.ok(name);
  const path = join(jobs, name, '.arras', 'callback');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const token = /token\/([^/]+)\//.exec(await readFile(path, 'utf8'))?.[1];
  assert.ok(token !== undefined && token.length === 43);
  assert.equal(service.log().includes(token), false);
  const late = await fetch(`${service.url}/jobs/v2/trigger/job/${id}/token/${token}/status/HEARTBEAT`);
  assert.equal(late.status, 400);
});

test('without a route to the service all that a program says arrives by way of the spool', async () => {
  const place = await mkdtemp(join(tmpdir(), 'arras-callbacks-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(place, { recursive: true, force: true }));
  // Nobody listens there.
  const lonely = stack.use(await startService({ environment: { ARRAS_PUBLIC_URL: 'http://127.0.0.1:1' } }));
  const there = connectApi(() => lonely.url);
  const app = await registerApp(there, await registerLocalSystems(there, place), {
    name: 'speaking',
    template: [
      '${AGAVE_JOB_CALLBACK_ALIVE}',
      'for STEP in 1 2 3; do ${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|STEP}; done',
      "env bash -c 'arras-notify LAST_STEP of=3'",
    ].join('\n'),
  });
  const { id } = await submitJob(there, app);
  assert.equal((await jobEnd(there, id)).status, 'FINISHED');
  const told = (await jobHistory(there, id)).map((entry) => entry.status);
  assert.deepEqual(
    told.filter((name) => ['RUNNING', 'HEARTBEAT', 'STEP_DONE', 'LAST_STEP'].includes(name)),
    ['RUNNING', 'HEARTBEAT', 'STEP_DONE', 'STEP_DONE', 'STEP_DONE', 'LAST_STEP'],
  );
});

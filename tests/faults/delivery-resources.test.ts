import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JobView } from '../../packages/contract/src/index.ts';
import { jobEnd, jobStatus, registerApp, submitJob } from '../support/api.ts';
import { checkMatched, type DeliveryBed, eventOf, openDeliveryBed } from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: DeliveryBed;
before(async () => {
  bed = await openDeliveryBed();
});
after(async () => {
  await checkMatched(bed);
  await bed[Symbol.asyncDispose]();
});

/** Waits until the receiver has so many calls at a path and returns the names of their events. */
async function namesAt(path: string, count: number): Promise<string[]> {
  await eventually(
    `${count} calls of ${path}`,
    () => bed.got(path).length >= count || assert.fail(heard(path)),
  );
  return bed.got(path).map((request) => eventOf(request).name);
}

function heard(path: string): string {
  return `heard ${bed
    .got(path)
    .map((request) => eventOf(request).name)
    .join(', ')}`;
}

async function uuidOf(path: string): Promise<string> {
  return (await bed.api.call<{ uuid: string }>('GET', path)).uuid;
}

test('subscribers of a system hear of its changes and of the jobs on it', async () => {
  await bed.subscribe(await uuidOf('/systems/v2/local'), '/ok/system');
  await bed.api.call('PUT', '/systems/v2/local', { action: 'disable' });
  await bed.api.call('PUT', '/systems/v2/local', { action: 'enable' });
  assert.deepEqual(await namesAt('/ok/system', 2), ['DISABLED', 'ENABLED']);
  const job = await bed.job();
  const names = await namesAt('/ok/system', 6);
  assert.deepEqual(names.slice(2), ['JOB_CREATED', 'JOB_QUEUED', 'JOB_RUNNING', 'JOB_FINISHED']);
  const last = JSON.parse(bed.got('/ok/system').at(-1)?.body ?? '') as {
    job: JobView;
    system: { id: string };
  };
  assert.equal(last.job.id, job.id);
  assert.equal(last.job.status, 'FINISHED');
  assert.equal(last.system.id, 'local');
});

test('subscribers of an app hear of its life and of the jobs that run it', async () => {
  const id = await registerApp(bed.api, bed.faults.systems, { name: 'heard', template: 'exit 0\n' });
  const app = await bed.api.call<Record<string, unknown>>('GET', `/apps/v2/${id}`);
  await bed.subscribe(String(app['uuid']), '/ok/app');
  await jobEnd(bed.api, (await submitJob(bed.api, id)).id);
  assert.deepEqual(await namesAt('/ok/app', 1), ['JOB_CREATED']);
  const { name, version, executionSystem, deploymentPath, templatePath, testPath } = app;
  await bed.api.call('POST', `/apps/v2/${id}`, {
    name,
    version,
    executionSystem,
    deploymentPath,
    templatePath,
    testPath,
    executionType: 'CLI',
    parallelism: 'SERIAL',
    deploymentSystem: 'store',
    label: 'another label',
  });
  await bed.api.call('DELETE', `/apps/v2/${id}`);
  assert.deepEqual(await namesAt('/ok/app', 3), ['JOB_CREATED', 'UPDATED', 'DELETED']);
});

test('subscribers to everything hear of new resources; those of a subscription hear of its changes', async () => {
  const all = await bed.subscribe('*', '/ok/all', { event: 'CREATED' });
  await registerApp(bed.api, bed.faults.systems, { name: 'fresh', template: 'exit 0\n' });
  const job = await bed.job();
  await namesAt('/ok/all', 3);
  const bodies = bed.got('/ok/all').map(({ body }) => JSON.parse(body) as { id: string });
  assert.deepEqual(bodies.map(({ id }) => id).sort(), [all.id, job.id, 'fresh-1.0'].sort());
  await bed.subscribe(all.id, '/ok/own');
  await bed.api.call('POST', `/notifications/v2/${all.id}`, { event: 'DELETED' });
  await bed.api.call('DELETE', `/notifications/v2/${all.id}`);
  assert.deepEqual(await namesAt('/ok/own', 2), ['UPDATED', 'DELETED']);
});

test('subscribers of a job hear who may see it, and of its deletion', async () => {
  const job = await bed.job();
  await bed.subscribe(job.id, '/ok/pems?who=${PERMISSION_USERNAME}&what=${PERMISSION_PERMISSION}');
  await bed.api.call('POST', `/jobs/v2/${job.id}/pems`, { username: 'world', permission: 'READ' });
  await bed.api.call('DELETE', `/jobs/v2/${job.id}/pems/world`);
  await bed.api.call('DELETE', `/jobs/v2/${job.id}`);
  const calls = () => bed.receiver.received.filter(({ path }) => path.startsWith('/ok/pems'));
  await eventually('three calls', () => calls().length === 3);
  assert.deepEqual(
    calls().map((request) => eventOf(request).name),
    ['PERMISSION_GRANT', 'PERMISSION_REVOKE', 'DELETED'],
  );
  assert.equal(calls()[0]?.path, '/ok/pems?who=world&what=READ');
});

test('a program tells of itself from inside its job', async () => {
  const template = `step='first "step"'
\${AGAVE_JOB_CALLBACK_ALIVE}
\${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|step,alias:step}
`;
  const id = await registerApp(bed.api, bed.faults.systems, { name: 'talking', template });
  const submitted = await submitJob(bed.api, id, {
    notifications: [{ url: `${bed.receiver.url}/ok/talking`, event: '*', persistent: true }],
  });
  const job = await jobStatus(bed.api, submitted.id, 'FINISHED');
  await eventually('the end is told', () =>
    bed.got('/ok/talking').some((request) => eventOf(request).name === 'FINISHED'),
  );
  const names = bed.got('/ok/talking').map((request) => eventOf(request).name);
  assert.ok(names.indexOf('HEARTBEAT') > names.indexOf('QUEUED'), names.join(' '));
  assert.ok(names.indexOf('STEP_DONE') > names.indexOf('HEARTBEAT'), names.join(' '));
  const step = bed.got('/ok/talking').find((request) => eventOf(request).name === 'STEP_DONE');
  const body = JSON.parse(step?.body ?? '') as JobView & { data: Record<string, string> };
  assert.equal(body.id, job.id);
  assert.equal(body.data['step'], 'first "step"');
  assert.equal(body.data['alias'], 'first "step"');
  const seqs = bed.got('/ok/talking').map((request) => eventOf(request).seq);
  assert.deepEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
  );
});

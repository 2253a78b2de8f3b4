import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  PartHealth,
  SystemCheck,
  SystemHealthView,
  SystemView,
} from '../../packages/contract/src/index.ts';
import { type Api, connectApi, jobEnd, registerApp, submitJob } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { registerRemoteSystems, sshLogin } from '../support/remote-systems.ts';
import { startService, type TestService } from '../support/service.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

// What work and checks find of the parts of a system is kept, and shown with the system.

let sshd: Sshd;
let database: TestDatabase;
let service: TestService;
let api: Api;
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arras-health-'));
  sshd = await startSshd();
  database = await createTestDatabase();
  service = await startService({
    databaseUrl: database.url,
    environment: { ARRAS_MONITOR_INTERVAL: '1s' },
  });
  api = connectApi(() => service.url);
  await mkdir(join(root, 'home'));
});
after(async () => {
  await service?.[Symbol.asyncDispose]();
  await sshd.close();
  await database.drop();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

async function healthOf(id: string): Promise<SystemHealthView> {
  const { health } = await api.call<SystemView>('GET', `/systems/v2/${id}`);
  return health ?? assert.fail('a system that is shown has a health');
}

async function partOf(id: string, name: PartHealth['part']): Promise<PartHealth | undefined> {
  return (await healthOf(id)).parts.find(({ part }) => part === name);
}

test('nothing is known of a system that nobody has used; a job measures all parts of it', async () => {
  const systems = await registerRemoteSystems(api, sshd, root);
  assert.deepEqual(await healthOf('remote'), { status: 'unknown', since: null, latencyP95: null, parts: [] });
  const appId = await registerApp(api, systems, { name: 'slow', template: 'sleep 600\n' });
  const { id } = await submitJob(api, appId);
  await api.request('GET', '/files/v2/listings/system/remote/');
  const health = await eventually(
    'every part was measured',
    async () => {
      const now = await healthOf('remote');
      return now.parts.length === 3 && now.parts.every(({ measured }) => measured > 0) ? now : null;
    },
    { timeoutMs: 120_000 },
  );
  const nextLooks = health.parts.map(({ part, nextCheck }) => [part, nextCheck !== null]);
  assert.deepEqual(nextLooks, [
    ['login', true],
    ['scheduler', true],
    ['storage', false],
  ]);
  await api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
  await jobEnd(api, id, 120_000);
  assert.deepEqual(
    health.parts.map(({ part, status, reason }) => [part, status, reason]),
    [
      ['login', 'ok', null],
      ['scheduler', 'ok', null],
      ['storage', 'ok', null],
    ],
  );
  assert.equal(health.status, 'ok');
  const slowest = Math.max(...health.parts.map(({ latencyP95 }) => latencyP95 ?? 0));
  assert.equal(health.latencyP95, slowest);
  assert.ok(slowest > 0);
  const listed = await api.call<SystemView[]>('GET', '/systems/v2?id=remote');
  assert.equal(listed[0]?.health?.status, 'ok');
  const filtered = await api.call<object[]>('GET', '/systems/v2?id=remote&filter=id,health.status');
  assert.deepEqual(filtered, [{ id: 'remote', health: { status: 'ok' } }]);
});

test('a failed check of a storage is kept with its step, and work that succeeds brings it back', async () => {
  const storage = { protocol: 'SFTP', rootDir: root, homeDir: '/home', ...sshLogin(sshd) };
  await api.call('POST', '/systems/v2', { id: 'files', name: 'Files', type: 'STORAGE', storage });
  const list = () => api.request('GET', '/files/v2/listings/system/files/');
  assert.equal((await list()).status, 200);
  const before = await eventually('the listing was told', () => partOf('files', 'storage'));
  assert.equal(before.status, 'ok');
  await sshd.stop();
  sshd.signalChildren('SIGKILL');
  const steps = await api.call<SystemCheck[]>('POST', '/systems/v2/files/check');
  assert.ok(steps.every(({ part }) => part === 'storage'));
  const down = await partOf('files', 'storage');
  assert.equal(down?.status, 'down');
  assert.match(down.reason ?? '', /^connect: /);
  assert.ok(Date.parse(down.since) >= Date.parse(before.lastCheck));
  assert.equal(down.lastOk !== null && Date.parse(down.lastOk) <= Date.parse(down.since), true);
  await list();
  assert.equal((await partOf('files', 'storage'))?.since, down.since, 'it is down since it was found so');
  await sshd.start();
  const up = await eventually(
    'it answers again',
    async () => {
      await list();
      const now = await partOf('files', 'storage');
      return now?.status === 'ok' ? now : null;
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  assert.equal(up.reason, null);
  assert.ok(Date.parse(up.since) > Date.parse(down.since));
});

test('work that finds a host away says so before anybody checks, and work brings it back', async () => {
  // What is not there was answered all the same.
  await api.request('GET', '/files/v2/listings/system/files/missing.txt');
  assert.equal((await partOf('files', 'storage'))?.status, 'ok');
  await sshd.stop();
  sshd.signalChildren('SIGKILL');
  const found = await eventually(
    'the failure is kept',
    async () => {
      await api.request('GET', '/files/v2/listings/system/files/of-somebody');
      const now = await partOf('files', 'storage');
      return now?.status === 'ok' ? null : now;
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  assert.match(found.reason ?? '', /\S/);
  assert.doesNotMatch(found.reason ?? '', /of-somebody/, 'others see the system, not what is used on it');
  await sshd.start();
  await eventually(
    'it comes back',
    async () => {
      await api.request('GET', '/files/v2/listings/system/files/');
      return (await partOf('files', 'storage'))?.status === 'ok';
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
});

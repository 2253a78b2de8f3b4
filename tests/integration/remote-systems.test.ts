import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CredentialView, JobView, SystemCheck, SystemView } from '../../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobEnd,
  jobStatus,
  type LocalSystems,
  registerApp,
  submitJob,
} from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { registerRemoteSystems, sshLogin } from '../support/remote-systems.ts';
import { startService, type TestService } from '../support/service.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

describe('systems that are entered over SSH', () => {
  let sshd: Sshd;
  let service: TestService;
  let api: Api;
  let root: string;
  let database: TestDatabase;
  let systems: LocalSystems;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'arras-remote-'));
    sshd = await startSshd();
    database = await createTestDatabase();
    service = await startService({ databaseUrl: database.url });
    api = connectApi(() => service.url);
    systems = await registerRemoteSystems(api, sshd, root);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await sshd.close();
    await database.drop();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  test('the keys that a host shows are pinned, and its secrets are never shown', async () => {
    const answer = await api.request('GET', '/systems/v2/remote');
    const system = answer.body.result as Extract<SystemView, { type: 'EXECUTION' }>;
    const shown = sshd.endpoint().hostKeys.map((key) => key.split(' ').slice(0, 2).join(' '));
    assert.ok(system.login.hostKeys?.every((key) => shown.includes(key)));
    assert.ok((system.login.hostKeys?.length ?? 0) > 0);
    assert.equal(JSON.stringify(answer.body).includes('PRIVATE KEY'), false);
    const { rows } = await database.pool.query(
      'select definition::text as text, (select string_agg(sealed, $1) from system_credentials) from systems',
      [' '],
    );
    assert.equal(JSON.stringify(rows).includes('PRIVATE KEY'), false);
    const credentials = await api.call<CredentialView[]>('GET', '/systems/v2/remote/credentials');
    assert.deepEqual(
      credentials.map(({ connection, type }) => [connection, type]),
      [
        ['login', 'SSHKEYS'],
        ['storage', 'SSHKEYS'],
      ],
    );
    assert.equal(JSON.stringify(credentials).includes('PRIVATE KEY'), false);
  });

  test('a job runs there: inputs go there, output comes back to the archive', async () => {
    const appId = await registerApp(api, systems, {
      name: 'count',
      template: 'wc -c < "${text}" > counted.txt\necho done\n',
      inputs: [{ id: 'text', value: { required: true } }],
    });
    await writeFile(join(root, 'home', 'words.txt'), 'some words\n');
    const { id } = await submitJob(api, appId, {
      inputs: { text: 'agave://remote-store/words.txt' },
      archive: true,
      archivePath: 'archive/counted',
    });
    const job = await jobEnd(api, id);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    assert.equal(await readFile(join(root, 'home/archive/counted/counted.txt'), 'utf8'), '11\n');
    const listed = await api.call<{ name: string }[]>('GET', `/jobs/v2/${id}/outputs/listings`);
    assert.ok(listed.some(({ name }) => name === 'counted.txt'));
  });

  test('many jobs at once take fewer commands than jobs, each with the files of its app', async () => {
    const jobs = 40;
    const appId = await registerApp(api, systems, { name: 'many', template: 'cat lib/data\n' });
    await addAssets('many', { 'lib/data': 'of the app\n' });
    await jobEnd(api, (await submitJob(api, appId)).id);
    const commands = () => sshd.log().split('Starting session: command').length - 1;
    const before = commands();
    const ids = await Promise.all(Array.from({ length: jobs }, async () => (await submitJob(api, appId)).id));
    for (const id of ids) {
      const job = await jobEnd(api, id);
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    }
    assert.ok(commands() - before < jobs, `${commands() - before} commands`);
  });

  test('files of an app that are too many for a command are copied by the service', async () => {
    const appId = await registerApp(api, systems, { name: 'heavy', template: 'wc -c < lib/data > size\n' });
    await addAssets('heavy', { 'lib/data': 'x'.repeat(20_000_000) });
    const { id } = await submitJob(api, appId, { archive: true, archivePath: 'archive/heavy' });
    const job = await jobEnd(api, id);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    assert.equal(await readFile(join(root, 'home/archive/heavy/size'), 'utf8'), '20000000\n');
    const archived = await readdir(join(root, 'home/archive/heavy'), { recursive: true });
    assert.ok(!archived.includes('lib/data'), String(archived));
  });

  async function addAssets(app: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const place = join(root, 'home/apps', app, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, content);
    }
  }

  test('a check goes through every step', async () => {
    const steps = await api.call<SystemCheck[]>('POST', '/systems/v2/remote/check');
    assert.deepEqual(
      steps.map(({ step, result }) => [step, result]),
      [
        'resolve',
        'connect',
        'host-key',
        'authenticate',
        'shell',
        'scheduler',
        'storage',
        'scratch',
        'link',
      ].map((step) => [step, 'ok']),
      JSON.stringify(steps),
    );
  });

  test('jobs wait while their host is away, none fails, and they go on without anybody', async () => {
    const appId = await registerApp(api, systems, { name: 'patient', template: 'sleep 1\n' });
    const running = await submitJob(api, appId);
    await jobStatus(api, running.id, 'RUNNING');
    await sshd.stop();
    sshd.signalChildren('SIGKILL');
    const waiting = await submitJob(api, appId);
    const silent = await eventually(
      'the status says that the host does not answer',
      async () => {
        const { freshness } = await api.call<JobView>('GET', `/jobs/v2/${running.id}`);
        return freshness.reachable ? null : freshness;
      },
      { timeoutMs: 60_000 },
    );
    assert.match(silent.message ?? '', /remote does not answer.*since/s);
    await eventually(
      'the new job says what it waits for',
      async () => {
        const { lastStatusMessage, status } = await api.call<JobView>('GET', `/jobs/v2/${waiting.id}`);
        return status !== 'FAILED' && /cannot be reached/.test(lastStatusMessage ?? '');
      },
      { timeoutMs: 60_000 },
    );
    await sshd.start();
    for (const { id } of [running, waiting]) {
      const job = await jobEnd(api, id, 120_000);
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    }
  });

  test('a check of a host with wrong credentials says which step failed and what to do', async () => {
    const auth = { type: 'PASSWORD', username: 'nobody', password: 'not-it' };
    await api.call('POST', '/systems/v2', {
      id: 'locked',
      name: 'Locked',
      type: 'STORAGE',
      storage: { protocol: 'SFTP', ...sshLogin(sshd), auth },
    });
    const steps = await api.call<SystemCheck[]>('POST', '/systems/v2/locked/check');
    const failed = steps.find(({ result }) => result === 'failed');
    assert.equal(failed?.step, 'authenticate');
    assert.match(failed.fix ?? '', /credentials/);
    assert.equal(JSON.stringify(steps).includes('not-it'), false);
    assert.equal(steps.at(-1)?.result, 'skipped');
  });

  test('a check says what the server of the files lacks, and what that means', async () => {
    const poor = await startSshd({ config: ['ForceCommand internal-sftp -P posix-rename,fsync'] });
    try {
      await api.call('POST', '/systems/v2', {
        id: 'poor',
        name: 'Poor',
        type: 'STORAGE',
        storage: { protocol: 'SFTP', rootDir: root, ...sshLogin(poor) },
      });
      const steps = await api.call<SystemCheck[]>('POST', '/systems/v2/poor/check');
      const seen = steps.find(({ step }) => step === 'storage');
      assert.equal(seen?.result, 'ok', JSON.stringify(steps));
      assert.match(
        seen.message,
        /lacks posix-rename@openssh\.com: .* lacks fsync@openssh\.com: .*power loss/,
      );
      assert.doesNotMatch(seen.message, /statvfs/);
    } finally {
      await poor.close();
    }
  });

  test('a host that shows no key cannot be registered without one', async () => {
    const answer = await api.request('POST', '/systems/v2', {
      id: 'nowhere',
      name: 'Nowhere',
      type: 'STORAGE',
      storage: { protocol: 'SFTP', ...sshLogin(sshd), port: 1 },
    });
    assert.equal(answer.status, 412);
    assert.match(answer.body.message ?? '', /hostKeys/);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { JobView, SystemCheck, SystemView } from '../../packages/contract/src/index.ts';
import { type Api, connectApi, jobEnd, jobStatus, registerApp, submitJob } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { listProcesses } from '../support/process-table.ts';
import { registerRemoteSystems, sshLogin } from '../support/remote-systems.ts';
import { startService, type TestService } from '../support/service.ts';
import { openSlurmServiceBed } from '../support/slurm-service-bed.ts';
import { makeKey, type Sshd, startSshd } from '../support/sshd.ts';

const STEPS = [
  'resolve',
  'connect',
  'host-key',
  'authenticate',
  'shell',
  'scheduler',
  'storage',
  'scratch',
  'link',
];

/** A key that only its certificate lets in. */
interface Certified {
  readonly privateKey: string;
  readonly certificate: string;
  readonly authority: string;
}

function makeCertified(directory: string): Certified {
  const [authority, key] = [join(directory, 'authority'), join(directory, 'certified')];
  makeKey('ed25519', authority);
  makeKey('ed25519', key);
  const words = ['-q', '-s', authority, '-I', 'a test', '-n', userInfo().username, `${key}.pub`];
  execFileSync('ssh-keygen', words);
  return {
    privateKey: readFileSync(key, 'utf8'),
    certificate: readFileSync(`${key}-cert.pub`, 'utf8'),
    authority: readFileSync(`${authority}.pub`, 'utf8').trim(),
  };
}

describe("systems that the system's ssh program enters", () => {
  let sshd: Sshd;
  let service: TestService;
  let api: Api;
  let root: string;
  let database: TestDatabase;
  let certified: Certified;
  let accountConfig: string;
  let appSystems: { root: string; storage: string; execution: string };

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'arras-openssh-'));
    sshd = await startSshd();
    certified = makeCertified(sshd.directory);
    sshd.authorize([
      `cert-authority ${certified.authority}`,
      readFileSync(`${sshd.privateKeyPath}.pub`, 'utf8').trim(),
    ]);
    accountConfig = join(sshd.directory, 'account_config');
    await writeFile(accountConfig, `Host 127.0.0.1\n  IdentityFile ${sshd.privateKeyPath}\n`);
    database = await createTestDatabase();
    service = await startService({
      databaseUrl: database.url,
      environment: { ARRAS_SSH_CONFIG: accountConfig, ARRAS_MONITOR_INTERVAL: '1s' },
    });
    api = connectApi(() => service.url);
    const auth = certifiedAuth();
    const login = { ...sshLogin(sshd), transport: 'OPENSSH', auth };
    const storage = { protocol: 'SFTP', rootDir: root, homeDir: '/home', ...login };
    appSystems = await registerRemoteSystems(api, sshd, root, {
      login: { protocol: 'SSH', ...login },
      storage,
    });
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await sshd.close();
    await database?.drop();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  const certifiedAuth = () => ({
    type: 'SSHKEYS',
    username: userInfo().username,
    privateKey: certified.privateKey,
    publicKey: certified.certificate,
  });
  const results = (steps: readonly SystemCheck[]) => steps.map(({ step, result }) => [step, result]);

  function storageSystem(id: string, more: Readonly<Record<string, unknown>>) {
    const storage = { protocol: 'SFTP', transport: 'OPENSSH', rootDir: root, ...sshLogin(sshd), ...more };
    return { id, name: 'Some files', type: 'STORAGE', storage };
  }

  async function check(id: string, more: Readonly<Record<string, unknown>>): Promise<SystemCheck[]> {
    await api.call('POST', '/systems/v2', storageSystem(id, more));
    return api.call<SystemCheck[]>('POST', `/systems/v2/${id}/check`);
  }

  async function failureOf(id: string, more: Readonly<Record<string, unknown>>): Promise<SystemCheck> {
    const failed = (await check(id, more)).find(({ result }) => result === 'failed');
    return failed ?? assert.fail('no step failed');
  }

  test('a check takes every step with a certificate of the site, which the library cannot use', async () => {
    const steps = await api.call<SystemCheck[]>('POST', '/systems/v2/remote/check');
    assert.deepEqual(
      results(steps),
      STEPS.map((step) => [step, 'ok']),
      JSON.stringify(steps),
    );
    const { login } = await api.call<Extract<SystemView, { type: 'EXECUTION' }>>('GET', '/systems/v2/remote');
    assert.equal(login.transport, 'OPENSSH');
    const builtin = await failureOf('builtin', { transport: 'BUILTIN', auth: certifiedAuth() });
    assert.equal(builtin.step, 'authenticate');
  });

  test('a job runs there: inputs go there, output comes back to the archive', async () => {
    const appId = await registerApp(api, appSystems, {
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
    const job = await jobEnd(api, id, 60_000);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    assert.equal(await readFile(join(root, 'home/archive/counted/counted.txt'), 'utf8'), '11\n');
  });

  test('keys lie in a private directory of the service, and neither they nor names are in arguments', async () => {
    await api.call('POST', '/systems/v2/remote/check');
    const appId = await registerApp(api, appSystems, { name: 'brief', template: 'sleep 2\n' });
    const { id } = await submitJob(api, appId);
    await jobStatus(api, id, 'RUNNING');
    // The service is not told of a temporary directory of ours.
    const parent = [join(service.dataDirectory, 'ssh'), '/tmp'].find((path) => existsSync(path)) ?? '';
    const own = readdirSync(parent).filter((name) => name.includes(`-${service.pid}-`));
    assert.ok(own.length > 0);
    for (const name of own) assert.equal(statSync(join(parent, name)).mode & 0o777, 0o700);
    const commands = listProcesses().filter(({ command }) => /^ssh -F .*arras/.test(command));
    assert.ok(commands.length > 0);
    for (const { command } of commands) {
      assert.match(command, /^ssh -F \S+\/ssh-[0-9a-f]{6}-[0-9]+-\w+\/config -T (-s |-f -N -M )?target/);
      assert.doesNotMatch(command, new RegExp(`127\\.0\\.0\\.1|${sshd.port}|BEGIN`));
    }
    assert.equal((await jobEnd(api, id, 60_000)).status, 'FINISHED');
  });

  test("the service's own account enters by what its configuration says", async () => {
    const auth = { type: 'LOCAL', username: userInfo().username };
    const steps = await check('account', { auth });
    assert.deepEqual(
      results(steps).filter(([, result]) => result !== 'ok'),
      [],
      JSON.stringify(steps),
    );
  });

  test("pinned keys count, whatever the account's configuration would accept", async () => {
    await writeFile(
      accountConfig,
      `Host *\n  IdentityFile ${sshd.privateKeyPath}\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  NoHostAuthenticationForLocalhost yes\n`,
    );
    const hostKeys = [readFileSync(`${sshd.privateKeyPath}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')];
    const failed = await failureOf('false-host', {
      hostKeys,
      auth: { type: 'LOCAL', username: userInfo().username },
    });
    assert.equal(failed.step, 'host-key', JSON.stringify(failed));
  });

  test('a check says which step failed', async () => {
    const hostKeys = [...sshd.endpoint().hostKeys].map((key) => key.split(' ').slice(0, 2).join(' '));
    const auth = { ...certifiedAuth(), publicKey: undefined };
    assert.equal((await failureOf('no-certificate', { auth })).step, 'authenticate');
    assert.equal((await failureOf('silent-port', { hostKeys, port: 1 })).step, 'connect');
    const nowhere = await failureOf('nowhere', { hostKeys, host: 'nowhere.invalid' });
    assert.equal(nowhere.step, 'resolve', JSON.stringify(nowhere));
    assert.match(nowhere.fix ?? '', /name service/);
  });

  test('what cannot be a line of its configuration is refused by name', async () => {
    for (const [field, more] of [
      ['storage.host', { host: '-oProxyCommand=true' }],
      ['storage.host', { host: 'a\nProxyCommand true' }],
      ['storage.auth.username', { auth: { ...certifiedAuth(), username: 'ada"' } }],
      ['storage.auth.username', { auth: { ...certifiedAuth(), username: 'ada%h' } }],
      ['storage.auth.username', { auth: { type: 'LOCAL' } }],
      ['storage.auth.type', { auth: { type: 'PASSWORD', username: 'ada', password: 'sesame' } }],
      ['storage.auth.password', { auth: { ...certifiedAuth(), password: 'sesame' } }],
      ['storage.auth.privateKey', { auth: { ...certifiedAuth(), privateKey: 'no key' } }],
      ['storage.auth.publicKey', { auth: { ...certifiedAuth(), publicKey: 'two\nlines' } }],
    ] as const) {
      const answer = await api.request('POST', '/systems/v2', storageSystem('hostile', more));
      assert.equal(answer.status, 400, field);
      assert.deepEqual(
        answer.body.errors?.map((error) => error.field),
        [field],
      );
    }
    const renewed = await api.request('POST', '/systems/v2/remote/credentials', {
      connection: 'login',
      auth: { ...certifiedAuth(), password: 'sesame' },
    });
    assert.deepEqual(
      renewed.body.errors?.map(({ field }) => field),
      ['auth.password'],
    );
    const local = { protocol: 'LOCAL', transport: 'OPENSSH', rootDir: root, auth: { type: 'LOCAL' } };
    const answer = await api.request('POST', '/systems/v2', { ...storageSystem('here', {}), storage: local });
    assert.ok(answer.body.errors?.some(({ field }) => field === 'storage.transport'));
  });

  test('jobs wait while sshd is away, and go on without anybody', async () => {
    const appId = await registerApp(api, appSystems, {
      name: 'patient',
      template: 'echo run >> runs\nsleep 1\n',
    });
    const running = await submitJob(api, appId);
    const { outputPath } = await jobStatus(api, running.id, 'RUNNING');
    await sshd.stop();
    await eventually(
      'the status says that the host does not answer',
      async () => !(await api.call<JobView>('GET', `/jobs/v2/${running.id}`)).freshness.reachable,
      { timeoutMs: 60_000 },
    );
    const waiting = await submitJob(api, appId);
    await eventually(
      'the new job says what it waits for',
      async () => {
        const { lastStatusMessage } = await api.call<JobView>('GET', `/jobs/v2/${waiting.id}`);
        return /cannot be reached/.test(lastStatusMessage ?? '');
      },
      { timeoutMs: 60_000 },
    );
    await sshd.start();
    for (const { id } of [running, waiting]) {
      const job = await jobEnd(api, id, 120_000);
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    }
    assert.equal(await readFile(join(root, 'scratch', outputPath ?? '', 'runs'), 'utf8'), 'run\n');
  });

  test('a service that was killed leaves no connection, and the next one removes its keys', async () => {
    // Short enough for sockets.
    const dataDirectory = await mkdtemp('/tmp/arras-k-');
    const options = { databaseUrl: database.url, dataDirectory };
    const killed = await startService(options);
    const isOurs = (text: string) => text.includes(`-${killed.pid}-`);
    const left = () => readdirSync(join(dataDirectory, 'ssh')).filter(isOurs);
    try {
      const other = connectApi(() => killed.url);
      assert.equal((await other.request('POST', '/systems/v2/remote/check')).status, 200);
      // A job could be run by the other process, what is asked for here is done here.
      assert.equal((await other.request('GET', '/files/v2/listings/system/remote')).status, 200);
    } finally {
      await killed.kill();
    }
    assert.ok(left().length > 0);
    await eventually(
      'its connections have ended',
      () => !listProcesses().some(({ command }) => command.startsWith('ssh') && isOurs(command)),
      { timeoutMs: 60_000 },
    );
    await using next = await startService(options);
    assert.deepEqual(left(), [], next.url);
    await rm(dataDirectory, { recursive: true, force: true });
  });

  test('a clean stop leaves neither keys nor connections', async () => {
    const { dataDirectory, pid } = service;
    await service.stop();
    for (const parent of [join(dataDirectory, 'ssh'), '/tmp']) {
      const names = existsSync(parent) ? readdirSync(parent) : [];
      assert.deepEqual(
        names.filter((name) => name.startsWith('ssh-') && name.includes(`-${pid}-`)),
        [],
      );
    }
    assert.deepEqual(
      listProcesses().filter(
        ({ command }) => /^ssh.*\/ssh-[0-9a-f]{6}-/.test(command) && command.includes(`-${pid}-`),
      ),
      [],
    );
  });
});

test("a batch system is used by way of the system's ssh program", async () => {
  await using slurm = await openSlurmServiceBed({ transport: 'OPENSSH' });
  const appId = await slurm.registerApp('brief', 'sleep 0.2');
  const jobs = await Promise.all(Array.from({ length: 5 }, () => submitJob(slurm.bed.api, appId)));
  for (const { id } of jobs) assert.equal((await jobEnd(slurm.bed.api, id, 60_000)).status, 'FINISHED');
  await slurm.bed.checkFinishedOnce(jobs.map(({ id }) => id));
});

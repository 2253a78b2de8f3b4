import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { SystemCheck, SystemView } from '../../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobEnd,
  type LocalSystems,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { type FtpServerProcess, startFtpServer } from '../support/ftp-server.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { ADMIN_TOKEN, startService, type TestService } from '../support/service.ts';

const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'very+secret/key', region: 'us-east-1' };

describe('files of object stores, web servers and FTP servers', () => {
  let database: TestDatabase;
  let service: TestService;
  let api: Api;
  let root: string;
  let systems: LocalSystems;
  let objects: S3Server;
  let web: FileServer;
  let ftp: FtpServerProcess;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'arras-elsewhere-'));
    objects = await startS3Server({ bucket: 'data', keys: KEYS });
    web = await startFileServer();
    ftp = await startFtpServer({});
    database = await createTestDatabase();
    service = await startService({
      databaseUrl: database.url,
      environment: { ARRAS_EGRESS_ALLOW: '127.0.0.1' },
    });
    api = connectApi(() => service.url);
    systems = await registerLocalSystems(api, root);
    await api.call('POST', '/systems/v2', s3System());
    await api.call('POST', '/systems/v2', ftpSystem());
    await api.call('POST', '/systems/v2', webSystem());
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await database.drop();
    await objects[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await ftp[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  function s3System(storage: Readonly<Record<string, unknown>> = {}) {
    const { accessKeyId: publicKey, secretAccessKey: privateKey } = KEYS;
    return {
      id: 'objects',
      name: 'Objects',
      type: 'STORAGE',
      storage: {
        protocol: 'S3',
        host: '127.0.0.1',
        port: objects.port,
        tls: false,
        container: 'data',
        rootDir: '/lab',
        homeDir: '/',
        auth: { type: 'APIKEYS', publicKey, privateKey },
        ...storage,
      },
    };
  }

  function ftpSystem() {
    const auth = { type: 'PASSWORD', ...ftp.credentials };
    const storage = { protocol: 'FTP', host: '127.0.0.1', port: ftp.port, auth };
    return { id: 'ftp', name: 'FTP', type: 'STORAGE', storage };
  }

  function webSystem() {
    const storage = { protocol: 'HTTP', host: '127.0.0.1', port: web.port, rootDir: '/pub' };
    return { id: 'web', name: 'Web', type: 'STORAGE', storage: { ...storage, auth: { type: 'ANONYMOUS' } } };
  }

  const countApp = (name: string) =>
    registerApp(api, systems, {
      name,
      template: 'cat *.txt > all.out\nwc -c < all.out\n',
      inputs: [{ id: 'texts', semantics: { minCardinality: 1, maxCardinality: -1 } }],
    });

  test('a job takes its inputs from all of them and archives to an object store', async () => {
    const appId = await countApp('gather');
    web.files.set('/pub/one.txt', { bytes: Buffer.from('from the web\n') });
    web.files.set('/anybody/two.txt', { bytes: Buffer.from('from an address\n'), hidesLength: true });
    writeFileSync(join(ftp.root, 'three.txt'), 'from FTP\n');
    const metadata = {
      bytes: Buffer.from('from objects\n'),
      etag: '"x"',
      modifiedAt: new Date(),
      metadata: {},
    };
    objects.objects.set('lab/in/four.txt', metadata);
    const { id } = await submitJob(api, appId, {
      inputs: {
        texts: [
          'agave://web/one.txt',
          `${web.origin}/anybody/two.txt?signature=x`,
          'agave://ftp/three.txt',
          'agave://objects/in/four.txt',
        ],
      },
      archive: true,
      archiveSystem: 'objects',
      archivePath: 'archive/${JOB_ID}',
    });
    const job = await jobEnd(api, id);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    const archived = (name: string) => objects.objects.get(`lab/archive/${id}/${name}`)?.bytes.toString();
    assert.equal(archived('all.out'), 'from objects\nfrom the web\nfrom FTP\nfrom an address\n');
    assert.equal(objects.uploads.size, 0);
    const listed = await api.call<{ name: string }[]>('GET', `/jobs/v2/${id}/outputs/listings`);
    assert.ok(listed.some(({ name }) => name === 'all.out'));
  });

  test('a folder of an FTP server and one of an object store are inputs', async () => {
    const appId = await registerApp(api, systems, {
      name: 'folders',
      template: 'cat a/deep/x b/deep/y > all.out\n',
      inputs: [{ id: 'folders', semantics: { minCardinality: 1, maxCardinality: -1 } }],
    });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(ftp.root, 'a/deep'), { recursive: true });
    writeFileSync(join(ftp.root, 'a/deep/x'), 'x');
    const stored = { bytes: Buffer.from('y'), etag: '"y"', modifiedAt: new Date(), metadata: {} };
    objects.objects.set('lab/b/deep/y', stored);
    const { id } = await submitJob(api, appId, {
      inputs: { folders: ['agave://ftp/a', 'agave://objects/b'] },
      archive: true,
      archiveSystem: 'ftp',
      archivePath: 'archive/folders',
    });
    const job = await jobEnd(api, id);
    assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
    const { readFileSync } = await import('node:fs');
    assert.equal(readFileSync(join(ftp.root, 'archive/folders/all.out'), 'utf8'), 'xy');
  });

  for (const system of ['objects', 'ftp']) {
    test(`the Files API works on ${system}`, async () => {
      const media = `/files/v2/media/system/${system}`;
      const token = { authorization: `Bearer ${ADMIN_TOKEN}` };
      const upload = async (name: string, content: Buffer) => {
        const body = new FormData();
        body.append('fileToUpload', new Blob([new Uint8Array(content)]), name);
        const answer = await fetch(`${service.url}${media}/api/deep`, {
          method: 'POST',
          headers: token,
          body,
        });
        assert.equal(answer.status, 202, await answer.text());
      };
      const get = async (path: string, headers = {}) =>
        fetch(`${service.url}${path}`, { headers: { ...token, ...headers } });
      const large = Buffer.alloc(20_000_000, 'x');
      await upload('small.txt', Buffer.from('0123456789'));
      await upload('large.bin', large);
      const part = await get(`${media}/api/deep/small.txt`, { range: 'bytes=2-4' });
      assert.deepEqual([part.status, await part.text()], [206, '234']);
      const whole = await get(`${media}/api/deep/large.bin`);
      assert.ok(Buffer.from(await whole.arrayBuffer()).equals(large));
      await api.call('PUT', `${media}/api`, { action: 'mkdir', path: 'empty' });
      await api.call('PUT', `${media}/api/deep/small.txt`, { action: 'copy', path: 'api/copy.txt' });
      await api.call('PUT', `${media}/api/deep/small.txt`, { action: 'rename', path: 'new.txt' });
      const listed = await api.call<{ path: string }[]>(
        'GET',
        `/files/v2/listings/system/${system}/api?recursive=true`,
      );
      const paths = listed.map(({ path }) => path.replace(/^.*?api/, 'api')).sort();
      const expected = ['copy.txt', 'deep', 'deep/large.bin', 'deep/new.txt', 'empty'];
      assert.deepEqual(
        paths.filter((path) => path !== 'api'),
        expected.map((path) => `api/${path}`),
      );
      await api.call('DELETE', `${media}/api`);
      const gone = await get(`/files/v2/listings/system/${system}/api`);
      assert.equal(gone.status, 404);
    });
  }

  test('a file of a web server is downloaded through the Files API, and imported into an object store', async () => {
    web.files.set('/pub/page.txt', { bytes: Buffer.from('page'), etag: '"1"', modifiedAt: new Date() });
    const token = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await fetch(`${service.url}/files/v2/media/system/web/page.txt`, { headers: token });
    assert.deepEqual([answer.status, await answer.text()], [200, 'page']);
    for (const [urlToIngest, fileName] of [
      [`${web.origin}/pub/page.txt`, 'by-address.txt'],
      ['agave://web/page.txt', 'by-system.txt'],
    ]) {
      await api.call('POST', '/files/v2/media/system/objects/imports', { urlToIngest, fileName });
      const key = `lab/imports/${fileName}`;
      await eventually('it is imported', () => objects.objects.get(key)?.bytes.toString() === 'page', {
        timeoutMs: 30_000,
      });
    }
  });

  test('what nobody may read fails the job at once, what cannot be served now is tried three times', async () => {
    const appId = await countApp('refused');
    for (const [status, tries] of [
      [403, 1],
      [404, 1],
      [503, 3],
    ] as const) {
      web.files.set('/status.txt', { status });
      web.requests.length = 0;
      const { id } = await submitJob(api, appId, { inputs: { texts: `${web.origin}/status.txt` } });
      const job = await jobEnd(api, id);
      assert.equal(job.status, 'FAILED');
      const asked = web.requests.filter((line) => line === 'HEAD /status.txt').length;
      assert.equal(asked, tries, `${status}: ${job.lastStatusMessage}`);
    }
  });

  test('addresses inside are refused at the submission, names that lead there when they are fetched', async () => {
    const appId = await countApp('inside');
    for (const url of [
      'http://10.0.0.1/a.txt',
      'ftp://169.254.169.254/a.txt',
      'http://example.org:22/a.txt',
    ]) {
      const answer = await api.request('POST', '/jobs/v2', {
        name: 'inside',
        appId,
        inputs: { texts: url },
        archive: false,
      });
      assert.equal(answer.status, 400, url);
      assert.match(answer.body.message ?? '', /may not be called|belongs to other services/);
    }
    web.files.set('/away.txt', { status: 302, headers: { Location: 'http://10.0.0.1/secret' } });
    const { id } = await submitJob(api, appId, { inputs: { texts: `${web.origin}/away.txt` } });
    const job = await jobEnd(api, id);
    assert.equal(job.status, 'FAILED');
    assert.match(job.lastStatusMessage ?? '', /may not be called/);
  });

  test('checks go through the steps of each kind of server', async () => {
    const steps = async (id: string) => {
      const checks = await api.call<SystemCheck[]>('POST', `/systems/v2/${id}/check`);
      return checks.map(({ step, result, message }) => `${step} ${result === 'ok' ? 'ok' : message}`);
    };
    const reading = ['resolve ok', 'connect ok', 'authenticate ok', 'storage ok'];
    assert.deepEqual(await steps('objects'), [...reading, 'write ok']);
    assert.deepEqual(await steps('ftp'), [...reading, 'write ok']);
    assert.deepEqual(await steps('web'), reading);
  });

  test('secrets are never shown, the rest is', async () => {
    const answer = await api.request('GET', '/systems/v2/objects');
    const { storage } = answer.body.result as SystemView;
    assert.equal(storage.tls, false);
    assert.equal(storage.container, 'data');
    assert.doesNotMatch(JSON.stringify(answer.body), /very\+secret|AKIATEST/);
    assert.doesNotMatch(service.log(), /very\+secret/);
  });

  test('a system that cannot be used is refused by the name of the field', async () => {
    const refused = async (body: object, field: string) => {
      const answer = await api.request('POST', '/systems/v2', body);
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.match(JSON.stringify(answer.body), new RegExp(field.replaceAll('.', '\\.')));
    };
    await refused({ ...s3System({ container: undefined }), id: 'bad' }, 'storage.container');
    await refused({ ...s3System({ container: '../x' }), id: 'bad' }, 'storage.container');
    await refused(
      { ...s3System({ auth: { type: 'APIKEYS', publicKey: 'x' } }), id: 'bad' },
      'storage.auth.privateKey',
    );
    const { storage } = webSystem();
    await refused({ ...webSystem(), id: 'bad', storage: { ...storage, tls: true } }, 'storage.tls');
    const execution = {
      ...s3System(),
      id: 'bad',
      type: 'EXECUTION',
      executionType: 'CLI',
      login: { protocol: 'LOCAL', auth: { type: 'LOCAL' } },
    };
    await refused(execution, 'storage.protocol');
  });
});

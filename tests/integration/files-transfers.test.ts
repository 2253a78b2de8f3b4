import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FileEntry, FileHistoryEntry, FileReceipt } from '../../packages/contract/src/index.ts';
import { type Api, connectApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type FtpServerProcess, startFtpServer } from '../support/ftp-server.ts';
import { localSystem } from '../support/http-bed.ts';
import { sshLogin } from '../support/remote-systems.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { ADMIN_TOKEN, startService, type TestService } from '../support/service.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'very+secret/key', region: 'us-east-1' };

/** The machine may be busy. */
const PATIENT = { timeoutMs: 60_000 } as const;

let database: TestDatabase;
let service: TestService;
let sshd: Sshd;
let objects: S3Server;
let ftp: FtpServerProcess;
let root: string;
let api: Api;

const environment = { ARRAS_EGRESS_ALLOW: '127.0.0.0/8' };

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arras-files-'));
  await mkdir(join(root, 'home'));
  sshd = await startSshd();
  objects = await startS3Server({ bucket: 'data', keys: KEYS });
  ftp = await startFtpServer({});
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.url, environment });
  api = connectApi(() => service.url);
  await api.call('POST', '/systems/v2', localSystem('LOCAL', root, 'STORAGE'));
  const storage = { protocol: 'SFTP', rootDir: root, homeDir: '/home', ...sshLogin(sshd) };
  await api.call('POST', '/systems/v2', { id: 'SFTP', name: 'SFTP', type: 'STORAGE', storage });
  await api.call('POST', '/systems/v2', s3System());
  await api.call('POST', '/systems/v2', ftpSystem());
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await sshd.close();
  await objects[Symbol.asyncDispose]();
  await ftp[Symbol.asyncDispose]();
  await database.drop();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

function s3System() {
  const { accessKeyId: publicKey, secretAccessKey: privateKey } = KEYS;
  const at = {
    host: '127.0.0.1',
    port: objects.port,
    tls: false,
    container: 'data',
    rootDir: '/lab',
    homeDir: '/',
  };
  const storage = { protocol: 'S3', ...at, auth: { type: 'APIKEYS', publicKey, privateKey } };
  return { id: 'S3', name: 'S3', type: 'STORAGE', storage };
}

function ftpSystem() {
  const auth = { type: 'PASSWORD', ...ftp.credentials };
  const storage = { protocol: 'FTP', host: '127.0.0.1', port: ftp.port, auth };
  return { id: 'FTP', name: 'FTP', type: 'STORAGE', storage };
}

async function upload(
  system: string,
  directory: string,
  name: string,
  content: Buffer<ArrayBuffer>,
): Promise<FileReceipt> {
  const form = new FormData();
  form.set('fileToUpload', new Blob([content], { type: 'text/plain' }), name);
  const answer = await fetch(`${service.url}/files/v2/media/system/${system}//${directory}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: form,
  });
  const body = (await answer.json()) as { readonly result: FileReceipt };
  assert.equal(answer.status, 202, JSON.stringify(body));
  return body.result;
}

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
/** What a download says that the content is. */
async function read(system: string, path: string): Promise<string> {
  const address = path.split('/').map(encodeURIComponent).join('/');
  const answer = await fetch(`${service.url}/files/v2/media/system/${system}//${address}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  assert.equal(answer.status, 200);
  return digest(Buffer.from(await answer.arrayBuffer()));
}

const onDisk = async (path: string): Promise<string> => digest(await readFile(join(root, path)));

/** How the content of a path ended that was on its way. */
async function ending(receipt: Pick<FileReceipt, '_links'>): Promise<FileHistoryEntry> {
  const { pathname } = new URL(receipt._links.history.href);
  return eventually(
    'the transfer has ended',
    async () => {
      const last = (await api.call<FileHistoryEntry[]>('GET', pathname)).at(-1);
      return /COMPLETED|FAILED/.test(last?.status ?? '') ? last : undefined;
    },
    PATIENT,
  );
}

for (const system of ['LOCAL', 'SFTP', 'S3', 'FTP']) {
  describe(`files of a system that is reached by ${system}`, () => {
    const base = `t-${system}`;
    const media = `/files/v2/media/system/${system}//${base}`;

    test('what is uploaded is read again, byte for byte and from any place in it', async () => {
      const content = randomBytes(3_000_000);
      await upload(system, `${base}/up`, 'ü ñ.bin', content);
      assert.equal(await read(system, `${base}/up/ü ñ.bin`), digest(content));
      const answer = await fetch(`${service.url}${media}/up/${encodeURIComponent('ü ñ.bin')}`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, range: 'bytes=1000000-1999999' },
      });
      assert.equal(answer.status, 206);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), content.subarray(1_000_000, 2_000_000));
    });

    test('a file and a directory are copied, and complete when that is answered', async () => {
      const content = randomBytes(100_000);
      await upload(system, `${base}/from/sub`, 'a', content);
      await api.call('PUT', `${media}/from`, { action: 'mkdir', path: 'empty' });
      const file = await api.request<FileReceipt>('PUT', `${media}/from/sub/a`, {
        action: 'copy',
        path: `/${base}/copied`,
      });
      assert.deepEqual(
        [file.status, file.body.result.path],
        [200, `/${base}/copied`],
        JSON.stringify(file.body),
      );
      assert.equal(file.body.result.status, 'STAGING_COMPLETED');
      assert.equal(await read(system, `${base}/copied`), digest(content));
      const tree = await api.request<FileReceipt>('PUT', `${media}/from`, {
        action: 'copy',
        path: `/${base}/to`,
      });
      assert.equal(tree.status, 200);
      const listed = await api.call<FileEntry[]>(
        'GET',
        `${media.replace('media', 'listings')}/to?recursive=true`,
      );
      assert.deepEqual(
        listed.map(({ path }) => path.replace(`/${base}/to`, '')),
        ['', '/empty', '/sub', '/sub/a'],
      );
      // Into a directory that is there.
      const into = await api.call<FileReceipt>('PUT', `${media}/copied`, {
        action: 'copy',
        path: `/${base}/to`,
      });
      assert.equal(into.path, `/${base}/to/copied`);
      const self = await api.request('PUT', `${media}/from`, { action: 'copy', path: `/${base}/from` });
      assert.equal(self.status, 400);
    });

    test('a file of another system is imported in the background, and its history says how', async () => {
      const content = Buffer.from('imported');
      const other = system === 'LOCAL' ? 'SFTP' : 'LOCAL';
      await upload(other, `${base}/source`, 'x y.txt', content);
      const queued = await api.request<FileReceipt>('POST', `${media}/imported`, {
        urlToIngest: `agave://${other}//${base}/source/x%20y.txt`,
      });
      assert.deepEqual([queued.status, queued.body.result.status], [202, 'STAGING_QUEUED']);
      assert.equal(queued.body.result.name, 'x y.txt');
      const end = await ending(queued.body.result);
      assert.equal(end.status, 'STAGING_COMPLETED', end.description);
      assert.equal(await read(system, `${base}/imported/x y.txt`), digest(content));
      const { pathname } = new URL(queued.body.result._links.history.href);
      const history = await api.call<FileHistoryEntry[]>('GET', pathname);
      assert.deepEqual(
        history.map(({ status }) => status),
        ['CREATED', 'STAGING_QUEUED', 'STAGING', 'STAGING_COMPLETED'],
      );
      assert.equal(history[2]?.progress?.totalBytesTransferred, 8);
    });
  });
}

test('a URL is imported as a form asks for it, under its own name or another', async () => {
  const content = randomBytes(200_000);
  let refusals = 2;
  const server = createServer((request, response) => {
    if (request.url === '/data/set.bin') response.end(content);
    else if (request.url === '/flaky' && refusals-- <= 0) response.end(content);
    else if (request.url === '/flaky') response.writeHead(503).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ingest = async (path: string, fileName?: string) => {
    const form = new URLSearchParams({
      urlToIngest: `http://127.0.0.1:${port}${path}`,
      ...(fileName && { fileName }),
    });
    const answer = await api.request<FileReceipt>(
      'POST',
      '/files/v2/media/system/LOCAL//web',
      form.toString(),
      {
        'content-type': 'application/x-www-form-urlencoded',
      },
    );
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    return ending(answer.body.result);
  };
  try {
    assert.equal((await ingest('/data/set.bin')).status, 'STAGING_COMPLETED');
    assert.equal((await ingest('/data/set.bin', 'other')).status, 'STAGING_COMPLETED');
    assert.deepEqual(
      [await onDisk('web/set.bin'), await onDisk('web/other')],
      [digest(content), digest(content)],
    );
    assert.equal((await ingest('/flaky')).status, 'STAGING_COMPLETED');
    const tries = await api.call<FileHistoryEntry[]>('GET', '/files/v2/history/system/LOCAL//web/flaky');
    assert.ok(
      tries.some(
        ({ status, description }) =>
          status === 'STAGING_QUEUED' && description.startsWith('Attempt 1 failed'),
      ),
    );
    const failed = await ingest('/missing', 'never');
    assert.equal(failed.status, 'STAGING_FAILED');
    await assert.rejects(readFile(join(root, 'web/never')));
  } finally {
    server.close();
  }
});

test('an import of a large file that vanishes on its way fails, and leaves nothing', async () => {
  const sizeBytes = 100_000_000;
  let cut = false;
  const server = createServer((request, response) => {
    if (cut) return void response.writeHead(404).end();
    const head = {
      'content-length': sizeBytes,
      'last-modified': 'Tue, 01 Sep 2026 00:00:00 GMT',
      'accept-ranges': 'bytes',
    };
    response.writeHead(200, head);
    if (request.method === 'HEAD') return void response.end();
    response.write(Buffer.alloc(80_000_000), () => {
      cut = true;
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const queued = await api.call<FileReceipt>('POST', '/files/v2/media/system/LOCAL//vanishing', {
      urlToIngest: `http://127.0.0.1:${port}/big`,
    });
    const end = await ending(queued);
    assert.equal(end.status, 'STAGING_FAILED', end.description);
    // Hidden names as well.
    assert.deepEqual(await readdir(join(root, 'vanishing')), []);
  } finally {
    server.close();
  }
});

test('an import that a killed service was at is gone on with by the next', async () => {
  await writeFile(join(root, 'large'), '');
  await writeFile(join(root, 'large'), randomBytes(64 * 1024 * 1024));
  const wanted = await onDisk('large');
  const queued = await api.request<FileReceipt>('POST', '/files/v2/media/system/SFTP//after-kill', {
    urlToIngest: 'agave://LOCAL//large',
  });
  assert.equal(queued.status, 202);
  await service.kill();
  service = await startService({ databaseUrl: database.url, environment });
  const end = await ending(queued.body.result);
  assert.equal(end.status, 'STAGING_COMPLETED', end.description);
  assert.equal(await onDisk('after-kill/large'), wanted);
});

test('a web server as a system is read, and says what it cannot do', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/pub/a.txt') response.writeHead(200, { 'content-length': 3 }).end('abc');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const storage = { protocol: 'HTTP', host: '127.0.0.1', port, rootDir: '/pub', auth: { type: 'ANONYMOUS' } };
  await api.call('POST', '/systems/v2', { id: 'WEB', name: 'WEB', type: 'STORAGE', storage });
  const codeOf = async (method: string, path: string, body?: object) =>
    (await api.request(method, `/files/v2/${path}`, body)).body as unknown as { readonly code?: string };
  try {
    assert.equal(await read('WEB', 'a.txt'), digest(Buffer.from('abc')));
    assert.deepEqual((await api.call<FileEntry[]>('GET', '/files/v2/listings/system/WEB//a.txt')).length, 1);
    assert.equal((await codeOf('GET', 'media/system/WEB//missing')).code, 'file.not-found');
    for (const [method, path, body] of [
      ['GET', 'listings/system/WEB//'],
      ['PUT', 'media/system/WEB//', { action: 'mkdir', path: 'x' }],
      ['DELETE', 'media/system/WEB//a.txt'],
    ] as const)
      assert.equal((await codeOf(method, path, body)).code, 'file.unsupported', `${method} ${path}`);
  } finally {
    server.close();
  }
});

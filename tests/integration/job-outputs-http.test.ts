import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { link, mkdir, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobId, JobStatus, OutputEntry } from '../../packages/contract/src/index.ts';
import { findJob } from '../../packages/server/src/database/jobs.ts';
import type { JobRow } from '../../packages/server/src/database/tables.ts';
import type { Move } from '../../packages/server/src/events/transition.ts';
import { type ApiAnswer, type JobApi, startJobApi } from '../support/job-api.ts';

let api: JobApi;
before(async () => {
  api = await startJobApi();
});
after(() => api.close());

interface Working {
  readonly id: JobId;
  readonly url: string;
  /** Relative to the storage's root. */
  readonly directory: string;
}

/** A job whose program would be running now. */
async function startWorking(body: Record<string, unknown> = { archive: false }): Promise<Working> {
  const { json } = await api.call('POST', '/jobs/v2', {
    body: { name: 'my job', appId: 'plot-0.1.0', ...body },
  });
  const id: JobId = json.result.id;
  const directory = `scratch/ada/${id}-my-job`;
  await move(id, ['PROCESSING_INPUTS', 'STAGED', 'SUBMITTING', 'QUEUED', 'RUNNING'], `/${directory}`);
  return { id, url: `/jobs/v2/${id}/outputs`, directory };
}

async function move(id: JobId, statuses: readonly JobStatus[], workPath?: string): Promise<JobRow> {
  const job = await findJob(api.db, id);
  assert.ok(job);
  const moves = statuses.map((to) => ({ to })) as unknown as [Move, ...Move[]];
  const moved = await api.transition({
    job,
    moves,
    by: 'test',
    ...(workPath !== undefined && { patch: { work_path: workPath } }),
  });
  assert.ok(moved);
  return moved;
}

const names = (answer: ApiAnswer<OutputEntry[]>) => answer.json.result.map(({ name }) => name);

test('a job that has no work directory yet has an empty output', async () => {
  const { json } = await api.call('POST', '/jobs/v2', { body: { name: 'j', appId: 'plot-0.1.0' } });
  const url = `/jobs/v2/${json.result.id}/outputs`;
  assert.deepEqual((await api.call<OutputEntry[]>('GET', `${url}/listings`)).json.result, []);
  assert.equal((await api.call<OutputEntry[]>('GET', `${url}/listings/sub`)).status, 404);
  assert.equal((await api.call('GET', `${url}/media/x`)).status, 404);
});

test('the output of a running job is listed in pages, without the directory of the service', async () => {
  const { id, url, directory } = await startWorking();
  await api.write(`${directory}/out.txt`, 'hello');
  await api.write(`${directory}/sub/deep file.csv`, '1,2');
  await api.write(`${directory}/.arras/exit.1`, '0');
  const root = await api.call<OutputEntry[]>('GET', `${url}/listings`);
  assert.deepEqual(names(root), ['out.txt', 'sub']);
  const base = `https://api.example.org/jobs/v2/${id}`;
  assert.deepEqual(
    { ...root.json.result[0], lastModified: null },
    {
      name: 'out.txt',
      path: '/out.txt',
      lastModified: null,
      length: 5,
      permission: 'READ',
      mimeType: 'text/plain',
      format: 'unknown',
      type: 'file',
      _links: {
        self: { href: `${base}/outputs/media/out.txt` },
        system: { href: 'https://api.example.org/systems/v2/exec' },
        parent: { href: base },
      },
    },
  );
  for (const path of ['', '/', '/listings/', '/listings//', '/listings/.']) {
    assert.deepEqual(names(await api.call<OutputEntry[]>('GET', `${url}${path}`)), ['out.txt', 'sub'], path);
  }
  const sub = await api.call<OutputEntry[]>('GET', `${url}/listings//sub`);
  assert.deepEqual(
    sub.json.result.map((entry) => entry.path),
    ['/sub/deep file.csv'],
  );
  assert.deepEqual(names(await api.call<OutputEntry[]>('GET', `${url}/listings/out.txt`)), ['out.txt']);
  assert.deepEqual(names(await api.call<OutputEntry[]>('GET', `${url}/listings?limit=1&offset=1`)), ['sub']);
  const read = await api.call('GET', new URL(sub.json.result[0]?._links.self.href ?? '').pathname);
  assert.deepEqual(
    [read.status, read.text, read.headers['content-type']],
    [200, '1,2', 'text/csv; charset=utf-8'],
  );
});

test('nothing outside the output is ever shown', async () => {
  const { url, directory } = await startWorking();
  const other = await startWorking();
  await api.write(`${directory}/out.txt`, 'own');
  await api.write(`${directory}/.arras/app.sh`, 'service');
  await api.write(`${other.directory}/secret.txt`, 'secret');
  const inside = (path: string) => join(api.root, directory, path);
  await symlink('/etc', inside('etc'));
  await symlink('/etc/passwd', inside('passwd'));
  await symlink(join(api.root, other.directory), inside('other'));
  await symlink('out.txt', inside('alias.txt'));
  await mkdir(inside('dir'));
  assert.equal(spawnSync('mkfifo', [inside('pipe')]).status, 0);
  assert.deepEqual(names(await api.call<OutputEntry[]>('GET', `${url}/listings`)), ['dir', 'out.txt']);
  const paths = [
    '../x',
    `..%2f..%2fbob`,
    '%2e%2e/secret.txt',
    `%2e%2e%2f${other.directory.split('/').at(-1)}%2fsecret.txt`,
    '..%c0%afx',
    'etc/passwd',
    'passwd',
    'other/secret.txt',
    'alias.txt',
    'pipe',
    'dir',
    'nul%00',
    '.arras/app.sh',
    './.arras/app.sh',
    '/.arras/app.sh',
    '%2earras/app.sh',
    'none.txt',
    'out.txt/x',
    'x'.repeat(3000),
  ];
  for (const path of paths) {
    const answer = await api.call('GET', `${url}/media/${path}`);
    assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status} ${answer.text}`);
    assert.equal(answer.json.status, 'error');
    if (path === 'dir') continue;
    assert.notEqual((await api.call<OutputEntry[]>('GET', `${url}/listings/${path}`)).status, 200, path);
  }
});

test("a hard link to another account's file is not handed out", {
  skip: process.getuid?.() !== 0,
}, async () => {
  const { url, directory } = await startWorking();
  await api.write(`${directory}/own.txt`, 'own');
  const foreign = await api.write('foreign.txt', 'foreign');
  spawnSync('chown', ['65534', foreign]);
  await link(foreign, join(api.root, directory, 'linked.txt'));
  assert.equal((await api.call('GET', `${url}/media/linked.txt`)).status, 404);
});

test('a file is downloaded whole, in part, or only its headers', async () => {
  const { url, directory } = await startWorking();
  await api.write(`${directory}/ten.bin`, '0123456789');
  await api.write(`${directory}/empty.txt`, '');
  const get = (range?: string) =>
    api.call('GET', `${url}/media/ten.bin`, { headers: range === undefined ? {} : { range } });
  const whole = await get();
  assert.deepEqual([whole.status, whole.text, whole.headers['content-length']], [200, '0123456789', '10']);
  assert.equal(whole.headers['content-type'], 'application/octet-stream');
  assert.equal(whole.headers['x-content-type-options'], 'nosniff');
  assert.equal(whole.headers['content-security-policy'], 'sandbox');
  assert.equal(whole.headers['content-disposition'], undefined);
  const cases = [
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=0-0,5-6', '0', 'bytes 0-0/10'],
  ] as const;
  for (const [range, text, contentRange] of cases) {
    const part = await get(range);
    assert.deepEqual(
      [part.status, part.text, part.headers['content-range']],
      [206, text, contentRange],
      range,
    );
    assert.equal(part.headers['content-length'], String(text.length));
  }
  const beyond = await get('bytes=10-');
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */10']);
  assert.equal(beyond.json.code, 'range.not-satisfiable');
  const head = await api.call('HEAD', `${url}/media/ten.bin`, { headers: { range: 'bytes=0-1' } });
  assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '10']);
  const empty = await api.call('GET', `${url}/media/empty.txt`);
  assert.deepEqual([empty.status, empty.text, empty.headers['content-length']], [200, '', '0']);
});

test('a copy that is still good is not sent again', async () => {
  const { url, directory } = await startWorking();
  const file = await api.write(`${directory}/a.txt`, 'abc');
  const get = (headers: Record<string, string>) => api.call('GET', `${url}/media/a.txt`, { headers });
  const { headers } = await get({});
  const etag = String(headers['etag']);
  const modified = String(headers['last-modified']);
  assert.equal((await get({ 'if-none-match': etag })).status, 304);
  assert.equal((await get({ 'if-modified-since': modified })).status, 304);
  assert.equal((await get({ range: 'bytes=1-', 'if-range': modified })).status, 206);
  assert.equal((await get({ range: 'bytes=1-', 'if-range': '"other"' })).status, 200);
  await truncate(file, 1);
  assert.equal((await get({ 'if-none-match': etag })).text, 'a');
});

test('force answers with an attachment whose name cannot break the header', async () => {
  const { url, directory } = await startWorking();
  const name = 'a"; x\r\nSet-Cookie: b=c ä.html';
  await api.write(`${directory}/${name}`, '<script>1</script>');
  const { status, headers } = await api.call('GET', `${url}/media/${encodeURIComponent(name)}?force=true`);
  assert.equal(status, 200);
  assert.equal(headers['set-cookie'], undefined);
  assert.match(
    String(headers['content-disposition']),
    /^attachment; filename="a_; x__Set-Cookie: b=c _\.html"; filename\*=UTF-8''a%22/,
  );
});

test('the output is read from the archive once it is all there, and only then', async () => {
  const { id, url, directory } = await startWorking({ archive: true });
  await api.write(`${directory}/out.txt`, 'work');
  await api.write(`home/ada/archive/jobs/job-${id}/out.txt`, 'archived');
  const read = async () => (await api.call('GET', `${url}/media/out.txt`)).text;
  await move(id, ['CLEANING_UP', 'ARCHIVING']);
  assert.equal(await read(), 'work');
  const link = async () => (await api.call('GET', `/jobs/v2/${id}`)).json.result._links.archiveData.href;
  assert.equal(await link(), `https://api.example.org/jobs/v2/${id}/outputs/listings`);
  await move(id, ['ARCHIVING_FINISHED', 'FINISHED']);
  assert.equal(await read(), 'archived');
  assert.equal(
    await link(),
    `https://api.example.org/files/v2/listings/system/store/ada/archive/jobs/job-${id}`,
  );
});

test('a job whose archiving failed keeps showing its work directory', async () => {
  const { id, url, directory } = await startWorking({ archive: true });
  await api.write(`${directory}/out.txt`, 'work');
  await move(id, ['CLEANING_UP', 'ARCHIVING', 'ARCHIVING_FAILED', 'FINISHED']);
  assert.equal((await api.call('GET', `${url}/media/out.txt`)).text, 'work');
});

test('a whole tree is listed in pages, each directory before what it holds', async () => {
  const { url, directory } = await startWorking();
  for (const path of ['b/2', 'b/c/3', 'a', 'd', '.arras/exit.1'])
    await api.write(`${directory}/${path}`, path);
  const list = (query: string) => api.call<OutputEntry[]>('GET', `${url}/listings${query}`);
  const paths = async (query: string) => (await list(query)).json.result.map(({ path }) => path);
  assert.deepEqual(await paths('?recursive=true'), ['/a', '/b', '/b/2', '/b/c', '/b/c/3', '/d']);
  assert.deepEqual(await paths('?recursive=1&limit=2&offset=1'), ['/b', '/b/2']);
  assert.deepEqual(await paths('/b?recursive=true'), ['/b/2', '/b/c', '/b/c/3']);
  assert.deepEqual(await paths('/a?recursive=true'), ['/a']);
  assert.equal((await list('/nothing?recursive=true')).status, 404);
});

test('a directory is given as a zip archive, without the directory of the service', async () => {
  const { id, url, directory } = await startWorking();
  await api.write(`${directory}/sub/out.txt`, 'hello');
  await api.write(`${directory}/.arras/callback`, 'secret');
  assert.equal((await api.call('GET', `${url}/media/sub`)).status, 404);
  const all = await api.call('GET', `${url}/media?zip=true`);
  assert.equal(all.status, 200);
  assert.equal(all.headers['content-type'], 'application/zip');
  assert.match(String(all.headers['content-disposition']), new RegExp(`^attachment; filename="${id}\\.zip"`));
  assert.ok(all.text.includes('sub/out.txt') && !all.text.includes('callback'));
  const sub = await api.call('GET', `${url}/media/sub?zip=1`);
  assert.match(String(sub.headers['content-disposition']), /filename="sub\.zip"/);
});

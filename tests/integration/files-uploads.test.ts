import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type HttpBed, localSystem, openHttpBed } from '../support/http-bed.ts';

/** Requests must have arrived after this time, but for uploads. */
const REQUEST_TIMEOUT_MS = 1_000;
/** The machine may be busy. */
const PATIENT = { timeoutMs: 30_000 } as const;
const LIMIT_BYTES = 8 * 1024 * 1024;

let bed: HttpBed;
let port = 0;
before(async () => {
  bed = await openHttpBed(() => ({ maxUploadBytes: LIMIT_BYTES }), { requestTimeoutMs: REQUEST_TIMEOUT_MS });
  await bed.call('POST', '/systems/v2', { body: localSystem('store', bed.root, 'STORAGE') });
  await bed.server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = bed.server.server.address() as AddressInfo);
});
after(() => bed.close());

const HEAD =
  '--b\r\nContent-Disposition: form-data; name="fileToUpload"; filename="f"\r\nContent-Type: text/plain\r\n\r\n';
const TAIL = '\r\n--b--\r\n';

/** An upload whose body the test writes itself. */
function begin(directory: string, system = 'store'): ClientRequest {
  return request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `/files/v2/media/system/${system}//${directory}`,
    headers: {
      authorization: `Bearer ${bed.tokens.root}`,
      'content-type': 'multipart/form-data; boundary=b',
      'transfer-encoding': 'chunked',
    },
  });
}

interface Answer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly result?: { readonly path: string } };
}

async function answerOf(upload: ClientRequest): Promise<Answer> {
  const [response] = (await once(upload, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: (await json(response)) as Answer['body'] };
}

/** Names in a directory, hidden ones included; none when it is not there. */
const namesIn = (directory: string) => readdir(join(bed.root, directory)).catch(() => []);

test('an upload may take longer than any other request', async () => {
  const upload = begin('slow');
  const answer = answerOf(upload);
  upload.write(HEAD);
  for (let sent = 0; sent < 12; sent++) {
    upload.write('x'.repeat(1000));
    await delay(REQUEST_TIMEOUT_MS / 4);
  }
  upload.end(TAIL);
  assert.equal((await answer).status, 202, JSON.stringify(bed.logged.at(-1)));
  assert.equal((await stat(join(bed.root, 'slow/f'))).size, 12_000);
});

test('a request that is no upload must still arrive in time', async () => {
  const slow = request({
    port,
    host: '127.0.0.1',
    method: 'PUT',
    path: '/files/v2/media/system/store//slow',
    headers: {
      authorization: `Bearer ${bed.tokens.root}`,
      'content-type': 'application/json',
      'content-length': 100,
    },
  });
  slow.write('{');
  const [response] = (await once(slow, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 408);
  slow.destroy();
});

test('an upload that its caller gives up leaves nothing', async () => {
  const upload = begin('given-up');
  upload.on('error', () => undefined);
  upload.write(HEAD);
  upload.write(Buffer.alloc(1_000_000));
  await eventually(
    'the uploads are under way',
    async () => (await namesIn('given-up')).length === 1,
    PATIENT,
  );
  upload.destroy();
  await eventually('nothing is left', async () => (await namesIn('given-up')).length === 0, PATIENT);
});

test('a file above the limit is refused at once, and leaves nothing', async () => {
  const upload = begin('large');
  upload.on('error', () => undefined);
  const answer = answerOf(upload);
  upload.write(HEAD);
  for (let sent = 0; sent <= LIMIT_BYTES; sent += 1_000_000) upload.write(Buffer.alloc(1_000_000));
  const { status, body } = await answer;
  assert.deepEqual([status, body.code], [413, 'request.too-large']);
  upload.destroy();
  await eventually('nothing is left', async () => (await namesIn('large')).length === 0, PATIENT);
});

test('headers and fields without an end are refused after a while', async () => {
  for (const [what, head, more] of [
    ['header', '--b\r\nX-Long: ', 'x'.repeat(10_000)],
    ['headers', '--b\r\n', `X-${'y'.repeat(50)}: z\r\n`.repeat(200)],
    ['field', '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n', 'x'.repeat(10_000)],
    ['preamble', 'no boundary ', 'x'.repeat(10_000)],
  ] as const) {
    const upload = begin('endless');
    upload.on('error', () => undefined);
    let status = 0;
    upload.on('response', (response) => {
      status = response.statusCode ?? 0;
      response.resume();
    });
    upload.write(head);
    for (let sent = 0; sent < 5_000; sent++) {
      if (status !== 0) break;
      if (!upload.write(more))
        await Promise.race([once(upload, 'drain').catch(() => delay(200)), delay(200)]);
    }
    assert.equal(status, 400, what);
    upload.destroy();
  }
  assert.deepEqual(await namesIn('endless'), []);
});

test('uploads hold no connection to the database while they last', async () => {
  const uploads = Array.from({ length: 40 }, (_, index) => begin(`many/${index}`));
  const answers = uploads.map(answerOf);
  for (const upload of uploads) upload.write(`${HEAD}begun`);
  await eventually('the uploads are under way', async () => (await namesIn('many')).length === 40, PATIENT);
  assert.equal((await bed.call('GET', '/systems/v2')).status, 200);
  for (const upload of uploads) upload.end(TAIL);
  assert.deepEqual(new Set((await Promise.all(answers)).map(({ status }) => status)), new Set([202]));
});

test('of two uploads of one name at a time one is whole', async () => {
  const uploads = ['a', 'b'].map((letter) => ({ letter, upload: begin('race') }));
  const answers = uploads.map(({ upload }) => answerOf(upload));
  for (const { upload, letter } of uploads) upload.write(HEAD + letter.repeat(100_000));
  for (const { upload, letter } of uploads) upload.end(letter.repeat(100_000) + TAIL);
  assert.deepEqual(
    (await Promise.all(answers)).map(({ status }) => status),
    [202, 202],
  );
  const down = await bed.call('GET', '/files/v2/media/system/store//race/f');
  assert.match(down.text, /^(a{200000}|b{200000})$/);
  assert.deepEqual(await namesIn('race'), ['f']);
});

test('on a full disk an upload is refused with 507 and leaves nothing', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'arras-full-'));
  t.after(async () => {
    spawnSync('umount', [root]);
    await rm(root, { recursive: true, force: true });
  });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]).status === 0;
  if (!mounted) return t.skip('this account may not mount a small file system');
  await mkdir(join(root, 'd'));
  await bed.call('POST', '/systems/v2', { body: localSystem('full', root, 'STORAGE') });
  const upload = begin('d', 'full');
  upload.on('error', () => undefined);
  const answer = answerOf(upload);
  upload.write(HEAD);
  upload.write(Buffer.alloc(3_000_000));
  const { status, body } = await answer;
  assert.deepEqual([status, body.code], [507, 'storage.full']);
  upload.destroy();
  assert.deepEqual(await readdir(join(root, 'd')), []);
});

test('a hundred downloads at a time all get the whole file', async () => {
  const content = 'z'.repeat(1_000_000);
  await bed.write('down/f', content);
  const downloads = Array.from({ length: 100 }, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/files/v2/media/system/store//down/f`, {
      headers: { authorization: `Bearer ${bed.tokens.root}` },
    });
    return (await answer.text()).length;
  });
  assert.deepEqual(new Set(await Promise.all(downloads)), new Set([content.length]));
});

test('a service that stops ends an upload, and leaves nothing of it', async () => {
  const own = await openHttpBed();
  await own.call('POST', '/systems/v2', { body: localSystem('store', own.root, 'STORAGE') });
  await own.server.listen({ host: '127.0.0.1', port: 0 });
  const address = own.server.server.address() as AddressInfo;
  const upload = request({
    port: address.port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/files/v2/media/system/store//stopped',
    headers: {
      authorization: `Bearer ${own.tokens.root}`,
      'content-type': 'multipart/form-data; boundary=b',
      'transfer-encoding': 'chunked',
    },
  });
  upload.on('error', () => undefined);
  upload.write(HEAD + 'x'.repeat(100_000));
  const left = () => readdir(join(own.root, 'stopped')).catch(() => []);
  await eventually('the uploads are under way', async () => (await left()).length === 1, PATIENT);
  // What the service does when its time to stop is over.
  own.server.server.closeAllConnections();
  await eventually('nothing is left', async () => (await left()).length === 0, PATIENT);
  await own.close();
});

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { createEgressGuard } from '../../packages/server/src/net/egress.ts';
import { createS3Storage } from '../../packages/server/src/storage/s3-storage.ts';
import { type Storage, StorageError } from '../../packages/server/src/storage/storage.ts';
import { describeStorage } from '../conformance/storage.ts';
import { type S3Server, type S3ServerOptions, startS3Server } from '../support/s3-server.ts';

const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 's3cr3t/with+signs', region: 'eu-central-1' };
const guard = createEgressGuard({ allow: ['127.0.0.0/8'] });
after(() => guard.close());

interface Bed extends AsyncDisposable {
  readonly server: S3Server;
  readonly storage: Storage;
}

async function openBed(options: Partial<S3ServerOptions> & { readonly rootDir?: string } = {}): Promise<Bed> {
  const { rootDir = '/', bucket = 'data', ...rest } = options;
  const server = await startS3Server({ bucket, keys: KEYS, ...rest });
  const storage = createS3Storage({
    endpoint: new URL(`http://127.0.0.1:${server.port}`),
    bucket,
    ...KEYS,
    rootDir,
    caller: { guard, isRegistered: true, stallMs: 1_000 },
    firstPauseMs: 1,
  });
  return { server, storage, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

for (const rootDir of ['/', '/projects/one']) {
  describeStorage(`S3, root ${rootDir}`, async () => {
    const { server, storage } = await openBed({ rootDir, pageSize: 3 });
    return {
      storage,
      root: '',
      namesIn: (directory) => {
        const prefix = `${rootDir.slice(1)}/${directory}/`.replace(/^\//, '');
        const keys = [...server.objects.keys()].filter((key) => key.startsWith(prefix) && key !== prefix);
        const parts = [...server.uploads.values()].map(({ key }) => `upload of ${key}`);
        return [...keys, ...parts];
      },
      close: async () => {
        await storage.close();
        await server[Symbol.asyncDispose]();
      },
    };
  }, ['planting', 'links', 'shell', 'bytes']);
}

function bytes(length: number): Buffer {
  const filled = Buffer.alloc(length);
  for (let index = 0; index + 4 <= length; index += 4096) filled.writeUInt32BE(index, index);
  return filled;
}

/** A stream in pieces that divide no part. */
function pieces(whole: Buffer): Readable {
  return Readable.from(
    (function* cut() {
      for (let at = 0; at < whole.length; at += 999_983) yield whole.subarray(at, at + 999_983);
    })(),
  );
}

const MIB = 1024 * 1024;

describe('S3 storage', () => {
  test('a large stream is uploaded in parts and seen only when it is whole', async () => {
    await using bed = await openBed();
    const whole = bytes(20 * MIB);
    const seenMeanwhile: boolean[] = [];
    bed.server.fault = () => {
      seenMeanwhile.push(bed.server.objects.has('large'));
      return null;
    };
    await bed.storage.write('/large', pieces(whole), { mode: 0o750 });
    assert.equal(seenMeanwhile.slice(0, -1).includes(true), false);
    const { info, stream } = await bed.storage.open('/large');
    assert.equal(info.mode, 0o750);
    assert.ok((await buffer(stream)).equals(whole));
    assert.equal(bed.server.uploads.size, 0);
    assert.equal(bed.server.requests.filter((line) => line.includes('partNumber=')).length, 3);
  });

  test('an upload that fails or is aborted in the midst leaves no part behind', async () => {
    await using bed = await openBed();
    async function* failing(): AsyncGenerator<Buffer> {
      yield bytes(18 * MIB);
      throw new Error('the sender hung up');
    }
    await assert.rejects(bed.storage.write('/never', Readable.from(failing())), /hung up/);
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Buffer> {
      for (let count = 0; ; count += 1) {
        if (count === 3) stop.abort();
        yield bytes(8 * MIB);
      }
    }
    await assert.rejects(bed.storage.write('/never', Readable.from(endless()), { signal: stop.signal }));
    assert.deepEqual([bed.server.uploads.size, bed.server.objects.size], [0, 0]);
  });

  test('a part that is refused is told although the source says nothing more', async () => {
    await using bed = await openBed();
    bed.server.fault = ({ url }) =>
      url?.includes('partNumber=') === true ? { kind: 'status', status: 400, code: 'EntityTooLarge' } : null;
    const source = new Readable({ read: () => undefined });
    source.push(bytes(9 * MIB));
    await assert.rejects(bed.storage.write('/refused', source), codeIs('unsupported'));
    assert.deepEqual([bed.server.uploads.size, bed.server.objects.size], [0, 0]);
  });

  test('a refusal in the body of a completion is no success', async () => {
    await using bed = await openBed();
    bed.server.fault = ({ method, url }) =>
      method === 'POST' && url?.includes('uploadId=') === true ? { kind: 'late-error' } : null;
    await assert.rejects(bed.storage.write('/late', pieces(bytes(9 * MIB))), codeIs('unavailable'));
    assert.deepEqual([bed.server.uploads.size, bed.server.objects.size], [0, 0]);
  });

  test('requests are sent again while the store asks for patience, not for ever', async () => {
    await using bed = await openBed();
    let refusals = 2;
    bed.server.fault = () => (refusals-- > 0 ? { kind: 'status', status: 503, code: 'SlowDown' } : null);
    await bed.storage.write('/patient', Readable.from([Buffer.from('x')]));
    bed.server.fault = () => ({ kind: 'status', status: 503, code: 'SlowDown' });
    await assert.rejects(bed.storage.find('/patient'), codeIs('unavailable'));
  });

  test('a read that is cut off goes on where it was', async () => {
    await using bed = await openBed();
    const whole = bytes(3 * MIB);
    await bed.storage.write('/cut', pieces(whole));
    let cuts = 2;
    bed.server.fault = ({ method }) =>
      method === 'GET' && cuts-- > 0 ? { kind: 'cut', afterBytes: MIB } : null;
    const { stream } = await bed.storage.open('/cut');
    assert.ok((await buffer(stream)).equals(whole));
    assert.equal(bed.server.requests.filter((line) => line.startsWith('GET /data/cut')).length, 3);
  });

  test('an object that is replaced while it is read is an error', async () => {
    await using bed = await openBed();
    await bed.storage.write('/live', pieces(bytes(2 * MIB)));
    bed.server.fault = ({ method }) => (method === 'GET' ? { kind: 'cut', afterBytes: MIB } : null);
    const { stream } = await bed.storage.open('/live');
    await bed.storage.write('/live', pieces(bytes(2 * MIB + 1)));
    await assert.rejects(buffer(stream), codeIs('changed'));
  });

  test('a store that says nothing counts as unreachable', async () => {
    await using bed = await openBed();
    bed.server.fault = () => ({ kind: 'stall' });
    const stalled = createS3Storage({
      endpoint: new URL(`http://127.0.0.1:${bed.server.port}`),
      bucket: 'data',
      ...KEYS,
      rootDir: '/',
      caller: { guard, isRegistered: true, stallMs: 50 },
      firstPauseMs: 1,
    });
    await assert.rejects(stalled.find('/x'), codeIs('unreachable'));
  });

  test('wrong keys, regions and buckets are told apart', async () => {
    await using bed = await openBed();
    const open = (account: object) =>
      createS3Storage({
        endpoint: new URL(`http://127.0.0.1:${bed.server.port}`),
        bucket: 'data',
        ...KEYS,
        rootDir: '/',
        caller: { guard, isRegistered: true },
        ...account,
      });
    const fails = (account: object, code: string, words: RegExp) =>
      assert.rejects(open(account).list('/'), (error) => codeIs(code)(error) && words.test(String(error)));
    await fails({ accessKeyId: 'other' }, 'forbidden', /public key/);
    await fails({ secretAccessKey: 'other' }, 'forbidden', /private key/);
    await fails({ region: 'us-west-2' }, 'forbidden', /region eu-central-1/);
    await fails({ bucket: 'none' }, 'unreachable', /bucket does not exist/);
  });

  test('buckets are addressed by host when the host begins with their name', async () => {
    // An address is a host whose name begins with such a bucket's, without a name server.
    await using bed = await openBed({ bucket: '127' });
    await bed.storage.write('/by/host', Readable.from([Buffer.from('x')]));
    assert.equal((await bed.storage.list('/by'))[0]?.name, 'host');
    assert.ok(bed.server.requests.includes('PUT /by/host'));
  });

  test('old uploads are given up, running ones kept', async () => {
    await using bed = await openBed({ pageSize: 1 });
    const longAgo = new Date(Date.now() - 3_600_000);
    const stored = { bytes: Buffer.alloc(1), etag: '"x"', metadata: {} };
    const upload = (key: string, initiatedAt: Date, writtenAt: Date) => ({
      key,
      initiatedAt,
      metadata: {},
      parts: new Map([[1, { ...stored, modifiedAt: writtenAt }]]),
    });
    bed.server.uploads.set('a-old', upload('in/old', longAgo, longAgo));
    bed.server.uploads.set('b-long', upload('in/long', longAgo, new Date()));
    bed.server.uploads.set('c-new', upload('in/new', new Date(), new Date()));
    bed.server.uploads.set('d-else', upload('else/old', longAgo, longAgo));
    await bed.storage.removeParts('/in', new Date(Date.now() - 60_000));
    assert.deepEqual([...bed.server.uploads.keys()], ['b-long', 'c-new', 'd-else']);
  });

  test('copies and moves are made by the store itself', async () => {
    await using bed = await openBed({ pageSize: 2 });
    await bed.storage.write('/from/a b+c', Readable.from([Buffer.from('x')]), { mode: 0o700 });
    let told = 0;
    await bed.storage.copyWithin?.('/from/a b+c', '/to/copy', { onBytes: (count) => (told += count) });
    assert.equal((await bed.storage.find('/to/copy'))?.mode, 0o700);
    assert.equal(told, 1);
    for (const name of ['b', 'c', 'd'])
      await bed.storage.write(`/from/${name}`, Readable.from([Buffer.from(name)]));
    await bed.storage.makeDirectory('/from/empty');
    bed.server.requests.length = 0;
    await bed.storage.move('/from', '/moved');
    assert.equal(
      bed.server.requests.some((line) => line.startsWith('GET /data/')),
      false,
    );
    assert.deepEqual(
      (await bed.storage.list('/moved')).map(({ name, type }) => `${name} ${type}`),
      ['a b+c file', 'b file', 'c file', 'd file', 'empty dir'],
    );
    assert.equal(await bed.storage.find('/from'), null);
  });

  test('a private address is refused before a byte is sent', async () => {
    await using bed = await openBed();
    await using closed = {
      guard: createEgressGuard({ allow: [] }),
      [Symbol.asyncDispose]: () => closed.guard.close(),
    };
    for (const host of ['127.0.0.1', 'localhost']) {
      const storage = createS3Storage({
        endpoint: new URL(`http://${host}:${bed.server.port}`),
        bucket: 'data',
        ...KEYS,
        rootDir: '/',
        caller: { guard: closed.guard, isRegistered: true },
      });
      await assert.rejects(storage.find('/x'), codeIs('forbidden'));
    }
    assert.deepEqual(bed.server.requests, []);
  });
});

function codeIs(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

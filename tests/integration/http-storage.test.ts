import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { createEgressGuard } from '../../packages/server/src/net/egress.ts';
import { openStorage } from '../../packages/server/src/storage/by-protocol.ts';
import { createHttpStorage } from '../../packages/server/src/storage/http-storage.ts';
import { type Storage, StorageError } from '../../packages/server/src/storage/storage.ts';
import { openUrl, whyNotUrl } from '../../packages/server/src/storage/url-storage.ts';
import { describeReading } from '../conformance/storage.ts';
import { makeCertificates } from '../support/certificates.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { startFtpServer } from '../support/ftp-server.ts';

const certificates = makeCertificates();
const guard = createEgressGuard({ allow: ['127.0.0.0/8'], authorities: certificates.authority });
const closedGuard = createEgressGuard({ allow: [] });
after(async () => {
  await guard.close();
  await closedGuard.close();
});

const WHEN = new Date('2026-11-24T12:00:00Z');

function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => index % 251));
}

function at(server: FileServer, path: string, stallMs = 5_000): Storage {
  const url = new URL(server.origin + path);
  return createHttpStorage({ guard, isRegistered: false, credentials: null, stallMs, urlOf: () => url });
}

async function readAll(storage: Storage): Promise<Buffer> {
  return buffer((await storage.open('/x')).stream);
}

function codeIs(code: string, words = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };
}

for (const scheme of ['HTTP', 'HTTPS'] as const) {
  describeReading(scheme, async () => {
    const server = await startFileServer(scheme === 'HTTPS' ? certificates.forLoopback : undefined);
    const block = { protocol: scheme, host: '127.0.0.1', port: server.port, rootDir: '/pub/data' };
    return {
      storage: openStorage(block, { guard }),
      plant: async (path, content) => {
        const escaped = path.split('/').map(encodeURIComponent).join('/');
        server.files.set(`/pub/data${escaped}`, { bytes: content, etag: '"1"', modifiedAt: WHEN });
      },
      close: () => server[Symbol.asyncDispose]() as Promise<void>,
    };
  });
}

describe('HTTP storage', () => {
  test('size and time are those that the server tells, and unknown when it does not', async () => {
    await using server = await startFileServer();
    server.files.set('/known', { bytes: bytes(10), modifiedAt: WHEN });
    server.files.set('/hidden', { bytes: bytes(10), hidesLength: true });
    const known = await at(server, '/known').find('/x');
    assert.deepEqual([known?.sizeBytes, known?.modifiedAt], [10, WHEN]);
    assert.equal((await at(server, '/hidden').find('/x'))?.sizeBytes, -1);
    assert.equal((await readAll(at(server, '/hidden'))).length, 10);
  });

  test('a server without HEAD, or with addresses signed for GET, is asked for the first byte', async () => {
    await using server = await startFileServer();
    for (const headStatus of [403, 405, 501]) {
      server.files.set('/f', { bytes: bytes(10), headStatus });
      assert.equal((await at(server, '/f').find('/x'))?.sizeBytes, 10);
    }
  });

  test('a server that ignores ranges is read from its beginning', async () => {
    await using server = await startFileServer();
    server.files.set('/f', { bytes: Buffer.from('0123456789'), ignoresRanges: true });
    for (const [range, expected] of [
      [{ start: 2, end: 4 }, '234'],
      [{ start: 7 }, '789'],
      [{ start: 20 }, ''],
    ] as const) {
      const { stream } = await at(server, '/f').open('/x', range);
      assert.equal((await buffer(stream)).toString(), expected);
    }
  });

  test('a read that is cut off goes on where it was, as long as the file is the same', async () => {
    await using server = await startFileServer();
    const whole = bytes(300_000);
    for (const validator of [{ etag: '"1"' }, { modifiedAt: WHEN }]) {
      let cuts = 3;
      server.files.set('/f', {
        bytes: whole,
        ...validator,
        cutAfter: () => (cuts-- > 0 ? 70_000 : null),
      });
      assert.ok((await readAll(at(server, '/f'))).equals(whole));
    }
  });

  test('a file that changes while it is read is an error', async () => {
    await using server = await startFileServer();
    server.files.set('/f', { bytes: bytes(300_000), etag: '"1"', cutAfter: () => 70_000 });
    const { stream } = await at(server, '/f').open('/x');
    server.files.set('/f', { bytes: bytes(300_000), etag: '"2"' });
    await assert.rejects(buffer(stream), codeIs('changed'));
  });

  test('a read that breaks without a validator, or again and again, is an error', async () => {
    await using server = await startFileServer();
    server.files.set('/weak', { bytes: bytes(300_000), etag: 'W/"1"', cutAfter: () => 70_000 });
    await assert.rejects(readAll(at(server, '/weak')), codeIs('unavailable'));
    server.files.set('/stuck', { bytes: bytes(300_000), etag: '"1"', cutAfter: () => 0 });
    await assert.rejects(readAll(at(server, '/stuck')), codeIs('unavailable'));
  });

  test('a server that stops sending is given up', async () => {
    await using server = await startFileServer();
    server.files.set('/f', { bytes: bytes(300_000), stallAfter: 10 });
    await assert.rejects(readAll(at(server, '/f', 200)), codeIs('unavailable', /nothing came/));
  });

  test('a reader of an endless file can stop', async () => {
    await using server = await startFileServer();
    server.files.set('/f', { bytes: bytes(60_000), isEndless: true, ignoresRanges: true });
    const { stream } = await at(server, '/f').open('/x', { start: 0, end: 999_999 });
    assert.equal((await buffer(stream)).length, 1_000_000);
    const { stream: stopped } = await at(server, '/f').open('/x');
    for await (const chunk of stopped) if (chunk) break;
  });

  test('statuses say whether another try makes sense', async () => {
    await using server = await startFileServer();
    const open = (status: number, headers = {}) => {
      server.files.set('/f', { status, headers });
      return at(server, '/f').open('/x');
    };
    await assert.rejects(open(401), codeIs('forbidden'));
    await assert.rejects(open(403), codeIs('forbidden'));
    await assert.rejects(open(404), codeIs('not-found'));
    await assert.rejects(open(410), codeIs('not-found'));
    await assert.rejects(open(418), codeIs('unsupported', /418/));
    await assert.rejects(open(503, { 'Retry-After': '7' }), (error) => {
      assert.equal((error as StorageError).retryAfterMs, 7_000);
      return codeIs('unavailable', /503/)(error);
    });
    assert.equal(await at(server, '/none').find('/x'), null);
  });

  test('redirects are followed, not for ever, each address judged anew', async () => {
    await using server = await startFileServer();
    const redirect = (Location: string) => ({ status: 302, headers: { Location } });
    server.files.set('/f', { bytes: bytes(5) });
    server.files.set('/once', redirect('/f?x=1'));
    server.files.set('/loop', redirect('/loop'));
    server.files.set('/inside', redirect('http://10.0.0.1/secret'));
    server.files.set('/metadata', redirect('http://169.254.169.254/latest'));
    server.files.set('/mail', redirect(`http://127.0.0.1:25/`));
    server.files.set('/file', redirect('file:///etc/passwd'));
    assert.equal((await readAll(at(server, '/once'))).length, 5);
    await assert.rejects(readAll(at(server, '/loop')), codeIs('unsupported', /redirects/));
    for (const path of ['/inside', '/metadata', '/mail', '/file']) {
      await assert.rejects(readAll(at(server, path)), codeIs('forbidden'));
    }
  });

  test('credentials go to the first server only, and are in no message', async () => {
    await using server = await startFileServer();
    await using other = await startFileServer();
    server.files.set('/f', { bytes: bytes(5), credentials: 'ada:s%cret' });
    server.files.set('/away', { status: 302, headers: { Location: `${other.origin}/f` } });
    other.files.set('/f', { bytes: bytes(5), credentials: 'ada:s%cret' });
    const address = (path: string) => `http://ada:s%25cret@127.0.0.1:${server.port}${path}`;
    assert.equal((await readAll(openUrl(guard, address('/f')))).length, 5);
    await assert.rejects(readAll(openUrl(guard, address('/away'))), codeIs('forbidden'));
    await assert.rejects(readAll(openUrl(guard, address('/none?token=abc'))), (error) => {
      assert.doesNotMatch(String(error), /s%25cret|s%cret|abc/);
      return codeIs('not-found')(error);
    });
  });

  test('certificates that prove nothing are final', async () => {
    for (const certificate of [certificates.selfSigned, certificates.forAnotherHost]) {
      await using server = await startFileServer(certificate);
      server.files.set('/f', { bytes: bytes(5) });
      await assert.rejects(readAll(at(server, '/f')), codeIs('forbidden', /certificate/));
      assert.deepEqual(server.requests, []);
    }
  });

  test('a redirect from an encrypted to an open connection is refused', async () => {
    await using open = await startFileServer();
    await using server = await startFileServer(certificates.forLoopback);
    open.files.set('/f', { bytes: bytes(5) });
    server.files.set('/down', { status: 301, headers: { Location: `${open.origin}/f` } });
    await assert.rejects(readAll(at(server, '/down')), codeIs('forbidden', /open connection/));
    assert.deepEqual(open.requests, []);
  });

  test('a server that is not there is waited for only when it was registered', async () => {
    await using server = await startFileServer();
    const { port } = server;
    await server[Symbol.asyncDispose]();
    const block = { protocol: 'HTTP', host: '127.0.0.1', port, rootDir: '/' };
    await assert.rejects(openStorage(block, { guard }).find('/x'), codeIs('unreachable'));
    await assert.rejects(openUrl(guard, `http://127.0.0.1:${port}/x`).find('/x'), codeIs('unavailable'));
  });

  test('what a web server cannot do is refused for good', async () => {
    await using server = await startFileServer();
    const storage = at(server, '/f');
    const source = Readable.from([Buffer.from('x')]);
    await assert.rejects(storage.write('/f', source), codeIs('unsupported'));
    assert.equal(source.destroyed, true);
    await assert.rejects(storage.list('/'), codeIs('unsupported'));
    await assert.rejects(storage.remove('/f'), codeIs('unsupported'));
    assert.throws(() => storage.hostPath('/f'), codeIs('unsupported'));
  });
});

describe('files at addresses (T83, T85)', () => {
  test('what an address alone tells is refused with the reason', () => {
    for (const url of ['http://127.0.0.1/x', 'https://[::1]/x', 'ftp://10.0.0.1/x', 'ftps://0x7f.1/x']) {
      assert.match(whyNotUrl(closedGuard, url) ?? '', /may not be called/, url);
      assert.throws(() => openUrl(closedGuard, url), codeIs('forbidden'));
    }
    for (const url of ['http://example.org:22/x', 'ftp://example.org:25/x', 'ftp://example.org:22/x']) {
      assert.match(whyNotUrl(closedGuard, url) ?? '', /belongs to other services/, url);
    }
    for (const url of ['http://example.org/x', 'ftp://example.org/x', 'ftps://example.org:2121/x']) {
      assert.equal(whyNotUrl(closedGuard, url), null, url);
    }
  });

  test('a name that leads inside is refused when the file is fetched', async () => {
    await using server = await startFileServer();
    for (const url of [`http://localhost:${server.port}/f`, `ftp://localhost:${server.port}/f`]) {
      assert.equal(whyNotUrl(closedGuard, url), null);
      await assert.rejects(openUrl(closedGuard, url).find('/f'), codeIs('forbidden', /may not be called/));
    }
    assert.deepEqual(server.requests, []);
  });

  test('a file of an FTP server is read, a directory is not', async () => {
    await using server = await startFtpServer({});
    const { username, password } = server.credentials;
    const address = (path: string) =>
      `ftp://${username}:${encodeURIComponent(password)}@127.0.0.1:${server.port}${path}`;
    const { writeFileSync, mkdirSync } = await import('node:fs');
    mkdirSync(`${server.root}/a b`);
    writeFileSync(`${server.root}/a b/f`, 'hello');
    const file = openUrl(guard, address('/a%20b/f'));
    assert.equal((await file.find('/anything'))?.sizeBytes, 5);
    assert.equal((await readAll(file)).toString(), 'hello');
    await assert.rejects(openUrl(guard, address('/a%20b')).find('/x'), codeIs('not-a-file'));
    assert.equal(await openUrl(guard, address('/none')).find('/x'), null);
  });
});

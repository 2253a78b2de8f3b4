import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { createEgressGuard } from '../../packages/server/src/net/egress.ts';
import { createFtpStorage } from '../../packages/server/src/storage/ftp-storage.ts';
import { type Storage, StorageError } from '../../packages/server/src/storage/storage.ts';
import { describeStorage, type Lack } from '../conformance/storage.ts';
import { makeCertificates } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { type FtpServerOptions, type FtpServerProcess, startFtpServer } from '../support/ftp-server.ts';

const certificates = makeCertificates();
const guard = createEgressGuard({ allow: ['127.0.0.0/8', '::1'], authorities: certificates.authority });
after(() => guard.close());

interface Bed extends AsyncDisposable {
  readonly server: FtpServerProcess;
  readonly storage: Storage;
}

interface Reached {
  readonly host?: string;
  readonly stallMs?: number;
  readonly password?: string;
}

function reach(
  server: FtpServerProcess,
  tls: boolean,
  { host = '127.0.0.1', stallMs = 20_000, password }: Reached = {},
) {
  const credentials = { ...server.credentials, ...(password !== undefined && { password }) };
  const { port } = server;
  return createFtpStorage({ host, port, tls, credentials, guard, isRegistered: true, stallMs, rootDir: '/' });
}

async function openBed(options: FtpServerOptions, reached: Reached = {}): Promise<Bed> {
  const server = await startFtpServer({ certificate: certificates.forLoopback, ...options });
  const storage = reach(server, options.tls ?? false, reached);
  const end = async () => {
    await storage.close();
    await server[Symbol.asyncDispose]();
  };
  return { server, storage, [Symbol.asyncDispose]: end };
}

const LACKS: readonly Lack[] = ['modes', 'links', 'shell', 'odd names', 'bytes'];
for (const [name, options] of [
  ['FTP', {}],
  ['FTP of an old server', { isOld: true }],
  ['FTPS', { tls: true }],
] as const satisfies readonly (readonly [string, FtpServerOptions])[]) {
  describeStorage(
    name,
    async () => {
      const bed = await openBed(options);
      return { storage: bed.storage, root: bed.server.root, close: async () => bed[Symbol.asyncDispose]() };
    },
    LACKS,
  );
}

function codeIs(code: string, words = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };
}

const text = (content: string) => Readable.from([Buffer.from(content)]);

describe('FTP storage', () => {
  test('names with blanks, quotes and letters of all scripts are kept', async () => {
    await using bed = await openBed({});
    const names = ['-rf', '\'q"', '$(touch pwned)', 'a  b', '%2e%2e', 'ü', '\u{1f600}', '*?[a]'];
    for (const name of names) await bed.storage.write(`/odd/${name}`, text(name));
    assert.deepEqual((await bed.storage.list('/odd')).map(({ name }) => name).sort(), [...names].sort());
    for (const name of names) {
      assert.equal((await buffer((await bed.storage.open(`/odd/${name}`)).stream)).toString(), name);
    }
    await assert.rejects(bed.storage.write('/odd/a\nDELE b', text('x')), codeIs('unsupported'));
  });

  test('permission bits are set where the server lets them', async () => {
    await using bed = await openBed({});
    await bed.storage.write('/script', text('x'), { mode: 0o750 });
    assert.equal(fs.statSync(path.join(bed.server.root, 'script')).mode & 0o777, 0o750);
    assert.equal((await bed.storage.find('/script'))?.mode, 0o750);
  });

  test('links are left out of listings', async () => {
    for (const isOld of [false, true]) {
      await using bed = await openBed({ isOld });
      fs.symlinkSync('/etc/passwd', path.join(bed.server.root, 'link'));
      const told: string[] = [];
      const listed = await bed.storage.list('/', { onLeftOut: ({ path: where }) => told.push(where) });
      assert.deepEqual([listed, told], [[], ['/link']], `${isOld}`);
    }
  });

  test('a wrong password is refused in words that do not repeat it', async () => {
    for (const isOld of [false, true]) {
      await using bed = await openBed({ isOld });
      await using storage = closing(reach(bed.server, false, { password: 'wrong-secret' }));
      await assert.rejects(storage.of.find('/x'), (error) => {
        assert.doesNotMatch(String(error), /wrong-secret/);
        return codeIs('forbidden')(error);
      });
    }
  });

  test('a certificate for another host, or of an unknown authority, is final', async () => {
    for (const certificate of [certificates.forAnotherHost, certificates.selfSigned]) {
      await using bed = await openBed({ tls: true, certificate });
      await assert.rejects(bed.storage.find('/x'), codeIs('forbidden', /certificate/));
    }
  });

  test('a server that lets in only two connections is used with two', async () => {
    await using bed = await openBed({ mostConnections: 2 });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => bed.storage.write(`/many/${index}`, text(String(index)))),
    );
    assert.equal((await bed.storage.list('/many')).length, 12);
  });

  test('copies within a server of two connections do not wait for each other', async () => {
    await using bed = await openBed({ mostConnections: 2 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await bed.storage.write(`/from/${name}`, text(name.repeat(100_000)));
    let told = 0;
    await Promise.all(
      names.map(async (name) => {
        const onBytes = (count: number) => (told += count);
        await bed.storage.copyWithin?.(`/from/${name}`, `/to/${name}`, { onBytes });
      }),
    );
    assert.equal(told, 600_000);
    assert.deepEqual(
      (await bed.storage.list('/to')).map(({ sizeBytes }) => sizeBytes),
      Array(6).fill(100_000),
    );
  });

  test('who waits for a connection that others keep is told so', async () => {
    await using bed = await openBed({ mostConnections: 1 }, { stallMs: 1_000 });
    fs.writeFileSync(path.join(bed.server.root, 'large'), Buffer.alloc(30_000_000));
    const { stream } = await bed.storage.open('/large');
    await new Promise((resolve) => stream.once('readable', resolve));
    await assert.rejects(bed.storage.find('/large'), codeIs('unavailable', /connections/));
    stream.destroy();
    await eventually('the connection is free again', async () => (await bed.storage.find('/large')) !== null);
  });

  test('a server that falls silent counts as unreachable', async () => {
    await using bed = await openBed({}, { stallMs: 300 });
    await using fresh = closing(reach(bed.server, false, { stallMs: 300 }));
    bed.server.pause();
    await assert.rejects(fresh.of.find('/x'), codeIs('unreachable'));
  });

  test('a reader that stops early ends the transfer and leaves the storage usable', async () => {
    await using bed = await openBed({});
    fs.writeFileSync(path.join(bed.server.root, 'large'), Buffer.alloc(30_000_000));
    for (let round = 0; round < 6; round += 1) {
      const { stream } = await bed.storage.open('/large');
      for await (const chunk of stream) if (chunk) break;
      const range = await buffer((await bed.storage.open('/large', { start: 5, end: 14 })).stream);
      assert.equal(range.length, 10);
    }
  });

  test('what a killed writer left is hidden, and removed when it is old', async () => {
    for (const isOld of [false, true]) {
      await using bed = await openBed({ isOld });
      fs.writeFileSync(path.join(bed.server.root, '.arras-part-dead'), 'half');
      fs.chownSync(path.join(bed.server.root, '.arras-part-dead'), 65_534, 65_534);
      assert.deepEqual(await bed.storage.list('/'), []);
      await bed.storage.removeParts('/', new Date(Date.now() - 3_600_000));
      assert.equal(fs.readdirSync(bed.server.root).length, 1);
      await bed.storage.removeParts('/', new Date(Date.now() + 60_000));
      assert.deepEqual(fs.readdirSync(bed.server.root), []);
    }
  });

  test('private addresses and ports of other services are refused before a byte is sent (T83, T85)', async () => {
    await using bed = await openBed({});
    const closed = createEgressGuard({ allow: [] });
    const ask = (host: string, port: number) =>
      createFtpStorage({
        host,
        port,
        tls: false,
        credentials: null,
        guard: closed,
        isRegistered: false,
        rootDir: '/',
      }).find('/x');
    for (const host of ['127.0.0.1', 'localhost', '::1', '::ffff:127.0.0.1']) {
      await assert.rejects(ask(host, bed.server.port), codeIs('forbidden', /may not be called/));
    }
    await assert.rejects(ask('example.org', 25), codeIs('forbidden', /port 25/));
    await closed.close();
  });

  test('data never comes from another host than the one that was entered', async () => {
    let data = 0;
    const elsewhere = createServer(() => (data += 1)).listen(0, '127.0.0.2');
    const bouncing = createServer((socket) => {
      const port = (elsewhere.address() as { port: number }).port;
      const answers: Readonly<Record<string, string>> = {
        USER: '331 Password',
        PASS: '230 Welcome',
        FEAT: '211 None',
        SIZE: '213 5',
        MDTM: '213 20261124120000',
        PASV: `227 Entering (127,0,0,2,${port >> 8},${port & 255})`,
        EPSV: '500 Unknown',
        RETR: '150 Here it comes',
      };
      socket.on('error', () => undefined).write('220 Hello\r\n');
      socket.on('data', (line) => {
        const verb = String(line).slice(0, 4).trim();
        socket.write(`${answers[verb] ?? '200 Fine'}\r\n`);
      });
    }).listen(0, '127.0.0.1');
    await eventually('both listen', () => elsewhere.listening && bouncing.listening);
    const { port } = bouncing.address() as { port: number };
    // Loopback counts as one host to the library: so the server is entered by its name for another network.
    const storage = createFtpStorage({
      host: '127.0.0.1',
      port,
      tls: false,
      credentials: null,
      guard,
      isRegistered: true,
      rootDir: '/',
      stallMs: 2_000,
    });
    await assert.rejects(async () => buffer((await storage.open('/x')).stream));
    await storage.close();
    assert.equal(data, 0);
    elsewhere.close();
    bouncing.close();
  });
});

/** Closes a storage at the end of a block. */
function closing(storage: Storage) {
  return { of: storage, [Symbol.asyncDispose]: () => storage.close() };
}

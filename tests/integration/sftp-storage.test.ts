import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Duplex, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createOpenSshHost } from '../../packages/server/src/ssh/openssh-host.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import { createSftpClient, type SftpClient } from '../../packages/server/src/ssh/sftp-client.ts';
import type { SshHost } from '../../packages/server/src/ssh/ssh-host.ts';
import { openStorage } from '../../packages/server/src/storage/by-protocol.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { askWeakPromises } from '../../packages/server/src/storage/sftp-promises.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';
import { describeStorage } from '../conformance/storage.ts';
import { toOpenSsh } from '../support/ssh-shells.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

let sshd: Sshd;
let host: SshHost;
const made: string[] = [];
before(async () => {
  sshd = await startSshd();
  host = createSshHost(sshd.endpoint());
});
after(async () => {
  await host.close();
  await sshd.close();
  for (const directory of made) fs.rmSync(directory, { recursive: true, force: true });
});

function makeRoot(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-sftp-')));
  made.push(root);
  return root;
}

for (const viaLink of [false, true]) {
  describeStorage(viaLink ? 'SFTP, root is a link' : 'SFTP', async () => {
    const root = makeRoot();
    const rootDir = viaLink ? `${root}-link` : root;
    if (viaLink) fs.symlinkSync(root, rootDir);
    made.push(rootDir);
    const storage = createSftpStorage({ host, rootDir });
    return { storage, root: rootDir, close: () => storage.close() };
  });
}

describe("SFTP by the system's ssh program", () => {
  let host: SshHost;
  before(() => {
    host = createOpenSshHost(toOpenSsh(sshd.endpoint()));
  });
  after(() => host.close());

  describeStorage("SFTP by the system's ssh program", async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    return { storage, root, close: () => storage.close() };
  });

  test('takes a large file there and back', async () => {
    const root = makeRoot();
    const [remote, local] = [
      createSftpStorage({ host, rootDir: root }),
      createLocalStorage({ rootDir: root }),
    ];
    fs.mkdirSync(path.join(root, 's'));
    fs.writeFileSync(path.join(root, 's/large'), randomBytes(20 * 2 ** 20));
    await copyTree({ from: local, fromPath: '/s', to: remote, toPath: '/there' });
    const manifest = await copyTree({ from: remote, fromPath: '/there', to: local, toPath: '/back' });
    assert.deepEqual(await verifyTree({ manifest, to: local, toPath: '/s', checkHashes: true }), []);
  });
});

describe('SFTP to OpenSSH', () => {
  test('keeps every promise', async () => {
    assert.deepEqual(await askWeakPromises(host), []);
  });

  test('takes a tree there and back, names byte for byte, with modes and empty directories', async () => {
    const root = makeRoot();
    const [remote, local] = [
      createSftpStorage({ host, rootDir: root }),
      createLocalStorage({ rootDir: root }),
    ];
    const names = ['-rf', 'new\nline', '\'q"', 'x'.repeat(255), 'ü'].map((name) => Buffer.from(name));
    for (const name of [...names, Buffer.from([0x61, 0xff, 0xc0, 0xaf])]) {
      fs.mkdirSync(Buffer.concat([Buffer.from(`${root}/s/d/`), name]), { recursive: true });
      fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/s/d/`), name, Buffer.from('/f')]), name, {
        mode: 0o640,
      });
    }
    fs.mkdirSync(path.join(root, 's/none/at/all'), { recursive: true });
    await copyTree({ from: local, fromPath: '/s', to: remote, toPath: '/there' });
    const manifest = await copyTree({ from: remote, fromPath: '/there', to: local, toPath: '/back' });
    assert.equal(manifest.length, 6);
    assert.deepEqual(await verifyTree({ manifest, to: remote, toPath: '/s', checkHashes: true }), []);
    const list = (directory: string) =>
      execFileSync('find', ['.', '-type', 'f', '-printf', '%P %m %s\\0', '-o', '-printf', '%P\\0'], {
        cwd: path.join(root, directory),
        encoding: 'latin1',
      });
    assert.deepEqual(list('back').split('\0').sort(), list('s').split('\0').sort());
  });

  test('lists and removes a directory of more pages than are asked for at a time', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    const names = Array.from({ length: 1234 }, (_, index) => `f${index}`);
    fs.mkdirSync(path.join(root, 'many/below'), { recursive: true });
    for (const name of names) fs.writeFileSync(path.join(root, 'many', name), '');
    const listed = await storage.list('/many');
    assert.deepEqual(
      listed.map((info) => info.name),
      ['below', ...names].sort(),
    );
    await storage.remove('/many');
    assert.deepEqual(fs.readdirSync(root), []);
  });

  test('reads a range far into a file of 8 GiB', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    const [place, size] = [5 * 2 ** 30 + 1, 8 * 2 ** 30];
    const fd = fs.openSync(path.join(root, 'sparse'), 'w');
    fs.ftruncateSync(fd, size);
    fs.writeSync(fd, 'here', place);
    fs.closeSync(fd);
    const { info, stream } = await storage.open('/sparse', { start: place, end: place + 3 });
    assert.equal(info.sizeBytes, size);
    assert.equal((await buffer(stream)).toString(), 'here');
  });

  test('a hundred downloads that stall after their first bytes hold less than 128 MiB, and leave room for others', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    fs.writeFileSync(path.join(root, 'big'), '');
    fs.truncateSync(path.join(root, 'big'), 2 ** 30);
    const before = process.memoryUsage.rss();
    const files = await Promise.all(Array.from({ length: 100 }, () => storage.open('/big')));
    await Promise.all(files.map(({ stream }) => once(stream, 'readable')));
    const grown = process.memoryUsage.rss() - before;
    assert.ok(grown < 128 * 2 ** 20, `grew by ${Math.round(grown / 2 ** 20)} MiB`);
    for (const { stream } of files) stream.destroy();
    assert.equal(
      await buffer((await storage.open('/big', { start: 0, end: 9 })).stream).then(String),
      '\0'.repeat(10),
    );
  });

  test('a source of single lines arrives whole', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`);
    await storage.write('/log', Readable.from(lines));
    assert.equal(fs.readFileSync(path.join(root, 'log'), 'utf8'), lines.join(''));
  });

  test('a root that is missing says so, and proves nothing about files', async () => {
    const storage = createSftpStorage({ host, rootDir: '/nowhere/at all' });
    await assert.rejects(storage.find('/f'), {
      code: 'unreachable',
      message: /root directory \/nowhere\/at all/,
    });
    await assert.rejects(storage.remove('/f'), { code: 'unreachable' });
  });

  test('a host that cannot be entered is unreachable', async () => {
    const closed = createSshHost(sshd.endpoint());
    await closed.close();
    const storage = createSftpStorage({ host: closed, rootDir: '/' });
    await assert.rejects(storage.find('/f'), {
      name: 'StorageError',
      code: 'unreachable',
      message: /^\/f: /,
    });
    await assert.rejects(storage.write('/f', Readable.from(['x'])), { code: 'unreachable' });
  });

  test('a directory does not move into itself, nor over one that holds something', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    await storage.write('/a/f', Readable.from(['x']));
    await storage.write('/b/f', Readable.from(['x']));
    await assert.rejects(storage.move('/a', '/a/b'), { code: 'unsupported' });
    await assert.rejects(storage.move('/a', '/b'), { code: 'exists' });
    await assert.rejects(storage.move('/a/f', '/b'), { code: 'exists' });
  });

  test('SFTP opens by its protocol when there is a host, and says so when there is none', async () => {
    const block = { protocol: 'SFTP', rootDir: '/' };
    assert.equal((await openStorage(block, { sshHost: host }).find('/'))?.type, 'dir');
    assert.throws(() => openStorage(block), { code: 'unsupported', message: /host/ });
    const relative = { protocol: 'SFTP', rootDir: 'relative' };
    assert.throws(() => openStorage(relative, { sshHost: host }), { code: 'unsupported' });
  });
});

/** OpenSSH's server under another account, on a pipe instead of a connection. */
function asAccount(uid: number): { withSftp<T>(work: (sftp: SftpClient) => Promise<T>): Promise<T> } {
  return {
    withSftp: async (work) => {
      const { stdin, stdout } = spawn('/usr/lib/openssh/sftp-server', {
        uid,
        gid: uid,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const sftp = await createSftpClient(Duplex.from({ writable: stdin, readable: stdout }));
      return work(sftp).finally(() => sftp.end());
    },
  };
}

test('what the account may not read or write is forbidden, and a directory that it may only search is passed', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can take another account');
  const root = makeRoot();
  fs.chmodSync(root, 0o755);
  fs.mkdirSync(path.join(root, 'searched'));
  fs.writeFileSync(path.join(root, 'searched/file'), 'x', { mode: 0o644 });
  fs.chmodSync(path.join(root, 'searched'), 0o711);
  fs.mkdirSync(path.join(root, 'closed'), { mode: 0o700 });
  fs.writeFileSync(path.join(root, 'private'), 'x', { mode: 0o600 });
  const storage = createSftpStorage({ host: asAccount(65_534), rootDir: root });
  const forbidden = (where: string) => ({
    code: 'forbidden',
    message: new RegExp(`^${where}: permission denied`),
  });
  assert.equal(await buffer((await storage.open('/searched/file')).stream).then(String), 'x');
  await assert.rejects(storage.list('/searched'), forbidden('/searched'));
  await assert.rejects(storage.open('/private'), forbidden('/private'));
  await assert.rejects(storage.find('/closed/x'), forbidden('/closed/x'));
  await assert.rejects(storage.write('/new', Readable.from(['x'])), forbidden('/new'));
  await assert.rejects(storage.makeDirectory('/new'), forbidden('/new'));
  await assert.rejects(storage.remove('/private'), forbidden('/private'));
  await assert.rejects(storage.move('/private', '/mine'), forbidden('/private to /mine'));
});

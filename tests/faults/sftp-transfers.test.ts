import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { classifyFailure } from '../../packages/server/src/domain/failure.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SftpClient } from '../../packages/server/src/ssh/sftp-client.ts';
import type { SshHost } from '../../packages/server/src/ssh/ssh-host.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { askWeakPromises } from '../../packages/server/src/storage/sftp-promises.ts';
import { createSftpStorage } from '../../packages/server/src/storage/sftp-storage.ts';
import type { Storage } from '../../packages/server/src/storage/storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';
import { describeStorage } from '../conformance/storage.ts';
import { type RationedSshd, startRationedSshd } from '../support/rationed-sshd.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

const made: string[] = [];
after(() => made.forEach((directory) => fs.rmSync(directory, { recursive: true, force: true })));

function makeRoot(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-sftp-faults-')));
  made.push(root);
  return root;
}

const SIZE = 8 * 1024 * 1024;
const content = randomBytes(SIZE);

const isUnreachable = (error: unknown): boolean => {
  assert.equal(classifyFailure(error).retry, 'unreachable', String(error));
  return true;
};

describe('a connection that is cut (T41)', () => {
  let wire: RationedSshd;
  let host: SshHost;
  before(async () => {
    wire = await startRationedSshd();
    host = wire.host;
  });
  after(async () => {
    await wire[Symbol.asyncDispose]();
  });

  /** Leaves the final name alone, is told as trouble of the host, and succeeds when tried again. */
  async function checkCut(options: {
    readonly from: Storage;
    readonly to: Storage;
    readonly target: string;
  }) {
    const copy = () => copyTree({ ...options, fromPath: '/source', toPath: '/copy' });
    await assert.rejects(copy(), isUnreachable);
    assert.equal(fs.readFileSync(options.target, 'utf8'), 'the version before');
    wire.left = Infinity;
    const manifest = await copy();
    assert.equal(manifest[0]?.sha256, createHash('sha256').update(content).digest('hex'));
    const check = { manifest, to: options.to, toPath: '/copy', checkHashes: true };
    assert.deepEqual(await verifyTree(check), []);
    await options.to.removeParts('/', new Date(Date.now() + 60_000));
    assert.deepEqual(fs.readdirSync(path.dirname(options.target)).sort(), ['copy', 'source']);
  }

  for (const direction of ['to', 'from'] as const) {
    for (const percent of [1, 50, 99]) {
      test(`at ${percent} % of a file ${direction} the host leaves no partial file, and trying again succeeds`, async () => {
        const root = makeRoot();
        const [remote, local] = [
          createSftpStorage({ host, rootDir: root }),
          createLocalStorage({ rootDir: root }),
        ];
        fs.writeFileSync(path.join(root, 'source'), content);
        fs.writeFileSync(path.join(root, 'copy'), 'the version before');
        await remote.find('/');
        wire.left = (SIZE * percent) / 100;
        const storages = direction === 'to' ? { from: local, to: remote } : { from: remote, to: local };
        await checkCut({ ...storages, target: path.join(root, 'copy') });
      });
    }
  }

  /** The host's sessions, with a rename of their own. */
  function withReplace(replace: (sftp: SftpClient, ...names: [Buffer, Buffer]) => Promise<void>) {
    return {
      withSftp: <T>(work: (sftp: SftpClient) => Promise<T>) =>
        host.withSftp((sftp) => work({ ...sftp, replace: (...names) => replace(sftp, ...names) })),
    };
  }

  test('before the rename leaves the version before, after it the new one, and both are told as unknown', async () => {
    const root = makeRoot();
    const write = (broken: ReturnType<typeof withReplace>) =>
      createSftpStorage({ host: broken, rootDir: root }).write('/f', Readable.from([content]));
    fs.writeFileSync(path.join(root, 'f'), 'the version before');
    const cutBefore = withReplace((sftp, ...names) => {
      wire.reset();
      return sftp.replace(...names);
    });
    await assert.rejects(write(cutBefore), isUnreachable);
    assert.equal(fs.readFileSync(path.join(root, 'f'), 'utf8'), 'the version before');
    const cutAfter = withReplace(async (sftp, ...names) => {
      await sftp.replace(...names);
      wire.reset();
      throw await sftp.ended;
    });
    await assert.rejects(write(cutAfter), isUnreachable);
    assert.ok(fs.readFileSync(path.join(root, 'f')).equals(content));
  });

  test('while nobody reads fails the stream with the next bytes, and later calls use a new connection', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    fs.writeFileSync(path.join(root, 'big'), content);
    const { stream } = await storage.open('/big');
    await new Promise((resolve) => stream.once('readable', resolve));
    wire.reset();
    await assert.rejects(buffer(stream), isUnreachable);
    assert.equal((await storage.find('/big'))?.sizeBytes, SIZE);
  });
});

describe('a server without extensions (T42)', () => {
  let sshd: Sshd;
  let host: SshHost;
  before(async () => {
    const denied = 'posix-rename,fsync,hardlink,statvfs,fstatvfs,limits';
    sshd = await startSshd({ config: [`ForceCommand internal-sftp -P ${denied}`] });
    host = createSshHost(sshd.endpoint());
  });
  after(async () => {
    await host.close();
    await sshd.close();
  });

  test('says which promises weaken', async () => {
    const weak = await askWeakPromises(host);
    assert.deepEqual(
      weak.map(({ extension }) => extension),
      ['posix-rename@openssh.com', 'fsync@openssh.com', 'statvfs@openssh.com'],
    );
  });

  describeStorage('SFTP without extensions', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    return { storage, root, close: () => storage.close() };
  });

  test('shows a file that is written again old, new or not at all, never partial', async () => {
    const root = makeRoot();
    const storage = createSftpStorage({ host, rootDir: root });
    const versions = ['a', 'b'].map((letter) => letter.repeat(100_000));
    const seen = new Set<string>();
    const stop = new AbortController();
    const watching = (async () => {
      while (!stop.signal.aborted) {
        seen.add(await fs.promises.readFile(path.join(root, 'f'), 'utf8').catch(() => 'missing'));
      }
    })();
    for (let round = 0; round < 40; round++) {
      await storage.write('/f', Readable.from([versions[round % 2] ?? '']));
    }
    stop.abort();
    await watching;
    assert.deepEqual(
      [...seen].filter((text) => text !== 'missing' && !versions.includes(text)),
      [],
    );
    assert.deepEqual(fs.readdirSync(root), ['f']);
  });

  test('that cannot put a new file in place gives the old one its name back', async () => {
    const root = makeRoot();
    let renames = 0;
    const refusing = {
      withSftp: <T>(work: (sftp: SftpClient) => Promise<T>) =>
        host.withSftp((sftp) =>
          work({
            ...sftp,
            rename: (from, to) => {
              renames += 1;
              // The first finds the name taken, the second moves the old file aside; the new file never gets it.
              return renames === 3 ? sftp.rename(Buffer.from(`${root}/none`), to) : sftp.rename(from, to);
            },
          }),
        ),
    };
    fs.writeFileSync(path.join(root, 'f'), 'the version before');
    const storage = createSftpStorage({ host: refusing, rootDir: root });
    await assert.rejects(storage.write('/f', Readable.from(['new'])));
    assert.equal(fs.readFileSync(path.join(root, 'f'), 'utf8'), 'the version before');
    assert.deepEqual(fs.readdirSync(root), ['f']);
  });
});

describe('a file system in trouble (T43)', () => {
  let sshd: Sshd;
  let host: SshHost;
  before(async () => {
    sshd = await startSshd();
    host = createSshHost(sshd.endpoint());
  });
  after(async () => {
    await host.close();
    await sshd.close();
  });

  test('that is full or read-only says so and keeps nothing partial', async (t) => {
    const root = makeRoot();
    const mount = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root];
    if (spawnSync('mount', mount).status !== 0) return t.skip('mount is not permitted');
    try {
      const storage = createSftpStorage({ host, rootDir: root });
      const write = (count: number) => storage.write('/f', Readable.from([Buffer.alloc(count)]));
      await assert.rejects(write(1_800_000), { code: 'no-space', message: /^\/f: the disk is full/ });
      assert.deepEqual(fs.readdirSync(root), []);
      await write(500_000);
      execFileSync('mount', ['-o', 'remount,ro', root]);
      await assert.rejects(write(1), { code: 'forbidden', message: /read-only/ });
      await assert.rejects(storage.makeDirectory('/d'), { code: 'forbidden', message: /read-only/ });
      assert.equal((await storage.find('/f'))?.sizeBytes, 500_000);
    } finally {
      execFileSync('umount', [root]);
    }
  });
});

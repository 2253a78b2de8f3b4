import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { openStorage } from '../../packages/server/src/storage/by-protocol.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { StorageError } from '../../packages/server/src/storage/storage.ts';
import { describeStorage } from '../conformance/storage.ts';
import { eventually } from '../support/eventually.ts';

const COMMAND = path.join(import.meta.dirname, '../support/storage-command.ts');
const asRoot = process.getuid?.() === 0;
const made: string[] = [];
after(() => made.forEach((directory) => fs.rmSync(directory, { recursive: true, force: true })));

function makeRoot(): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-storage-')));
  made.push(root);
  return root;
}

/** Descriptors of this process that point below a directory. */
function openBelow(root: string): readonly string[] {
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = fs.readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(root) ? [target] : [];
    } catch {
      // The descriptor of this very listing is gone by now.
      return [];
    }
  });
}

function runCommand(
  args: readonly string[],
  options: { readonly uid?: number; readonly limitBlocks?: number },
): string {
  const limit = options.limitBlocks === undefined ? '' : `ulimit -f ${options.limitBlocks}; `;
  return execFileSync('sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, COMMAND, ...args], {
    encoding: 'utf8',
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
  }).trim();
}

function mountSmallDisk(directory: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]).status === 0;
}

for (const viaLink of [false, true]) {
  describeStorage(viaLink ? 'local, root is a link' : 'local', async () => {
    const root = makeRoot();
    const rootDir = viaLink ? `${root}-link` : root;
    if (viaLink) fs.symlinkSync(root, rootDir);
    made.push(rootDir);
    const storage = createLocalStorage({ rootDir });
    return {
      storage,
      root: rootDir,
      async close() {
        await storage.close();
        await eventually('every descriptor is closed', () => openBelow(root).length === 0);
      },
    };
  });
}

/**
 * Runs `work` while a directory is replaced by a link to `outside` and back, over and over. Whoever removes either in
 * between only makes some of these calls fail; none of them follows the link.
 */
async function whileSwapping(directory: string, outside: string, work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const ignore = (): undefined => undefined;
  async function swap(): Promise<void> {
    while (!stop.signal.aborted) {
      await fs.promises.rename(directory, `${directory}-aside`).catch(ignore);
      await fs.promises.symlink(outside, directory).catch(ignore);
      await fs.promises.unlink(directory).catch(ignore);
      await fs.promises.rename(`${directory}-aside`, directory).catch(ignore);
    }
  }
  const swapping = swap();
  try {
    await work();
  } finally {
    stop.abort();
    await swapping;
  }
}

test('a directory swapped for a link while it is read never shows what is outside', async () => {
  const [root, outside] = [makeRoot(), makeRoot()];
  const storage = createLocalStorage({ rootDir: root });
  fs.mkdirSync(path.join(root, 'job/dir'), { recursive: true });
  fs.writeFileSync(path.join(root, 'job/dir/f'), 'inside');
  fs.writeFileSync(path.join(outside, 'f'), 'outside');
  const seen = new Set<string>();
  await whileSwapping(path.join(root, 'job/dir'), outside, async () => {
    for (let round = 0; round < 1500; round++) {
      try {
        seen.add((await buffer((await storage.open('/job/dir/f')).stream)).toString());
      } catch (error) {
        assert.ok(error instanceof StorageError, String(error));
        seen.add(error.code);
      }
    }
  });
  assert.ok(seen.has('inside') && !seen.has('outside'), [...seen].join(', '));
});

test('a directory swapped for a link while its tree is removed loses nothing outside', async () => {
  const [root, outside] = [makeRoot(), makeRoot()];
  const storage = createLocalStorage({ rootDir: root });
  fs.mkdirSync(path.join(outside, 'sub'));
  fs.writeFileSync(path.join(outside, 'sub/f'), 'outside');
  for (let round = 0; round < 100; round++) {
    const job = path.join(root, `job-${round}`);
    fs.mkdirSync(path.join(job, 'dir/sub'), { recursive: true });
    fs.writeFileSync(path.join(job, 'dir/sub/f'), 'inside');
    await whileSwapping(path.join(job, 'dir'), outside, async () => {
      await storage
        .remove(`/job-${round}`)
        .catch((error: unknown) => assert.ok(error instanceof StorageError));
    });
  }
  assert.equal(fs.readFileSync(path.join(outside, 'sub/f'), 'utf8'), 'outside');
});

test('a stream destroyed before, during or after reading closes its descriptor', async () => {
  const root = makeRoot();
  const storage = createLocalStorage({ rootDir: root });
  fs.writeFileSync(path.join(root, 'big'), Buffer.alloc(5_000_000));
  (await storage.open('/big')).stream.destroy();
  const { stream } = await storage.open('/big');
  await new Promise((resolve) => stream.once('data', resolve));
  stream.destroy();
  await buffer((await storage.open('/big')).stream);
  await eventually('every descriptor is closed', () => openBelow(root).length === 0);
});

test('a file without read permission is forbidden, and so is a directory without write permission', () => {
  const root = makeRoot();
  fs.writeFileSync(path.join(root, 'private'), 'x', { mode: 0o600 });
  fs.chmodSync(root, 0o555);
  if (!asRoot) fs.chmodSync(path.join(root, 'private'), 0o000);
  const account = asRoot ? { uid: 65_534 } : {};
  assert.equal(runCommand([root, 'read', '/private'], account), 'forbidden');
  assert.equal(runCommand([root, 'write-zeros', '/new', '1'], account), 'forbidden');
  fs.chmodSync(root, 0o755);
});

test('a file in a directory that may be searched but not read is read', () => {
  const root = makeRoot();
  fs.chmodSync(root, 0o755);
  fs.mkdirSync(path.join(root, 'searched'));
  fs.writeFileSync(path.join(root, 'searched/file'), 'x', { mode: 0o644 });
  fs.chmodSync(path.join(root, 'searched'), 0o711);
  assert.equal(runCommand([root, 'read', '/searched/file'], asRoot ? { uid: 65_534 } : {}), 'ok');
});

test('a hard link to a file of another account is forbidden', async (t) => {
  if (!asRoot) return t.skip('only root can give a file away');
  const root = makeRoot();
  fs.writeFileSync(path.join(root, 'theirs'), 'x');
  fs.linkSync(path.join(root, 'theirs'), path.join(root, 'mine'));
  fs.chownSync(path.join(root, 'theirs'), 65_534, 65_534);
  await assert.rejects(createLocalStorage({ rootDir: root }).open('/mine'), { code: 'forbidden' });
});

test('a device is forbidden without being opened', async () => {
  const device = createLocalStorage({ rootDir: '/dev' });
  await assert.rejects(device.open('/null'), { code: 'forbidden', message: /device/ });
});

test('a write beyond the size limit of the account is no-space and leaves nothing', () => {
  const root = makeRoot();
  assert.equal(runCommand([root, 'write-zeros', '/d/f', '1000000'], { limitBlocks: 8 }), 'no-space');
  assert.deepEqual(fs.readdirSync(path.join(root, 'd')), []);
});

test('a full disk is no-space and leaves nothing', async (t) => {
  const root = makeRoot();
  if (!mountSmallDisk(root)) return t.skip('mount is not permitted; the size limit above stands in');
  try {
    const storage = createLocalStorage({ rootDir: root });
    const source = Readable.from([Buffer.alloc(900_000), Buffer.alloc(900_000)]);
    await assert.rejects(storage.write('/f', source), {
      code: 'no-space',
      message: /^\/f: the disk is full/,
    });
    assert.deepEqual(fs.readdirSync(root), []);
    await storage.write('/g', Readable.from([Buffer.alloc(500_000)]));
  } finally {
    execFileSync('umount', [root]);
  }
});

test('a writer killed midway leaves no final file, and its part file can be removed', async () => {
  const root = makeRoot();
  const child = spawn(process.execPath, [COMMAND, root, 'write-stdin', '/out'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(Buffer.alloc(1_000_000));
  const halfThere = (): boolean =>
    fs.readdirSync(root).some((name) => fs.statSync(path.join(root, name)).size > 100_000);
  await eventually('half of the file is on disk', halfThere);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  const storage = createLocalStorage({ rootDir: root });
  assert.equal(await storage.find('/out'), null);
  assert.deepEqual(await storage.list('/'), []);
  assert.equal(fs.readdirSync(root).length, 1);
  await storage.removeParts('/', new Date(Date.now() + 60_000));
  assert.deepEqual(fs.readdirSync(root), []);
});

test('a root that is missing says so, and one that appears or is replaced later is used', async () => {
  const parent = makeRoot();
  const rootDir = path.join(parent, 'current');
  const storage = createLocalStorage({ rootDir });
  await assert.rejects(storage.list('/'), { code: 'unreachable', message: new RegExp(rootDir) });
  await assert.rejects(storage.find('/d/f'), { code: 'unreachable' });
  await assert.rejects(storage.remove('/d'), { code: 'unreachable' });
  for (const version of ['one', 'two']) {
    fs.mkdirSync(path.join(parent, version, 'd'), { recursive: true });
    fs.writeFileSync(path.join(parent, version, 'd/f'), version);
    fs.rmSync(rootDir, { force: true });
    fs.symlinkSync(version, rootDir);
    assert.equal((await buffer((await storage.open('/d/f')).stream)).toString(), version);
  }
});

describe('storage by protocol', () => {
  test('LOCAL opens, any other protocol is unsupported and says what is', async () => {
    const root = makeRoot();
    assert.equal((await openStorage({ protocol: 'LOCAL', rootDir: root }).find('/'))?.type, 'dir');
    for (const protocol of ['GRIDFTP', 'constructor', 'local']) {
      assert.throws(() => openStorage({ protocol, rootDir: '/' }), { code: 'unsupported', message: /LOCAL/ });
    }
    assert.throws(() => openStorage({ protocol: 'LOCAL', rootDir: 'relative' }), { code: 'unsupported' });
  });
});
